"""Edition to RenderedEdition: the one path that preview, test mail, export and send take."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from types import SimpleNamespace

from markupsafe import Markup

from broadsheet.config import Publication
from broadsheet.errors import RenderError
from broadsheet.model import Edition, RenderedEdition
from broadsheet.render.cleaning import shorten
from broadsheet.render.escaping import escape_text
from broadsheet.render.language import Language, language
from broadsheet.render.markup import Markups
from broadsheet.render.mjml import compile_mjml
from broadsheet.render.pictures import Fit, as_it_is
from broadsheet.render.plaintext import plain_text
from broadsheet.render.themes import Theme
from broadsheet.render.trimming import Trimmed, fit, weigh
from broadsheet.render.views import EditionView, FooterLink, SectionView, StoryView, numbered_by_section, view_edition
from broadsheet.slots import SECTION_MARK, Slot, section_mark

# Invisible characters behind the preheader keep the body's first words out of the inbox line.
_PADDING = "\u034f\u200c\u00a0\u2007\u00ad"
_PREVIEW_LENGTH = 140
_MARK_COMMENT = re.compile(f"<!--{SECTION_MARK.pattern}-->")


def render_edition(
    edition: Edition,
    publication: Publication,
    theme: Theme,
    *,
    fit_picture: Fit = as_it_is,
    catalogues: Path | None = None,
    marked: bool = False,
) -> RenderedEdition:
    """Render an edition with a theme, slots left open. Touches the theme's files, and what `fit_picture` does.

    `catalogues` is a project's folder of gettext catalogues, which go before ours. With `marked` sections stand between
    marks, so that any of them can be left out: in HTML and MJML as comments, in the text on lines of their own. Stories
    are then numbered within their sections, and listed addresses stand at the end of each. All else is the same, but
    for what the engine does between neighbours: it drops white space, and joins two conditions for Outlook. The hash is
    that of the rendering without marks.

    Raises RenderError for a fault of the theme, ConfigError for a language that cannot be had.
    """
    spoken = language(publication.language, publication.words, catalogues)
    view = view_edition(edition, publication, theme.settings.layout, spoken, fit_picture)
    mjml, html = _html(view, theme, spoken)
    trimmed = Trimmed()
    if weigh(html, publication) > publication.size.budget:
        view, trimmed = fit(
            view,
            theme.settings.layout,
            publication.size.budget,
            lambda tried: weigh(_html(tried, theme, spoken)[1], publication),
        )
        mjml, html = _html(view, theme, spoken)
    list_links = publication.text_links == "listed"
    text = plain_text(view, spoken.words, list_links=list_links)
    digest = hash_of(view.subject, view.preheader, html, text)
    if marked:
        view = numbered_by_section(view)
        unmarked = _html(view, theme, spoken)[1]
        view = replace(view, marked=True)
        mjml, html = _html(view, theme, spoken)
        text = plain_text(view, spoken.words, list_links=list_links)
        _check_marks(html, unmarked, theme, sections=len(view.sections))
    notes = (
        *trimmed.notes(publication.size.budget),
        *(f"the word {name!r} is taken from English" for name in spoken.missing),
    )
    return RenderedEdition(
        edition=edition,
        subject=view.subject,
        preheader=view.preheader,
        html=html,
        text=text,
        mjml=mjml,
        language=spoken.tag,
        hash=digest,
        notes=notes,
    )


def _check_marks(html: str, unmarked: str, theme: Theme, *, sections: int) -> None:
    """Hold fast that marks are all that marking changed. Raises RenderError for a theme that sets none."""
    if len(_MARK_COMMENT.findall(html)) < 2 * sections or _joined(html) != _joined(unmarked):
        raise RenderError(
            "the theme does not mark where sections begin and end, so they cannot be made conditional",
            theme=theme.name,
            advice="Write {{ begins(section.position) }} before, and {{ ends(section.position) }} behind each section "
            "in its edition.mjml.j2; or export one bundle a choice with --section.",
        )


def _joined(html: str) -> str:
    """Take marks out, and join what stood on both sides of one as the engine joins neighbours."""
    html = re.sub(r"<!\[endif\]-->\s*<!--\[if mso \| IE\]>", "", _MARK_COMMENT.sub("", html))
    return re.sub(r">\s+<", "><", html)


def hash_of(subject: str, preheader: str, html: str, text: str) -> str:
    """Give the SHA-256 that an approval is bound to. Each part follows its length, so none can run into another."""
    digest = hashlib.sha256()
    for part in (subject, preheader, html, text):
        data = part.encode()
        digest.update(f"{len(data)}:".encode())
        digest.update(data)
    return digest.hexdigest()


def _html(view: EditionView, theme: Theme, spoken: Language) -> tuple[str, str]:

    def mark(position: int, *, ends: bool = False) -> Markup:
        """Write the comment that marks where a section begins or ends, where it is asked for."""
        return Markup(f"<!--{section_mark(position, ends=ends)}-->" if view.marked else "")  # noqa: S704 - a number

    context = {
        "begins": mark,
        "ends": partial(mark, ends=True),
        "edition": view,
        "preheader_padding": Markup(_PADDING * max(0, _PREVIEW_LENGTH - len(view.preheader))),  # noqa: S704 - a constant
    }
    mjml = _markups(theme, spoken).render(context, _story_of)
    stories = ((_story_of(story), escape_text(story.headline)) for story in view.stories)
    return mjml, compile_mjml(mjml, theme=theme.name, stories=stories)


@lru_cache(maxsize=8)
def _markups(theme: Theme, spoken: Language) -> Markups:
    """Make a theme ready for a language: what no edition changes is written into its templates once."""
    settings, words = theme.settings, spoken.words
    right_to_left = spoken.direction == "rtl"
    fixed = {
        "lang": spoken.tag,
        "dir": spoken.direction,
        "start": "right" if right_to_left else "left",
        "end": "left" if right_to_left else "right",
        "dot": "\u00a0\u200f· " if right_to_left else "\u00a0· ",
        "italic": ";font-style:italic" if spoken.has_italics else "",
        "words": SimpleNamespace(**words),
        "slot": SimpleNamespace(**{slot.value: Markup(slot.token) for slot in Slot}),  # noqa: S704 - letters and digits only
        "footer_links": (
            FooterLink(words["unsubscribe"], Markup(Slot.UNSUBSCRIBE_URL.token)),  # noqa: S704 - as above
            FooterLink(words["preferences"], Markup(Slot.PREFERENCES_URL.token)),  # noqa: S704 - as above
            FooterLink(words["view_in_browser"], Markup(Slot.VIEW_URL.token)),  # noqa: S704 - as above
        ),
        "more_section": SectionView(words["more_on_the_web"], False, ()),
        "layout": SimpleNamespace(**dict(settings.layout)),
        "logo": SimpleNamespace(**dict(settings.logo)),
        "light": SimpleNamespace(**dict(settings.colours.light)),
        "dark": SimpleNamespace(**dict(settings.colours.dark)),
        "fonts": SimpleNamespace(**{name: Markup(font) for name, font in settings.fonts}),  # noqa: S704 - checked by theme.toml's type
    }
    return Markups(theme.name, theme.folders, theme.roots, theme.shipped, fixed)


def _story_of(value: object) -> str:
    return f"{value.id} ({shorten(value.headline, 40)})" if isinstance(value, StoryView) else ""
