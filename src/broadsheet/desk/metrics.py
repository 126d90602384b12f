"""Write figures for Prometheus, in the textfile format of its node exporter (exposition format 0.0.4)."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress

from broadsheet.desk.opening import Desk
from broadsheet.errors import ConfigError
from broadsheet.model import EditionStatus

Sample = tuple[dict[str, str], float]


def write_metrics(desk: Desk) -> None:
    """Put a whole new file in the old one's place, so that a collector never reads half of one. Raises ConfigError."""
    name = desk.config.metrics.textfile
    if not name:
        return
    target = desk.folder / name
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        draft.write_text(metrics_of(desk), encoding="utf-8")
        os.chmod(draft, 0o644)  # the collector is another user
        draft.replace(target)
    except OSError as error:
        with suppress(OSError):
            draft.unlink()
        raise ConfigError(
            f"{target} cannot be written: {error.strerror}", key="metrics.textfile", advice="Check the folder."
        ) from None


def metrics_of(desk: Desk) -> str:
    """Write the figures as text: times in seconds since 1970, everything a gauge."""
    runs = {name: desk.store.runs.newest(name, limit=1) for name in desk.config.publications}
    last = [(name, run[0]) for name, run in runs.items() if run]
    sent: list[Sample] = []
    deliveries: list[Sample] = []
    for name in desk.config.publications:
        out = [line for line in desk.store.editions.list(name, limit=60) if line.status is EditionStatus.SENT]
        if out and out[0].sent_at:
            sent.append(({"publication": name}, out[0].sent_at.timestamp()))
        newest = next((one for one in desk.store.deliveries.sendings() if one.publication == name), None)
        balance = desk.store.deliveries.balance(newest.edition) if newest else None
        if newest and balance:
            for state in ("sent", "failed", "in_doubt", "skipped", "queued", "deferred", "excluded"):
                deliveries.append(({"publication": name, "state": state}, getattr(balance, state)))
    places = desk.store.places.all()
    stages: list[Sample] = [
        ({"publication": name, "stage": stage["name"]}, stage["seconds"])
        for name, run in last
        for stage in run.report.get("stages", [])
    ]
    blocks = (
        _block("run_started_seconds", "When the last run began.", (
            ({"publication": name}, run.started_at.timestamp()) for name, run in last)),
        _block("run_exit_code", "How the last run ended; -1 while it runs, or if it died.", (
            ({"publication": name}, -1 if run.exit_code is None else run.exit_code) for name, run in last)),
        _block("run_stage_seconds", "How long each stage of the last run took.", stages),
        _block("edition_sent_seconds", "When the newest edition had gone out.", sent),
        _block("deliveries", "Deliveries of the newest sending, by state.", deliveries),
        _block("sources_failing", "Sources whose last reading failed.", [({}, sum(p.failures > 0 for p in places))]),
        _block("sources", "Sources that are configured.", [({}, len(desk.config.sources))]),
        _block("problems_open", "Problems that a person was told of, or is to be.", [
            ({}, len(desk.store.problems.open()))]),
    )  # fmt: skip
    return "".join(blocks)


def _block(name: str, what: str, samples: Iterable[Sample]) -> str:
    lines = [f"broadsheet_{name}{_labels(labels)} {value:.15g}" for labels, value in samples]
    if not lines:
        return ""
    return "\n".join([f"# HELP broadsheet_{name} {what}", f"# TYPE broadsheet_{name} gauge", *lines]) + "\n"


def _labels(labels: dict[str, str]) -> str:
    """Write labels; backslash, quote and line feed are escaped as the format wants."""
    if not labels:
        return ""
    escaped = {
        key: value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n") for key, value in labels.items()
    }
    return "{" + ",".join(f'{key}="{value}"' for key, value in escaped.items()) + "}"
