"""Read news in the JSONL form of the shared material: id, title, text, published, url, cluster, label."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

from broadsheet.model import Story

UNDATED = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Item:
    """A story with what people said about it: its group of tellings, and its category."""

    story: Story
    cluster: str
    label: str
    coarse: str
    topic: str


def read_items(path: Path) -> list[Item]:
    """Read one JSON object a line, plain or gzipped. Raises SystemExit naming the line that cannot be read."""
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    lines = content.decode("utf-8").split("\n")
    return [_item(line, f"{path}:{number}") for number, line in enumerate(lines, 1) if line.strip()]


def mark(item: Item) -> str:
    """Give a text's mark: a short hash of its headline."""
    return blake2b(item.story.title.encode(), digest_size=4).hexdigest()


def _item(line: str, place: str) -> Item:
    try:
        row = json.loads(line)
        return Item(
            story=_story(row),
            cluster=str(row.get("cluster") or ""),
            label=str(row.get("label") or ""),
            coarse=str(row.get("coarse") or ""),
            topic=str(row.get("topic") or ""),
        )
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise SystemExit(f"{place}: expected a JSON object with id and title ({error})") from None


def _story(row: dict[str, Any]) -> Story:
    published = row.get("published")
    at = _time(str(published)) if published else None
    text = str(row.get("text") or "")
    return Story(
        id=str(row["id"]),
        title=str(row["title"] or ""),
        source=str(row.get("publisher") or row.get("host") or ""),
        published_at=at or UNDATED,
        first_seen_at=at or UNDATED,
        dated=at is not None,
        url=row.get("url") or None,
        body=tuple(part for part in text.split("\n") if part.strip()),
        language=str(row.get("language") or row.get("lang") or ""),
    )


def _time(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
