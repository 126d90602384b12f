"""What a platform demands of what we hand it: looked at last, on the bytes that are pasted.

What the platform would refuse is an error; what it would change or hide is a note for the person who pastes.
"""

from __future__ import annotations

import re
from dataclasses import replace

from broadsheet.errors import ExportError
from broadsheet.export import markup
from broadsheet.export.edition import Exported
from broadsheet.export.platform import Certainty, Takes
from broadsheet.slots import Slot

# What Gmail shows of a message's HTML, in bytes; the rest is behind a link.
GMAIL_CLIP = 102_000


NAMED = {
    Slot.UNSUBSCRIBE_URL: "the unsubscribe link",
    Slot.VIEW_URL: "the link to the browser view",
    Slot.PREFERENCES_URL: "the link to preferences",
    Slot.FIRST_NAME: "the first name",
    Slot.LAST_NAME: "the last name",
    Slot.EMAIL: "the address",
}


def grown_size(result: Exported) -> int:
    """Estimate the HTML's bytes after the platform made every link longer for its tracking."""
    return len(result.html.encode()) + result.platform.link_growth * len(markup.links(result.html))


def requirements(result: Exported) -> Exported:
    """Hold an exported edition against its platform's demands; gives it back with notes. Raises ExportError."""
    _required(result)
    _forbidden(result)
    _size(result)
    return replace(result, notes=(*result.notes, *_notes(result)))


def _required(result: Exported) -> None:
    platform = result.platform
    for slot in sorted(platform.required):
        tag = platform.tags[slot]
        if slot in result.tags and (f"<{tag.element}" if tag.element else tag.in_html("")) in result.html:
            continue
        raise ExportError(
            f"{platform.title} refuses an edition without {slot} ({tag.in_html('')})",
            advice=f"Keep the slot {slot} in the theme's footer, and leave out --drop and --set for it.",
        )


def _forbidden(result: Exported) -> None:
    platform = result.platform
    sheets = markup.style_sheets(result.html)
    if found := platform.engine.code.search(sheets):
        raise ExportError(
            f"{platform.title}: its engine would read {found.group()!r} in the theme's style sheet as code",
            advice="Change that rule of the theme.",
        )
    for sequence in platform.forbidden:
        if sequence in result.html:
            raise ExportError(
                f"{platform.title} refuses HTML that holds {sequence!r}", advice="Take it out of the theme."
            )


def _size(result: Exported) -> None:
    platform = result.platform
    size = len(result.html.encode())
    if platform.limit and size > platform.limit:
        raise ExportError(
            f"{platform.title} takes {platform.limit:,} bytes of HTML at most; this edition has {size:,}",
            advice="Drop stories, or shorten sections (their `max` in broadsheet.toml).",
        )


def _notes(result: Exported) -> list[str]:
    platform = result.platform
    notes = [
        f"{platform.title} adds {NAMED[slot]} itself: our own was left out."
        if slot in platform.supplied
        else f"The block around {NAMED[slot]} was left out, as you asked."
        for slot in result.dropped
    ]
    if platform.takes is not Takes.MESSAGE:
        notes += [
            f"{_capital(NAMED[slot])} is {value!r} for every reader, as you asked."
            for slot, value in result.fixed.items()
        ]
    notes += [f"Added at the end: {purpose} ({code})." for code, purpose in platform.demands]
    name = result.tags.get(Slot.FIRST_NAME)
    if result.fallback and name and not name.has_fallback:
        notes.append(
            f"{platform.title} cannot print {result.fallback!r} in place of a name by its tag ({name.in_html('')}): "
            "set it as the default of that field there."
        )
    unsure = [f"{NAMED[slot]} ({tag.in_html('')})" for slot, tag in result.tags.items() if tag.sure is Certainty.MEMORY]
    if unsure:
        notes.append(f"Not confirmed by a document or public use: {', '.join(unsure)}. Send yourself a test first.")
    if doubtful := [rule.begins for rule in result.rules if rule.sure is Certainty.MEMORY]:
        notes.append(f"Not confirmed by a document or public use: {', '.join(doubtful)}. Send yourself a test first.")
    if result.rules and len(result.rules) == len([one for one in result.rendered.edition.sections if one.picks]):
        notes.append(
            "Every section has a condition, so a reader for whom none holds would get an edition without stories: "
            "leave such readers out by a segment."
        )
    if platform.takes in (Takes.DOCUMENT, Takes.FRAGMENT):
        grown = grown_size(result)
        if grown > GMAIL_CLIP:
            notes.append(
                f"With links made longer for tracking the HTML may reach {grown:,} bytes; "
                f"Gmail cuts at about {GMAIL_CLIP:,}."
            )
        if not platform.keeps_style:
            notes.append(
                f"{platform.title} strips <style>: colours in the dark and narrow columns follow its own template."
            )
    packed = sum(len(content) for content in result.pictures.values())
    if platform.archive_limit and packed > platform.archive_limit:
        notes.append(
            f"upload.zip holds {packed:,} bytes of pictures; "
            f"{platform.title} takes {platform.archive_limit:,} at most. "
            "Paste the HTML, with pictures that are on the web, instead."
        )
    for source in markup.pictures(result.html):
        if re.match("(?i)data:|cid:", source):
            notes.append(f"A picture stands in the HTML itself ({source[:20]}…): many mail clients will not show it.")
        elif not re.match("(?i)https?://", source):
            way = "use upload.zip" if result.pictures else "upload it and put its https address in its place"
            notes.append(f"The picture {source} is a local file: {way}.")
    return [*notes, *platform.caveats]


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
