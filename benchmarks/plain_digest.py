"""A digest as MJML's own guide would have it written: a section a story, columns, an image, a text for each line.

It is what a newsroom would give npm's mjml if it wrote its mail in MJML by hand, with the same stories, words, links
and pictures as an edition of ours, and no styles beyond the few that it needs.
"""

from __future__ import annotations

from html import escape

from broadsheet.model import Edition, Pick


def plain_digest(edition: Edition) -> str:
    """Write an edition's stories as MJML, in the edition's order."""
    sections = "".join(
        f"<mj-section><mj-column><mj-text><h2>{escape(section.title)}</h2></mj-text></mj-column></mj-section>\n"
        + "".join(_story(pick) for pick in section.picks)
        for section in edition.sections
        if section.picks
    )
    return (
        '<mjml lang="en"><mj-head><mj-attributes><mj-all font-family="Georgia, serif" /></mj-attributes></mj-head>\n'
        "<mj-body>\n"
        f"<mj-section><mj-column><mj-text><h1>{escape(edition.publication)}</h1></mj-text></mj-column></mj-section>\n"
        f"{sections}</mj-body></mjml>\n"
    )


def _story(pick: Pick) -> str:
    story = pick.story
    link, image = escape(story.url or ""), story.image
    credit = escape(" · ".join((*story.authors, story.publisher)))
    picture = (
        '<mj-column width="35%">'
        f'<mj-image src="{escape(image.url)}" alt="{escape(image.alt)}" href="{link}" /></mj-column>'
        if image
        else ""
    )
    return (
        f'<mj-section>{picture}<mj-column width="{65 if image else 100}%">'
        f'<mj-text font-size="20px"><a href="{link}">{escape(pick.headline)}</a></mj-text>'
        f"<mj-text>{escape(pick.dek)}</mj-text>"
        f'<mj-text font-size="13px">{credit}</mj-text>'
        "</mj-column></mj-section>\n"
    )
