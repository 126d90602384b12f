"""Choose every threshold of the clustering on some topics, and judge it on the others.

    python -m benchmarks.thresholds PATH [DRAWS]

Draws sets of thresholds at random from wide ranges (60, unless another number is given), clusters the file under each,
and keeps for every fold of topics the set that did best on the other four fifths. The last line is a JSON object: the
B-cubed figures over all that was judged so, those of the shipped thresholds, and how the draws fared by themselves.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

from benchmarks.cluster import f1_over, folds_of, ours, per_document
from benchmarks.material import read_items
from broadsheet.edit import agglomerate, evidence, neighbours, similarity, text

FOLDS = 5
RANGES: Mapping[tuple[ModuleType, str], tuple[float, ...]] = {
    (agglomerate, "FULL_CUT"): (0.9, 0.95, 1.0, 1.05, 1.1, 1.15, 1.2),
    (agglomerate, "HEADLINE_CUT"): (0.5, 0.55, 0.6, 0.65, 0.7),
    (agglomerate, "USUAL"): (0.085, 0.095, 0.105, 0.115, 0.125),
    (agglomerate, "TRUST"): (15, 20, 25, 30, 35, 40),
    (agglomerate, "LEAST_BETWEEN"): (0.11, 0.12, 0.13, 0.14, 0.15, 0.16),
    (agglomerate, "FULL_TERMS"): (30, 40, 50),
    (evidence, "LEAST_REST"): (0.07, 0.085, 0.1),
    (evidence, "LEAST_EVIDENCE"): (8, 9, 10, 11, 12),
    (evidence, "LEAST_DEED"): (3, 4, 5),
    (neighbours, "NEIGHBOURS"): (6, 8, 10, 12),
    (similarity, "NAME_BOOST"): (1.5, 1.75, 2.0),
    (similarity, "NUMBER_WEIGHT"): (2.0, 3.0, 4.0),
    (similarity, "TERMS_KEPT"): (50, 64, 80),
    (text, "BODY_CHARACTERS"): (1000, 1200, 1400, 1600, 2000),
}


def main(arguments: list[str]) -> None:
    """Draw, judge, and print one JSON object last."""
    if not arguments:
        raise SystemExit(__doc__)
    items = [item for item in read_items(Path(arguments[0])) if item.cluster]
    draws = int(arguments[1]) if len(arguments) > 1 else 60
    gold = [item.cluster for item in items]
    everything = range(len(items))
    shipped = per_document(gold, ours(items))
    chance = random.Random(1)  # which thresholds are tried is no secret
    tried = []
    for _ in range(draws):
        for (module, name), values in RANGES.items():
            setattr(module, name, chance.choice(values))
        tried.append(per_document(gold, ours(items)))
    fold = folds_of(items, FOLDS)
    precision, recall = [0.0] * len(items), [0.0] * len(items)
    for held in range(FOLDS):
        seen = [place for place in everything if fold[place] != held]
        best = max(tried, key=lambda figures: f1_over(figures, seen))
        for place in everything:
            if fold[place] == held:
                precision[place], recall[place] = best[0][place], best[1][place]
    alone = sorted(f1_over(figures, everything) for figures in tried)
    figures = {
        "bcubed_precision": round(statistics.fmean(precision), 4),
        "bcubed_recall": round(statistics.fmean(recall), 4),
        "bcubed_f1": round(f1_over((precision, recall), everything), 4),
        "shipped": round(f1_over(shipped, everything), 4),
        "draws": {
            "worst": round(alone[0], 4),
            "median": round(statistics.median(alone), 4),
            "best": round(alone[-1], 4),
        },
    }
    print(f"every threshold chosen by fold: B-cubed F1 {figures['bcubed_f1']}; as shipped {figures['shipped']}")
    print(f"{draws} draws by themselves: {figures['draws']}")
    print(json.dumps(figures))


if __name__ == "__main__":
    main(sys.argv[1:])
