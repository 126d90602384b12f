"""Produce an edition: the one rendering path that preview, test mail, export and send take."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Collection
from datetime import date
from pathlib import Path

from broadsheet.desk.opening import Desk
from broadsheet.desk.whole_file import write_whole
from broadsheet.errors import EditionError, RenderError
from broadsheet.model import Edition, RenderedEdition


def render(
    desk: Desk, edition: Edition, *, sections: Collection[str] | None = None, marked: bool = False
) -> RenderedEdition:
    """Render an edition with its publication's theme. `sections` keeps only those of the named categories.

    `marked` puts marks around each section, for an export that makes them conditional.

    Raises RenderError, ConfigError, and EditionError when there is nothing to print.
    """
    from broadsheet.desk.pictures import fitter
    from broadsheet.render import find_theme, render_edition

    publication = desk.config.publication(edition.publication)
    if sections is not None:
        kept = tuple(section for section in edition.sections if section.category in sections)
        edition = dataclasses.replace(edition, sections=kept)
    if not edition.picks:
        raise EditionError(
            f"{edition.id} has no stories to print",
            advice=f"Type `broadsheet pick -p {edition.publication} --date {edition.date}` once stories are gathered.",
        )
    return render_edition(
        edition,
        publication,
        find_theme(publication.theme, desk.folder),
        fit_picture=fitter(desk),
        catalogues=desk.folder / "locale",
        marked=marked,
    )


def write_rendering(rendered: RenderedEdition, folder: Path) -> list[Path]:
    """Write edition.html, .txt, .mjml and .json into a folder; each appears whole or not at all.

    Raises RenderError when the folder cannot be written to.
    """
    files = {
        "edition.html": rendered.html,
        "edition.txt": rendered.text,
        "edition.mjml": rendered.mjml,
        "edition.json": edition_json(rendered),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return [write_whole(folder / name, text.encode()) for name, text in files.items()]
    except OSError as error:
        raise RenderError(f"{folder} cannot be written to: {error.strerror}", advice="Name another folder.") from None


def edition_json(rendered: RenderedEdition) -> str:
    """Write an edition as JSON, with the subject, preheader, hash and notes of its rendering."""
    edition = dataclasses.replace(
        rendered.edition, subject=rendered.subject, preheader=rendered.preheader, hash=rendered.hash
    )
    record = dataclasses.asdict(edition)
    record["notes"] = [*edition.notes, *rendered.notes]
    return json.dumps(record, default=_iso, ensure_ascii=False, indent=2) + "\n"


def _iso(value: object) -> str:
    if isinstance(value, date):  # a datetime is one
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")
