"""An awkward edition: every platform's tags as story text, slots in every kind of place, and what mail clients need."""

from __future__ import annotations

from datetime import UTC, date, datetime
from html import escape

from broadsheet.config import Publication, SectionPlan
from broadsheet.model import Edition, EditionStatus, Pick, RenderedEdition, Section, Story
from broadsheet.slots import Slot

# Written by a hostile source: what each platform would read as code.
HOSTILE = (
    "*|UNSUB|* *|IF:FNAME|*x*|END:IF|* *|MC:SUBJECT|*",
    "{{ unsubscribe }} {{contact.EMAIL}} {% if true %}x{% endif %} {# gone #} {{{raw}}} \\{{x}} {{",
    "{{ 7|times:7 }} {% unsubscribe_link %} {%- raw -%} {{!-- gone --}} {{> part}} {{#if x}}y{{/if}} {{/x}} }}",
    "%UNSUBSCRIBELINK% %FIRSTNAME% %recipient.first% %%emailaddr%% %%[SET @a = 1]%% %%=Now()=%% 100%",
    "[unsubscribe] [firstname,fallback=x] [UNSUBSCRIBEURL] [link:subscription_unsubscribe_url] [EMAIL] [[FIRSTNAME]]",
    "[# list x as y] ${7*7} <@macro> <#if x> <% code %> <%asm_group_unsubscribe_raw_url%> [%first_name%] $[FNAME|x]$",
    '{$unsubscribe} {!remove_web} {unsubscribe_url} {contactfield=email} {email} {first_name, "x"} %%{email}%%',
    "<unsubscribe>here</unsubscribe> <webversion>x</webversion> #unsubscribeLink# {}{}{{}} }}{{ }}}",
)
HOSTILE_URL = (
    "https://news.example/a%20b/{{7*7}}/%UNSUBSCRIBELINK%/*|UNSUB|*/[unsubscribe]?q=%%emailaddr%%&r={email}&s=%C3%A9"
)
STYLE = "@media (max-width:480px){#top{width:100%!important}}@media print{.x{color:red}}[data-ogsc] .x{color:#fff}"

PUBLICATION = Publication(
    name="daily",
    title="The Daily Sheet",
    sender="The Daily Sheet <news@example.com>",
    reply_to="editors@example.com",
    postal_address="1 Press Lane, London",
    sections=(SectionPlan(category="world"),),
)


def awkward_edition(*, greeting: bool = True, preferences: bool = True) -> RenderedEdition:
    """Make the rendering, as the MJML engine writes one, without running the engine."""
    when = datetime(2026, 11, 24, 5, tzinfo=UTC)
    stories = [
        Story(id=f"s{n}", title=text, source="wire", published_at=when, first_seen_at=when, url=HOSTILE_URL)
        for n, text in enumerate(HOSTILE)
    ]
    picks = tuple(Pick(story=story, position=n, headline=story.title, dek="") for n, story in enumerate(stories))
    edition = Edition(
        id="daily-2026-11-24", publication="daily", date=date(2026, 11, 24), status=EditionStatus.APPROVED,
        subject="Émile’s {{ day }} *|FNAME|* %FIRSTNAME% [unsubscribe]", preheader="News of the day: {{ 7*7 }} & more",
        sections=(Section(title="World", category="world", picks=picks),),
    )  # fmt: skip
    unsubscribe, view, prefs = (s.token for s in (Slot.UNSUBSCRIBE_URL, Slot.VIEW_URL, Slot.PREFERENCES_URL))
    items = "\n".join(
        f'<tr><td style="width:100%" data-note="{escape(text)}">'
        f'<a href="{escape(HOSTILE_URL)}" title="{escape(text)}">{escape(text)}</a>'
        f'<img src="https://img.example/{n}.jpg?w={{{{7}}}}" width="600" alt="{escape(text)}" /></td></tr>'
        for n, text in enumerate(HOSTILE)
    )
    hello = (
        f'<div style="font-size:16px">Good morning, {Slot.FIRST_NAME.token} {Slot.LAST_NAME.token}.</div>\n'
        f'<p style="margin:0">Sent to {Slot.EMAIL.token}</p>'
        if greeting
        else ""
    )
    choice = f'<a href="{prefs}" style="color:#666666">Preferences</a>' if preferences else ""
    html = f"""<!doctype html>
<html lang="en" dir="auto" xmlns="http://www.w3.org/1999/xhtml" xmlns:v="urn:schemas-microsoft-com:vml">
<head>
<title>{escape(edition.subject)}</title>
<!--[if !mso]><!--><meta http-equiv="X-UA-Compatible" content="IE=edge"><!--<![endif]-->
<meta http-equiv="Content-Type" content="text/html; charset=UTF-8">
<style type="text/css">{STYLE}</style>
<!--[if mso]><noscript><xml><o:OfficeDocumentSettings></o:OfficeDocumentSettings></xml></noscript><![endif]-->
</head>
<body style="word-spacing:normal;background-color:#ffffff">
<div style="display:none;font-size:1px;color:#ffffff;max-height:0px;max-width:0px;opacity:0;overflow:hidden">{
        escape(edition.preheader)
    }\u034f \u200c</div>
<div lang="en" dir="auto" style="background-color:#ffffff">
<!--[if mso | IE]><table align="center" border="0"><tr><td><![endif]-->
<table role="presentation" width="100%"><tbody>
<tr><td><a href="{view}" style="color:#666666">View in browser</a></td></tr>
<tr><td>{hello}</td></tr>
{items}
</tbody></table>
<!-- a remark {{ }} -->
<p class="d" style="margin:0">
<a href="{unsubscribe}" style="color:#666666">Unsubscribe</a>
{choice}
</p>
<p class="d" style="margin:8px 0 0">The Daily Sheet<br />1 Press Lane, London</p>
<!--[if mso | IE]></td></tr></table><![endif]-->
</div>
</body>
</html>
"""
    told = "\n\n".join(f"{text}\n<{HOSTILE_URL}>" for text in HOSTILE)
    text = "\n".join(
        part
        for part in (
            "THE DAILY SHEET",
            f"View in browser:\n<{view}>",
            *(
                [
                    "",
                    f"Good morning, {Slot.FIRST_NAME.token} {Slot.LAST_NAME.token}.",
                    "",
                    f"Sent to {Slot.EMAIL.token}",
                ]
                if greeting
                else []
            ),
            "",
            told,
            "",
            f"Unsubscribe: {unsubscribe}",
            *([f"Preferences: {prefs}"] if preferences else []),
            "",
            "The Daily Sheet, 1 Press Lane, London",
            "",
        )
    )
    return RenderedEdition(
        edition=edition, subject=edition.subject, preheader=edition.preheader, html=html, text=text,
        mjml=f"<mjml><mj-head><mj-preview>{escape(edition.preheader)}</mj-preview></mj-head><mj-body><mj-section>"
        f'<mj-column><mj-text>{escape(HOSTILE[6])}</mj-text><mj-text><a href="{unsubscribe}">Unsubscribe</a>'
        f"</mj-text></mj-column></mj-section></mj-body></mjml>",
        language="en", hash="0123456789abcdef",
    )  # fmt: skip
