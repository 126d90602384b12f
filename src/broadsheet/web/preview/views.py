"""The views of the mail in its frame: as a reader has it, as text, source and headers, and the simulations."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from starlette.datastructures import QueryParams
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from broadsheet.desk import Desk
from broadsheet.desk.previewing import page_for_frame, sample_headers, sample_html, sample_text
from broadsheet.desk.simulating import clipped, inverted, on_paper
from broadsheet.errors import BroadsheetError
from broadsheet.model import Finding, RenderedEdition
from broadsheet.web.preview.wording import spoken_number
from broadsheet.web.wording import PageLanguage

# The mail brings its own styles. It may be measured and scrolled by the page around it, hence the same origin; it runs
# no script, sends no form and turns no window but one that a click opens.
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src {}; form-action 'none'; frame-ancestors 'self';"
    " sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)
GMAIL_CUTS_AT = 102_400
FORMS = ("html", "text", "source", "headers", "clipped", "print")
MODES = ("light", "dark", "forced")
_NOTE = (
    '<div style="clear:both;margin:0;padding:14px 18px;border-top:3px dashed #b3261e;background:#fff;color:#202124;'
    'font:14px/1.5 Arial,sans-serif" data-cut>{}</div>'
)


def view_of(
    desk: Desk, rendered: RenderedEdition, findings: Iterable[Finding], asked: QueryParams, language: PageLanguage
) -> Response:
    """Show the mail alone: `view` is one of FORMS, `mode` one of MODES, `images` may be "off"."""
    pictures = "'none'" if asked.get("images") == "off" else "data: https: http:"
    headers = {"Content-Security-Policy": _POLICY.format(pictures)}
    form, mode = asked.get("view"), asked.get("mode")
    if form in ("text", "source", "headers"):
        return PlainTextResponse(_plain(desk, rendered, form), headers=headers)
    if form == "clipped":
        note = _NOTE.format(_about_cut(len(sample_html(rendered).encode()), language))
        page = page_for_frame(desk, rendered, simulate=lambda whole: clipped(whole, GMAIL_CUTS_AT, note))
    elif form == "print":
        page = page_for_frame(desk, rendered, simulate=on_paper)
    else:
        page = page_for_frame(
            desk, rendered, dark=mode == "dark", simulate=inverted if mode == "forced" else None,
            findings=findings,
        )  # fmt: skip
    return HTMLResponse(page, headers=headers)


def _plain(desk: Desk, rendered: RenderedEdition, form: str) -> str:
    if form == "text":
        return sample_text(rendered)
    if form == "source":
        return sample_html(rendered)
    try:
        return sample_headers(desk, rendered)
    except BroadsheetError as error:
        return f"{error.message}\n{error.advice}\n"


def _about_cut(size: int, language: PageLanguage) -> str:
    name = "cut_here" if size > GMAIL_CUTS_AT else "not_cut"
    return escape(
        language.say(name, size=spoken_number(language.tag, size), limit=spoken_number(language.tag, GMAIL_CUTS_AT))
    )
