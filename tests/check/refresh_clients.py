"""Carry the data of caniemail over into the check room: `python -m tests.check.refresh_clients CANIEMAIL.JSON`.

The input is `data/caniemail.json` of the npm package `caniemail` (`npm pack caniemail`), or `api/data.json` of the
site. Of each feature the title stays, and one letter for each client, from the newest test: y(es), a(lmost), n(o),
u(nknown).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parents[2] / "src" / "broadsheet" / "check" / "caniemail.json"
NOTICE = (
    "The MIT License (MIT). Copyright (c) 2019 Rémi Parmentier. Copyright © Avi Goldman. Copyright © Andrew "
    "Powell <andrew@shellscape.org>. Permission is hereby granted, free of charge, to any person obtaining a "
    'copy of this software and associated documentation files (the "Software"), to deal in the Software '
    "without restriction, including without limitation the rights to use, copy, modify, merge, publish, "
    "distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is "
    "furnished to do so, subject to the following conditions: The above copyright notice and this permission "
    "notice shall be included in all copies or substantial portions of the Software. THE SOFTWARE IS PROVIDED "
    '"AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF '
    "MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR "
    "COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, "
    "TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS "
    "IN THE SOFTWARE."
)  # fmt: skip


def compact(document: dict[str, Any]) -> str:
    """Write the data in our form: a line for each client and each feature, so that a change shows as a change."""
    names = document["nicenames"]
    clients = sorted(
        {
            (family, platform)
            for feature in document["data"]
            for family, platforms in feature["stats"].items()
            for platform in platforms
        }
    )
    lines = [
        f"{json.dumps(slug)}: {json.dumps([title, support], ensure_ascii=False)}"
        for slug, title, support in sorted(
            (feature["slug"], feature["title"], _support(feature["stats"], clients)) for feature in document["data"]
        )
    ]
    shown = [
        json.dumps([family, platform, names["family"][family], names["platform"][platform]], ensure_ascii=False)
        for family, platform in clients
    ]
    head = {"source": "caniemail.com", "date": document["last_update_date"][:10], "licence": NOTICE}
    return (
        json.dumps(head, ensure_ascii=False, indent=0).removesuffix("\n}")
        + ',\n"clients": [\n'
        + ",\n".join(shown)
        + '\n],\n"features": {\n'
        + ",\n".join(lines)
        + "\n}\n}\n"
    )


def _support(stats: dict[str, dict[str, dict[str, str]]], clients: list[tuple[str, str]]) -> str:
    letters = ""
    for family, platform in clients:
        tests = stats.get(family, {}).get(platform, {})
        newest = list(tests.values())[-1] if tests else "u"
        letters += newest[:1] if newest[:1] in "yanu" else "u"
    return letters


if __name__ == "__main__":
    TARGET.write_text(compact(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))), encoding="utf-8")
