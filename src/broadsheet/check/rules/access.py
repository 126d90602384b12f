"""Accessibility of structure: language, title, headings, link words, layout tables, reading order."""

from __future__ import annotations

import re
from collections.abc import Iterator

from broadsheet.check.css import declarations
from broadsheet.check.mail import Context, Mail
from broadsheet.check.rule import Fault, rule
from broadsheet.check.tree import Element
from broadsheet.model import Severity

GROUP = "Accessibility"
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8}){0,3}", re.IGNORECASE)
_RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur", "yi", "ps", "dv", "ckb", "sd", "ug", "iw"})
_EMPTY_WORDS = frozenset(
    {"click here", "click", "here", "read more", "more", "read", "learn more", "link", "this", "this link", "go"}
    | {"see more", "continue", "continue reading", "full story", "read on", "details", "find out more"}
    | {"hier", "hier klicken", "mehr", "weiterlesen", "mehr lesen", "mehr erfahren", "weiter"}
    | {"ici", "cliquez ici", "lire la suite", "en savoir plus", "lire", "suite"}
    | {"aquí", "haga clic aquí", "leer más", "más", "seguir leyendo", "clique aqui", "leia mais", "saiba mais", "aqui"}
    | {"qui", "clicca qui", "leggi", "leggi tutto", "continua", "tutaj", "kliknij tutaj", "czytaj więcej", "więcej"}
    | {"тут", "читати далі", "детальніше", "اقرأ المزيد", "هنا", "المزيد", "続きを読む", "こちら"}
)  # fmt: skip
_ROLES = frozenset(
    {"alert", "alertdialog", "application", "article", "banner", "blockquote", "button", "caption", "cell", "checkbox"}
    | {"code", "columnheader", "combobox", "complementary", "contentinfo", "definition", "deletion", "dialog"}
    | {"directory", "document", "emphasis", "feed", "figure", "form", "generic", "grid", "gridcell", "group", "heading"}
    | {"img", "image", "insertion", "link", "list", "listbox", "listitem", "log", "main", "mark", "marquee", "math"}
    | {"menu", "menubar", "menuitem", "menuitemcheckbox", "menuitemradio", "meter", "navigation", "none", "note"}
    | {"option", "paragraph", "presentation", "progressbar", "radio", "radiogroup", "region", "row", "rowgroup"}
    | {"rowheader", "scrollbar", "search", "searchbox", "separator", "slider", "spinbutton", "status", "strong"}
    | {"subscript", "suggestion", "superscript", "switch", "tab", "table", "tablist", "tabpanel", "term", "textbox"}
    | {"time", "timer", "toolbar", "tooltip", "tree", "treegrid", "treeitem"}
)
_ENDS = " .…!:»›>→↗"


@rule("language", GROUP, Severity.WARN)
def language(mail: Mail, context: Context) -> Iterator[Fault]:
    """The HTML says which language it is in, the right one, so that screen readers pronounce it."""
    root = mail.page.first("html")
    declared = root.get("lang") if root else ""
    advice = 'Write <html lang="…">, and the same on the outermost element of the body: webmail drops <html>.'
    if not declared:
        if mail.page.elements:
            yield Fault("the HTML does not say which language it is in", advice, "html")
    elif not _LANGUAGE.fullmatch(declared):
        yield Fault(f"{declared!r} is no language tag", "Write one such as en or pt-BR.", "html")
    elif mail.language and _base(declared) != _base(mail.language):
        yield Fault(f"the HTML says {declared}, the edition is in {mail.language}", advice, "html")
    elif _base(declared) in _RIGHT_TO_LEFT and root and root.get("dir").lower() != "rtl":
        yield Fault(f"{declared} is written from right to left, the HTML does not say so", 'Add dir="rtl".', "html")


@rule("title", GROUP, Severity.WARN)
def title(mail: Mail, context: Context) -> Iterator[Fault]:
    """The HTML has a title: it names the window, and what a screen reader says first."""
    if not mail.page.elements:
        return
    element = mail.page.first("title")
    words = "".join(getattr(child, "data", "") for child in element.children).strip() if element else ""
    if not words:
        yield Fault("the HTML has no title", "Put the publication and the date into <title>.", "html")


@rule("heading-order", GROUP, Severity.WARN)
def heading_order(mail: Mail, context: Context) -> Iterator[Fault]:
    """Headings are real, begin with one h1, and skip no level: people who cannot see the page move along them."""
    names = ("h1", "h2", "h3", "h4", "h5", "h6")
    headings = list(mail.page.named(*names))
    if not headings:
        if len(mail.shown_words) > 1500:
            yield Fault(
                "a long mail has no heading", "Use h1 for the masthead, h2 for sections, h3 for stories.", "html"
            )
        return
    words = mail.page.words(*names)
    level = 0
    firsts = 0
    for heading in headings:
        number = int(heading.name[1])
        firsts += number == 1
        if number > level + 1:
            yield Fault(
                f"{heading.name} follows {f'h{level}' if level else 'nothing'}: “{words[heading][:60]}”",
                f"Use h{level + 1} here.",
                mail.place(heading),
            )
        if not words[heading]:
            yield Fault(f"an {heading.name} is empty", "Remove it.", mail.place(heading))
        level = number
    if firsts > 1:
        yield Fault(f"there are {firsts} h1", "Keep one: the masthead.", "html")


@rule("link-text", GROUP, Severity.WARN)
def link_text(mail: Mail, context: Context) -> Iterator[Fault]:
    """Every link has words that make sense alone: screen readers list links without what stands around them."""
    for link in mail.links:
        if not link.get("href"):
            continue
        words = mail.link_words.get(link, "") if link.name == "a" else link.get("alt")
        words = words or link.get("aria-label") or link.get("title")
        if not words:
            yield Fault(
                f"a link has no words: {link.get('href')[:80]}",
                "Give it words, or its picture an alt text that says where it leads.",
                mail.place(link),
            )
        elif words.strip(_ENDS).lower() in _EMPTY_WORDS and not link.get("aria-label"):
            yield Fault(
                f"a link says only “{words}”", "Name what it leads to: the headline, or “Read: headline”.",
                mail.place(link),
            )  # fmt: skip


@rule("layout-table", GROUP, Severity.WARN)
def layout_table(mail: Mail, context: Context) -> Iterator[Fault]:
    """Tables that only lay things out say so (role="presentation"): they are read aloud cell by cell otherwise."""
    holds_data = _tables_with_heads(mail)
    bare = [
        table
        for table in mail.page.named("table")
        if table.get("role").lower() not in ("presentation", "none") and table not in holds_data
    ]
    if bare:
        yield Fault(
            f"{len(bare)} layout {'tables do' if len(bare) > 1 else 'table does'} not say so",
            'Add role="presentation"; give a table of data <th> cells.',
            mail.place(bare[0]),
        )


@rule("aria-role", GROUP, Severity.WARN)
def aria_role(mail: Mail, context: Context) -> Iterator[Fault]:
    """Every role is one that exists (WAI-ARIA 1.2): an invented one hides what the element is."""
    for element in mail.page.elements:
        role = element.get("role").lower()
        if role and not any(name in _ROLES for name in role.split()[:5]):
            yield Fault(f"no role is called {role[:40]!r}", "Remove it.", mail.place(element))


@rule("reading-order", GROUP, Severity.WARN)
def reading_order(mail: Mail, context: Context) -> Iterator[Fault]:
    """What is read aloud comes in the order in which it is seen: nothing reorders the source visually."""
    root = mail.page.first("html")
    is_mirrored = _base(root.get("lang") if root else mail.language) in _RIGHT_TO_LEFT
    for element in mail.page.elements:
        tab = element.get("tabindex")
        what = "a tabindex above 0" if tab.isdigit() and int(tab[:6]) > 0 else ""
        if not is_mirrored and element.name in ("table", "tr") and element.get("dir").lower() == "rtl":
            what = 'dir="rtl" on a table'
        if "style" in element.attributes:
            for given in declarations(element.attributes["style"]):
                if given.name == "order" and given.value not in ("0", "initial"):
                    what = "order"
                elif given.name in ("flex-direction", "flex-flow") and "reverse" in given.value:
                    what = given.value
                elif given.name == "direction" and given.value == "rtl" and not is_mirrored:
                    what = "direction:rtl" if element.name in ("table", "tr", "div") else what
        if what and not _is_foreign(element, is_mirrored):
            yield Fault(
                f"{what} shows things in another order than they are read aloud",
                "Put the source into the order in which it is seen.",
                mail.place(element),
            )


def _is_foreign(element: Element, is_mirrored: bool) -> bool:
    """Tell whether an element holds another language, whose direction is then its own."""
    return not is_mirrored and _base(element.get("lang")) in _RIGHT_TO_LEFT


def _tables_with_heads(mail: Mail) -> set[Element]:
    """Find the tables that hold data: their own rows have a heading cell, or they have a caption."""
    nearest: dict[Element, Element | None] = {mail.page.root: None}
    found = set()
    for element in mail.page.elements:
        table = nearest.get(element.parent or mail.page.root)
        nearest[element] = element if element.name == "table" else table
        if table is not None and element.name in ("th", "caption"):
            found.add(table)
    return found


def _base(tag: str) -> str:
    return tag.replace("_", "-").split("-")[0].lower()


RULES = (language, title, heading_order, link_text, layout_table, aria_role, reading_order)
