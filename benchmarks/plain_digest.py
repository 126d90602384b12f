"""A digest as MJML's own guide would have it written: a section a story, columns, an image, a text for each line.

It is what a newsroom would give npm's mjml if it wrote its mail in MJML by hand. It shows its readers what the theme
`daily` shows them: the same title, tagline, date, sections, stories, words, links, pictures, rules and footer, the lead
large and the first story of a section larger than the others; and no styles beyond the few that this needs.
"""

from __future__ import annotations

from html import escape

from broadsheet.config import Publication
from broadsheet.model import Edition, Pick

RULE = "1px solid #dddddd"
STRONG = "3px solid #111111"
LINKS = ("Unsubscribe", "Preferences", "View in browser")


def plain_digest(edition: Edition, publication: Publication) -> str:
    """Write an edition's stories as MJML, in the edition's order, the first one as the lead."""
    title = escape(publication.title)
    lead, *_ = edition.picks
    sections = "".join(
        f'<mj-section border-top="{STRONG}"><mj-column>'
        f"<mj-text><h2>{escape(section.title)}</h2></mj-text></mj-column></mj-section>\n"
        + "".join(_story(pick, 25 if place else 45) for place, pick in enumerate(rest))
        for section in edition.sections
        if (rest := [pick for pick in section.picks if pick is not lead])
    )
    links = " ".join(f'<a href="{_address(link)}">{link}</a>' for link in LINKS)
    return (
        f'<mjml lang="en"><mj-head><mj-title>{escape(lead.headline)}</mj-title>\n'
        f"<mj-preview>{escape(edition.preheader)}</mj-preview>\n"
        '<mj-attributes><mj-all font-family="Georgia, serif" /></mj-attributes></mj-head>\n'
        "<mj-body>\n"
        f"<mj-section><mj-column>"
        f'<mj-text align="center"><h1>{title}</h1></mj-text>'
        f'<mj-text align="center">{escape(publication.tagline)}</mj-text>'
        "</mj-column></mj-section>\n"
        f'<mj-section border-top="{STRONG}" border-bottom="{RULE}">'
        f"<mj-column><mj-text>{edition.date:%A, %B %d, %Y}</mj-text></mj-column>"
        f'<mj-column><mj-text align="right"><a href="{_address(LINKS[2])}">{LINKS[2]}</a></mj-text></mj-column>'
        "</mj-section>\n"
        f"{_lead(lead)}{sections}"
        '<mj-section background-color="#f3f0e9"><mj-column>'
        f'<mj-text align="center">You receive this e-mail because you subscribed to {title}.</mj-text>'
        f'<mj-text align="center">{links}</mj-text>'
        f'<mj-text align="center">{escape(publication.postal_address)}</mj-text>'
        "</mj-column></mj-section>\n"
        "</mj-body></mjml>\n"
    )


def _address(link: str) -> str:
    return f"https://example.com/{link.lower().replace(' ', '-')}"


def _lead(pick: Pick) -> str:
    return f"<mj-section><mj-column>{_image(pick)}{_lines(pick, 34)}</mj-column></mj-section>\n"


def _story(pick: Pick, share: int) -> str:
    picture = f'<mj-column width="{share}%">{_image(pick)}</mj-column>' if pick.story.image else ""
    text = f'<mj-column width="{100 - share if picture else 100}%">{_lines(pick, 20)}</mj-column>'
    return f'<mj-section border-top="{RULE}">{picture}{text}</mj-section>\n'


def _image(pick: Pick) -> str:
    image = pick.story.image
    if image is None:
        return ""
    return f'<mj-image src="{escape(image.url)}" alt="{escape(image.alt)}" href="{escape(pick.story.url or "")}" />'


def _lines(pick: Pick, size: int) -> str:
    credit = escape(f"By {' and '.join(pick.story.authors)} · {pick.story.publisher}")
    return (
        f'<mj-text font-size="{size}px"><a href="{escape(pick.story.url or "")}">{escape(pick.headline)}</a></mj-text>'
        f"<mj-text>{escape(pick.dek)}</mj-text>"
        f'<mj-text font-size="13px">{credit}</mj-text>'
    )
