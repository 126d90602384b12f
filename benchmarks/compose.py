"""How fast messages are made: broadsheet's composition beside the standard email package and dkimpy, on one core.

    python -m benchmarks.compose [--messages 5000] [--peers 300] [--size 60000]

The last line is a JSON object; `vs_email` and `vs_dkimpy` say how many times as fast.
"""

from __future__ import annotations

import argparse
import email.policy
import json
import resource
import time
from collections.abc import Callable

from benchmarks.deliver import _email, composer, page, private_key, signed_by_dkimpy, text
from broadsheet.deliver.message import Composer
from broadsheet.model import Recipient


def rate(make: Callable[[int], object], count: int) -> float:
    """Give messages a second of processor time."""
    began = time.process_time()
    for number in range(count):
        make(number)
    return count / (time.process_time() - began)


def main() -> None:
    """Measure, print a table, and as the last line the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=5000)
    parser.add_argument("--peers", type=int, default=300)
    parser.add_argument("--size", type=int, default=60_000)
    options = parser.parse_args()
    result: dict[str, float] = {}
    for name, keys in (("plain", ""), ("rsa", "rsa"), ("ed25519", "ed25519"), ("both", "rsa,ed25519")):
        made = composer(options.size, keys)

        def one(number: int, made: Composer = made) -> object:
            return made.compose(Recipient(id=number, email=f"reader{number}@example.com", first_name=f"Ann{number}"))

        result[name] = round(rate(one, options.messages if not keys else options.messages // 5), 1)
    result["peak_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)
    html, plain, key = page(options.size), text(), private_key("rsa")
    result["email"] = round(rate(lambda n: _email(n, html, plain).as_bytes(policy=email.policy.SMTP), options.peers), 1)
    result["email_dkimpy"] = round(
        rate(
            lambda n: signed_by_dkimpy(_email(n, html, plain).as_bytes(policy=email.policy.SMTP), key),
            max(options.peers // 4, 10),
        ),
        1,
    )
    result["vs_email"] = round(result["plain"] / result["email"], 1)
    result["vs_dkimpy"] = round(result["rsa"] / result["email_dkimpy"], 1)
    for name, value in result.items():
        print(f"{name:<16}{value:>12,.1f}")
    print(json.dumps(result))


if __name__ == "__main__":
    main()
