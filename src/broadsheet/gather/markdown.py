"""Markdown stories with YAML or TOML front matter. The title is the front matter's, else the first heading."""

from __future__ import annotations

import re
from pathlib import PurePath

from broadsheet.errors import SourceError
from broadsheet.gather.facts import with_facts, with_title_and_text
from broadsheet.gather.frontmatter import split_front_matter
from broadsheet.gather.text import images_of
from broadsheet.model import Image, RawStory

_FIRST_HEADING = re.compile(r"\s*(?:#\s+(?P<hash>.+?)\s*#*|(?P<line>[^\n]+)\n=+)\s*(?:\n|$)")


def read_markdown(text: str, *, source: str, place: str) -> RawStory:
    """Read one story. Raises SourceError where there is nothing in it."""
    from markdown_it import MarkdownIt

    facts, text = split_front_matter(text, place=place)
    title = ""
    if heading := _FIRST_HEADING.match(text):
        title = (heading["hash"] or heading["line"]).strip()
        text = text[heading.end() :]
    if not (title or facts or text.strip()):
        raise SourceError("is empty", source=source, place=place)
    renderer = MarkdownIt("commonmark", {"html": True}).enable("table")
    content = renderer.render(text)
    images = tuple(
        Image(url=image["src"], alt=image.get("alt", "")) for image in images_of(content) if image.get("src")
    )
    raw = RawStory(
        source=source,
        place=place,
        guid=f"file:{PurePath(place).name}" if place != "-" else None,
        title=renderer.renderInline(title),
        content=content,
        images=images,
    )
    return with_title_and_text(with_facts(raw, facts))
