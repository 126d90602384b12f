"""Dark mode: clients turn mails dark one way or another; say how, or they will guess."""

from __future__ import annotations

from collections.abc import Iterator

from broadsheet.check.css import rules
from broadsheet.check.mail import Context, Mail
from broadsheet.check.rule import Fault, rule
from broadsheet.model import Severity

GROUP = "Dark mode"


@rule("dark-mode", GROUP, Severity.WARN)
def dark_mode(mail: Mail, context: Context) -> Iterator[Fault]:
    """The mail says how it looks on a dark screen, in each of the ways that clients understand."""
    if not mail.page.elements:
        return
    metas = {meta.get("name").lower() for meta in mail.page.named("meta") if "dark" in meta.get("content").lower()}
    has_property = any(
        declared.name == "color-scheme" and "dark" in declared.value
        for _, sheet in mail.sheets
        for found in rules(sheet)
        for declared in found.declarations
    )
    ways = {
        "@media (prefers-color-scheme: dark)": mail.has_dark_palette,
        '<meta name="color-scheme">': "color-scheme" in metas,
        '<meta name="supported-color-schemes">': "supported-color-schemes" in metas,
        ":root{color-scheme:light dark}": has_property,
    }
    missing = [way for way, is_there in ways.items() if not is_there]
    if len(missing) == len(ways):
        yield Fault(
            "the mail does not say how it looks on a dark screen: clients invert it as they like",
            "Declare color-scheme, and set the dark colours in @media (prefers-color-scheme: dark).",
            "html",
        )
    elif missing:
        yield Fault(
            f"dark mode is declared only in part; missing: {', '.join(missing)}", "Add what is missing.", "html"
        )


@rule("dark-priority", GROUP, Severity.WARN)
def dark_priority(mail: Mail, context: Context) -> Iterator[Fault]:
    """Dark colours are `!important`: the inline styles beside them win otherwise."""
    for element, sheet in mail.sheets:
        weak = [
            f"{found.selector[:40]} {{{declared.name}}}"
            for found in rules(sheet)
            if found.is_dark
            for declared in found.declarations
            if declared.name in ("color", "background-color", "background")
            and not declared.important
            and ":root" not in found.selector
        ]
        if weak:
            yield Fault(
                f"inline styles win over {len(weak)} of the dark colours, such as {weak[0]}",
                "Add !important to colours in the dark block.",
                mail.place(element),
            )


RULES = (dark_mode, dark_priority)
