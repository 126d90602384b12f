"""Hold our verdict on addresses against what others say about them, and list every disagreement with its cause.

python -m benchmarks.addresses [PATH ...]     folders with addresses.jsonl (and domain_typos.csv), or such files

Two verdicts are compared. `mailable` is ours: may this be on a list? `syntax` is the wider one of the RFCs: is this an
address at all (host names without a dot, address literals)? Beside them stands email-validator with its defaults.
"""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter
from pathlib import Path

from email_validator import EmailNotValidError, validate_email

from broadsheet.audience.addresses import NotAnAddress, parse_address
from broadsheet.audience.typos import suggest_domain

HERE = Path(__file__).resolve().parent.parent
DEFAULT = HERE.parent / "shared" / "data" / "email_addresses"


def mailable(text: str) -> str:
    """Give the reason why an address may not be on a list, or ''."""
    try:
        parse_address(text)
    except NotAnAddress as fault:
        return str(fault)
    return ""


def syntax(text: str) -> bool:
    """Tell whether a text is an address in the wider sense of the RFCs."""
    try:
        validate_email(
            text, check_deliverability=False, allow_quoted_local=True, allow_display_name=True,
            allow_domain_literal=True, globally_deliverable=False, strict=True,
        )  # fmt: skip
    except (EmailNotValidError, UnicodeError):
        return False
    return True


def by_default(text: str) -> bool:
    """Give email-validator's own verdict, as it comes."""
    try:
        validate_email(text, check_deliverability=False)
    except (EmailNotValidError, UnicodeError):
        return False
    return True


def main(arguments: list[str]) -> None:
    """Print the exceptions, the agreement by source, and the share of misspelt domains that are mended."""
    agreed: Counter[str] = Counter()
    total: Counter[str] = Counter()
    wide = default = 0
    exceptions: list[dict[str, object]] = []
    typos = [0, 0]
    for argument in arguments or [str(DEFAULT)]:
        path = Path(argument)
        file = path / "addresses.jsonl" if path.is_dir() else path
        for line in file.read_text(encoding="utf-8").rstrip("\n").split("\n"):
            row = json.loads(line)
            source = str(row.get("source", "")).split(" ")[0] or "unnamed"
            reason = mailable(row["address"])
            total[source] += 1
            wide += syntax(row["address"]) == row["valid"]
            default += by_default(row["address"]) == row["valid"]
            if (not reason) == row["valid"]:
                agreed[source] += 1
            else:
                cause = reason or row.get("reason") or "we accept it"
                exceptions.append({"address": row["address"], "expected": row["valid"], "cause": cause})
        table = file.parent / "domain_typos.csv"
        if table.exists():
            with table.open(encoding="utf-8", newline="") as handle:
                for pair in csv.DictReader(handle):
                    typos[1] += 1
                    typos[0] += suggest_domain(pair["typo"].lower()) == pair["correct"].lower()
    for exception in exceptions:
        said = "valid" if exception["expected"] else "invalid"
        print(f"expected {said:8} {str(exception['address'])[:60]!a:64} {str(exception['cause'])[:100]!a}")
    print()
    for source in total:
        print(f"{source:24} {agreed[source]:>5} of {total[source]}")
    count = max(sum(total.values()), 1)
    share = sum(agreed.values()) / count
    print(f"{'all':24} {sum(agreed.values()):>5} of {count}  ({share:.3f})")
    print(f"{'the wider syntax':24} {wide:>5} of {count}  ({wide / count:.3f})")
    print(f"{'email-validator as is':24} {default:>5} of {count}  ({default / count:.3f})")
    print(f"{'misspelt domains':24} {typos[0]:>5} of {typos[1]}")
    figures = {
        "benchmark": "addresses", "addresses": count, "agreement": round(share, 4),
        "agreement_syntax": round(wide / count, 4), "agreement_email_validator": round(default / count, 4),
        "typos_found": round(typos[0] / typos[1], 4) if typos[1] else None, "exceptions": len(exceptions),
    }  # fmt: skip
    print(json.dumps(figures))


if __name__ == "__main__":
    main(sys.argv[1:])
