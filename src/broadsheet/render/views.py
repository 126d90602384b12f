"""What templates see: an edition in printable values. Every text is washed; every address is a web address or ""."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from markupsafe import Markup

from broadsheet.config import Publication
from broadsheet.model import Edition, Pick, Section, Story
from broadsheet.render.bylines import printed_name
from broadsheet.render.cleaning import clean, direction_of, shorten
from broadsheet.render.escaping import escape_text
from broadsheet.render.kickers import kicker_from
from broadsheet.render.language import Language
from broadsheet.render.links import mark, web_address
from broadsheet.render.pictures import Fit, Frame, as_it_is, frame
from broadsheet.render.themes import Layout
from broadsheet.slots import Slot

LONGEST_HEADLINE = 240
MOST_NAMES = 5  # in "also reported by"; of more, the last place says how many others


class Size(StrEnum):
    """How much room a story gets. `WEB` is a line in "more on the web"."""

    LEAD = "lead"
    OPENER = "opener"
    FULL = "full"
    SHORT = "short"
    LINE = "line"
    WEB = "web"


_PICTURED: Mapping[str, tuple[Size, ...]] = {
    "all": (Size.LEAD, Size.OPENER, Size.FULL),
    "openers": (Size.LEAD, Size.OPENER),
    "lead": (Size.LEAD,),
    "none": (),
}


@dataclass(slots=True)  # not frozen: that takes three times as long to fill, and no template can change a value
class StoryView:
    """A story as it is printed. `dir` and `lang` are empty where they are the edition's; `url` may be empty."""

    id: str
    number: int
    size: str
    kicker: str
    headline: str
    dek: str
    byline: str
    source: str
    url: str
    picture: Frame | None
    also: str
    is_update: bool
    lang: str
    dir: str
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class SectionView:
    """A section as it is printed; `numbered` asks for a list of headlines with figures."""

    title: str
    numbered: bool
    stories: tuple[StoryView, ...]
    position: int = 0  # among the edition's sections


@dataclass(frozen=True, slots=True)
class FooterLink:
    """A link that every reader needs; its address is a slot."""

    text: str
    url: Markup


@dataclass(frozen=True, slots=True)
class SponsorView:
    """A paid part with its label."""

    name: str
    text: str
    url: str
    picture: Frame | None


@dataclass(frozen=True, slots=True)
class EditionView:
    """A whole edition as it is printed."""

    title: str
    tagline: str
    date: str
    subject: str
    preheader: str
    intro: tuple[Markup, ...]
    lead: StoryView | None
    sections: tuple[SectionView, ...]
    more: tuple[StoryView, ...]
    why: str
    postal_address: tuple[str, ...]
    sponsor: SponsorView | None = None
    lead_section: int = 0  # the place of the section that the lead was taken from
    marked: bool = False  # whether the begins and ends of sections are marked

    @property
    def stories(self) -> tuple[StoryView, ...]:
        """List every story in reading order."""
        lead = (self.lead,) if self.lead else ()
        return (*lead, *(story for section in self.sections for story in section.stories), *self.more)


def view_edition(
    edition: Edition, publication: Publication, layout: Layout, language: Language, fit: Fit = as_it_is
) -> EditionView:
    """Lay an edition out: the lead taken from its section, each story at the size that its place gives it."""
    picks = edition.picks
    lead_pick = _lead(edition, picks) if layout.lead else None
    first = lead_pick or next(iter(picks), None)
    numbered_titles = {plan.name for plan in publication.sections if plan.numbered}
    lead: StoryView | None = None
    lead_section = 0
    sections: list[SectionView] = []
    number = int(lead_pick is not None)
    for position, section in enumerate(edition.sections):
        numbered = section.title in numbered_titles
        title = clean(section.title or section.category, 80)
        stories: list[StoryView] = []
        above = ""
        for pick in section.picks:
            size = Size.LEAD if pick is lead_pick else Size.FULL if stories else Size.OPENER
            if numbered and size is not Size.LEAD:
                size = Size.LINE
            is_lead = size is Size.LEAD
            number += not is_lead
            place = 1 if is_lead else number
            story = _view_story(pick, section, size, place, edition, publication, layout, language, fit)
            if is_lead:
                lead, lead_section = replace(story, kicker=story.kicker or title), position
            else:
                # A word that the story above carries already says nothing new, unless an editor wrote it.
                repeated = story.kicker == above and not pick.kicker
                above = story.kicker
                stories.append(replace(story, kicker="") if repeated and above else story)
        if stories:
            sections.append(SectionView(title, numbered, tuple(stories), position))
    headline = clean(first.headline or first.story.title, 150) if first else ""
    dek = clean(first.dek, 150) if first else ""
    title = clean(publication.title, 120)
    subject = clean(edition.subject, 250) or headline or title
    return EditionView(
        title=title,
        tagline=clean(publication.tagline, 160),
        date=language.full_date(edition.date),
        subject=subject,
        preheader=clean(edition.preheader, 200) or (headline if headline != subject else dek),
        intro=tuple(_greet(clean(paragraph)) for paragraph in edition.intro.split("\n") if paragraph.strip()),
        lead=lead,
        sections=tuple(sections),
        more=(),
        why=language.say("why", publication=title),
        postal_address=tuple(part for line in publication.postal_address.splitlines() if (part := clean(line, 200))),
        sponsor=_sponsor(edition, publication, layout),
        lead_section=lead_section,
    )


def numbered_by_section(view: EditionView) -> EditionView:
    """Number stories from 1 in each section, and the lead not at all: none is missed when a section is left out."""
    return replace(
        view,
        lead=replace(view.lead, number=0) if view.lead else None,
        sections=tuple(replace(section, stories=_from_one(section.stories)) for section in view.sections),
        more=_from_one(view.more),
    )


def _from_one(stories: tuple[StoryView, ...]) -> tuple[StoryView, ...]:
    return tuple(replace(story, number=number) for number, story in enumerate(stories, 1))


def resize(story: StoryView, size: Size, layout: Layout) -> StoryView:
    """Print a story smaller: a short dek and no picture, or only its headline."""
    dek = shorten(story.dek, layout.short_dek) if size is Size.SHORT and layout.short_dek else ""
    return replace(story, size=size.value, dek=dek, picture=None, also="" if size is Size.WEB else story.also)


def _lead(edition: Edition, picks: Sequence[Pick]) -> Pick | None:
    return next((pick for pick in picks if pick.story.id == edition.lead), picks[0] if picks else None)


def _view_story(
    pick: Pick,
    section: Section,
    size: Size,
    number: int,
    edition: Edition,
    publication: Publication,
    layout: Layout,
    language: Language,
    fit: Fit,
) -> StoryView:
    story = pick.story
    headline = clean(pick.headline or story.title, LONGEST_HEADLINE) or language.say("read_more")
    address = mark(web_address(story.url), publication.utm.rule(edition, section, pick.position))
    own_direction = direction_of(headline)
    own_language = story.language if story.language and not _same_language(story.language, language.tag) else ""
    return StoryView(
        id=story.id,
        number=number,
        size=size.value,
        kicker=clean(pick.kicker, 60) if pick.kicker else kicker_from(story, section, language),
        headline=headline,
        dek=_dek(pick, size, layout),
        byline=_byline(story, language),
        source=clean(story.publisher, 80),
        url=address,
        picture=_picture(pick, size, layout, fit),
        also=_also(pick.also_reported_by, story, language),
        is_update=pick.is_update,
        lang=own_language,
        dir=own_direction if own_direction and own_direction != language.direction else "",
        score=pick.score + (1e9 if pick.is_pinned else 0.0),
    )


def _dek(pick: Pick, size: Size, layout: Layout) -> str:
    if size is Size.LINE:
        return ""
    length = layout.lead_dek if size is Size.LEAD else layout.opener_dek if size is Size.OPENER else layout.dek
    return clean(pick.dek, length) if length else ""


def _byline(story: Story, language: Language) -> str:
    names = [name for author in story.authors[:4] if (name := clean(printed_name(author), 60))]
    return language.say("by", len(names), names=language.join(names)) if names else ""


def _picture(pick: Pick, size: Size, layout: Layout, fit: Fit) -> Frame | None:
    if size not in _PICTURED[layout.pictures] or not (image := pick.story.image):
        return None
    width = layout.story_picture
    if size is not Size.FULL:
        width = layout.lead_picture if size is Size.LEAD else layout.opener_picture
    return frame(replace(image, alt=pick.alt) if pick.alt else image, width, layout.shape, fit)


def _also(others: Sequence[Story], story: Story, language: Language) -> str:
    if not others:
        return ""
    tellers = dict.fromkeys(name for other in others if (name := clean(other.publisher or other.source, 60)))
    tellers.pop(clean(story.publisher, 60), None)
    names = list(tellers)
    if len(names) > MOST_NAMES:
        names[MOST_NAMES - 1 :] = [language.say("others", len(names) - MOST_NAMES + 1)]
    return language.say("also_reported_by", len(tellers), names=language.join(names)) if names else ""


def _greet(paragraph: str) -> Markup:
    # An editor may greet the reader: {first_name} in the intro becomes the slot. Stories never reach this place.
    return Markup(escape_text(paragraph).replace("{first_name}", Slot.FIRST_NAME.token))  # noqa: S704 - just escaped


def _sponsor(edition: Edition, publication: Publication, layout: Layout) -> SponsorView | None:
    for sponsor in publication.sponsors:
        if sponsor.runs_on(edition.date):
            return SponsorView(
                name=clean(sponsor.name, 80),
                text=clean(sponsor.text, 400),
                url=web_address(sponsor.url),
                picture=frame(sponsor.image, layout.width - 2 * layout.gutter, sponsor.shape),
            )
    return None


def _same_language(one: str, other: str) -> bool:
    return one.replace("_", "-").partition("-")[0].casefold() == other.partition("-")[0].casefold()
