"""Put a rendered edition into a platform's own words, and onto the disk."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from broadsheet.config import Account
from broadsheet.desk.opening import Desk
from broadsheet.errors import CheckFailed, ConfigError, ExportError
from broadsheet.model import Bundle, BundleFile, Edition, EditionStatus, RenderedEdition

if TYPE_CHECKING:
    from broadsheet.export import Choices, Exported, Platform

MANIFEST = "manifest.json"


def export(desk: Desk, rendered: RenderedEdition, platform: str | Platform, choices: Choices | None = None) -> Bundle:
    """Make the bundle of a rendered edition for a platform, by name or description. Raises ExportError."""
    from broadsheet.export.bundling import pack

    publication = desk.config.publication(rendered.edition.publication)
    return pack(export_pieces(desk, rendered, platform, choices), publication)


def bundle_of(
    desk: Desk,
    edition: Edition,
    platform: str | Platform,
    choices: Choices | None = None,
    *,
    sections: Sequence[str] = (),
    unchecked: bool = False,
) -> Bundle:
    """Render, check and export an edition. Raises CheckFailed when a finding blocks, unless `unchecked`; ExportError.

    The bundle notes it when the edition is not approved, or was approved in another form than this. With `sections`
    it is an edition of those categories only, under a name of its own, for the readers who chose them.
    """
    from broadsheet.export.bundling import pack

    kept = _known_sections(edition, sections)
    rendered = checked(desk, edition, sections=kept, unchecked=unchecked)
    result = export_pieces(desk, rendered, platform, choices, whole=not kept)
    if kept:
        first = (*_unapproved(edition), f"Holds these sections only: {', '.join(kept)}.")
    else:
        first = approval_notes(edition, rendered)
    bundle = pack(replace(result, notes=(*first, *result.notes)), desk.config.publication(edition.publication))
    name = "-".join([bundle.edition, *(re.sub(r"\W+", "-", category.lower()).strip("-") for category in kept)])
    return replace(bundle, edition=name)


def _known_sections(edition: Edition, names: Sequence[str]) -> tuple[str, ...]:
    """Find sections of an edition by their categories, whatever the case. Raises ConfigError."""
    known = {section.category.casefold(): section.category for section in edition.sections if section.picks}
    for name in names:
        if name.casefold() not in known:
            raise ConfigError(
                f"{edition.id} has no section {name!r}", advice=f"It has: {', '.join(known.values()) or 'none'}."
            )
    wanted = {name.casefold() for name in names}
    return tuple(category for key, category in known.items() if key in wanted)


def checked(desk: Desk, edition: Edition, *, sections: Sequence[str] = (), unchecked: bool = False) -> RenderedEdition:
    """Render an edition and hold it against the checks. Raises CheckFailed."""
    from broadsheet.desk.checking import check
    from broadsheet.desk.production import render
    from broadsheet.model import Severity

    rendered = render(desk, edition, sections=sections or None)
    blocking = [finding for finding in check(desk, rendered) if finding.severity is Severity.BLOCK]
    if blocking and not unchecked:
        raise CheckFailed(
            "\n".join(f"{finding.rule}: {finding.message}" for finding in blocking),
            advice=blocking[0].advice or "Mend it, or export all the same with --unchecked.",
        )
    return rendered


def approval_notes(edition: Edition, rendered: RenderedEdition) -> tuple[str, ...]:
    """Say when what is exported is not what somebody approved."""
    if note := _unapproved(edition):
        return note
    if edition.hash and edition.hash != rendered.hash:
        return (f"{edition.id} was approved in another form: what is exported is not what was approved.",)
    return ()


def _unapproved(edition: Edition) -> tuple[str, ...]:
    return (f"{edition.id} is not approved yet.",) if edition.status is EditionStatus.DRAFT else ()


def export_pieces(
    desk: Desk,
    rendered: RenderedEdition,
    platform: str | Platform,
    choices: Choices | None = None,
    *,
    whole: bool = True,
) -> Exported:
    """Put a rendered edition into a platform's own words, not packed yet. Raises ExportError.

    A `whole` edition gets conditions around the sections for which the platform's table names a field; it is then
    rendered once more, with marks. Without them it is the rendering that was given, to the byte.
    """
    from broadsheet.desk.production import render
    from broadsheet.export import exported, find_platform

    chosen = find_platform(platform) if isinstance(platform, str) else platform
    decided = _decided(desk, chosen, choices)
    if decided.fields and whole:
        _refuse_unknown(desk, rendered.edition, chosen.name, decided.fields)
        marked = render(desk, rendered.edition, marked=True)
        if marked.hash != rendered.hash:
            raise ExportError(
                f"{rendered.edition.id} changed while it was exported", advice="Run the same command again."
            )
        rendered = marked
    else:
        decided = replace(decided, fields={})
    return exported(rendered, chosen, decided, _local_pictures(desk, rendered.html))


def _decided(desk: Desk, platform: Platform, choices: Choices | None) -> Choices:
    """Join what was decided for a platform in broadsheet.toml with what is said now, which wins."""
    from broadsheet.export import Choices, parse_slot, parse_slots

    said, account = choices or Choices(), desk.config.platforms.get(platform.name, Account())
    standing = {parse_slot(name): words for name, words in account.words.items()}
    words = {slot: text for slot, text in standing.items() if slot not in said.drop} | dict(said.words)
    drop = said.drop | {slot for slot in parse_slots(account.drop) if slot not in words}
    fields = dict(said.fields) or account.sections
    return Choices(drop=drop, words=words, fallback=said.fallback or account.fallback, fields=fields)


def _refuse_unknown(desk: Desk, edition: Edition, platform: str, fields: Mapping[str, str]) -> None:
    plans = desk.config.publication(edition.publication).sections
    known = {plan.category.casefold(): plan.category for plan in plans}
    known |= {section.category.casefold(): section.category for section in edition.sections}
    for category in fields:
        if category.casefold() not in known:
            raise ConfigError(
                f"{edition.publication} has no section {category!r}",
                key=f"platforms.{platform}.sections",
                advice=f"It has: {', '.join(known.values())}.",
            )


def _local_pictures(desk: Desk, html: str) -> Mapping[str, bytes]:
    """Read the pictures of a page that are files inside the project, by path or by the address the web sees them at."""
    from broadsheet.export.markup import pictures

    root = desk.folder.resolve()
    found = {}
    for source in pictures(html):
        path = desk.config.pictures.file_of(source)
        if path is None and (":" in source.split("/", 1)[0] or source.startswith("//")):
            continue
        file = (root / (path or source).lstrip("/")).resolve()
        if file.is_relative_to(root) and file.is_file():
            found[source] = file.read_bytes()
    return found


def archive_of(bundle: Bundle) -> bytes:
    """Pack a bundle as one archive, the same bytes for the same bundle."""
    from broadsheet.export.bundling import archive

    return archive(bundle.files)


def piece_to_paste(bundle: Bundle) -> BundleFile:
    """Give the file of a bundle that is pasted into its platform: HTML, MJML or a message."""
    from broadsheet.export.bundling import body_file

    return body_file(bundle)


def platform_names() -> list[str]:
    """Name the platforms there is an export for."""
    from broadsheet.export import platforms

    return [platform.name for platform in platforms()]


def write_bundle(bundle: Bundle, folder: Path, zip: bool = False) -> Path:
    """Write a bundle into `folder` as a folder, or an archive, of its own named after edition and platform.

    It appears whole or not at all; an earlier bundle of the same name is replaced. Gives the path that was written.
    Raises ExportError when something else stands there or the place cannot be written to.
    """
    target = folder / (f"{bundle.edition}-{bundle.platform}" + (".zip" if zip else ""))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        workplace = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=folder))
        try:
            _write(bundle, target, workplace, as_archive=zip)
        finally:
            shutil.rmtree(workplace, ignore_errors=True)
    except OSError as error:
        raise ExportError(
            f"{target} cannot be written: {error.strerror}", advice="Name another folder with --out DIR."
        ) from error
    return target


def _write(bundle: Bundle, target: Path, workplace: Path, *, as_archive: bool) -> None:
    if as_archive:
        whole = workplace / target.name
        whole.write_bytes(archive_of(bundle))
        os.replace(whole, target)
        return
    if target.exists() and not (target / MANIFEST).is_file():
        raise ExportError(f"{target} exists and is no bundle", advice="Name another folder with --out DIR.")
    whole = workplace / "new"
    for file in bundle.files:
        path = whole / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content)
    whole.chmod(0o755)
    if target.exists():
        target.rename(workplace / "old")
    whole.rename(target)
