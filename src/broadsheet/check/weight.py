"""Weigh a mail, and say what weighs most. Gmail counts the bytes of the decoded HTML part."""

from __future__ import annotations

from broadsheet.check.mail import Mail

CUT_BY_GMAIL = 102_400


def weight(text: str) -> int:
    """Count the bytes of a text in UTF-8; unpaired surrogates count as they would be replaced."""
    return len(text.encode("utf-8", "replace"))


def contributors(mail: Mail) -> list[tuple[str, int]]:
    """List what weighs most, in bytes: each story, and across all of them styles, Outlook's markup, link targets.

    The parts overlap: a story's stretch holds inline styles, too.
    """
    source = mail.html
    parts: dict[str, int] = {}
    for start, end, pick in mail.stories:
        name = f"story {pick.story.id} ({pick.headline[:40]})"
        parts[name] = parts.get(name, 0) + weight(source[start:end])
    parts["style sheets"] = sum(weight(source[e.start : e.end]) for e in mail.page.named("style"))
    parts["comments, with Outlook's markup"] = sum(weight(comment.data) + 7 for comment in mail.page.comments)
    parts["pictures written into the mail (data:)"] = sum(
        weight(e.get("src")) for e in mail.images if e.get("src")[:5].lower() == "data:"
    )
    parts["inline styles"] = sum(weight(e.get("style")) + 9 for e in mail.page.elements if "style" in e.attributes)
    parts["link targets"] = sum(weight(e.get("href")) for e in mail.links)
    return sorted(((name, size) for name, size in parts.items() if size), key=lambda part: -part[1])
