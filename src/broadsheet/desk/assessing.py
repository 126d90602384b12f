"""Assess the stories of a window: everything that picking must know about them, joined from store and rooms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from broadsheet.config import Publication
from broadsheet.desk.categorising import classifier_for
from broadsheet.desk.days import end_of_day
from broadsheet.desk.opening import Desk
from broadsheet.edit.candidates import ANY, Candidate, Carried, Window, text_key, title_key, url_key
from broadsheet.edit.categorise import Categoriser
from broadsheet.edit.cluster import assign
from broadsheet.edit.revise import Decisions
from broadsheet.model import Edition, EditionStatus, Fate, Story
from broadsheet.store.editions import CarriedStory

WENT_OUT = (EditionStatus.SENDING, EditionStatus.SENT)
SETTLED = (EditionStatus.APPROVED, *WENT_OUT)
CHANGEABLE = (EditionStatus.DRAFT, EditionStatus.APPROVED)
GIVEN_UP = "given up"  # of an edition that was missed: its stories do not wait for the next one
REMEMBERED_DAYS = 14  # an event that an edition printed longer ago than this is history: news of it stands alone


def window_of(desk: Desk, publication: Publication, day: date) -> Window:
    """Say which time an edition is drafted from: since the last one that went out, until now or the day's end.

    Windows are moments, not calendar days, and each begins where the last one ended: a change of the clock neither
    loses an hour nor reads one twice. Where editions do not leave by mail, an approved one has gone out.
    """
    last = last_out(desk, publication, day)
    given_up = desk.store.editions.before(publication.name, day, (EditionStatus.SKIPPED,))
    if given_up and (last is None or given_up.date > last.date) and _gave_up_stories(desk, given_up):
        last = given_up
    # A story that was gathered at this very instant is in: hence the smallest step past it.
    now = desk.now() + timedelta(microseconds=1)
    return Window(from_at=last.window_to_at if last else None, to_at=min(now, end_of_day(publication, day)))


def last_out(desk: Desk, publication: Publication, day: date) -> Edition | None:
    """Read the last edition before a day that went out; an approved one has, where editions do not leave by mail."""
    return desk.store.editions.before(publication.name, day, WENT_OUT if publication.then == "send" else SETTLED)


def _gave_up_stories(desk: Desk, edition: Edition) -> bool:
    skips = [line for line in desk.store.editions.revisions(edition.id) if line.verb == "skip"]
    return bool(skips) and skips[-1].value.get("stories") == GIVEN_UP


def candidates_of(
    desk: Desk, publication: Publication, day: date, window: Window, carried: Carried, decisions: Decisions
) -> list[Candidate]:
    """List what may be picked: what came in the window, what was held back for it, and what editors want in."""
    stories = {
        story.id: story
        for story in desk.store.stories.between(window.from_at, desk.now() + timedelta(microseconds=1))
        if known_at(story) < window.to_at
    }
    last = desk.store.editions.before(publication.name, day, SETTLED)
    held = desk.store.editions.explanations(edition=last.id, fate=Fate.HELD) if last else ()
    for story_id in (*(one.story for one in held), *decisions.kept):
        if story_id not in stories and (story := desk.store.stories.get(story_id)):
            stories[story_id] = story
    known = [(story, cluster) for cluster, tellings in carried.tellings.items() for story in tellings]
    already = {story.id for story, _ in known}
    clusters = assign([story for story in stories.values() if story.id not in already], known)
    categoriser = categoriser_for(desk, publication, decisions)
    weights = {name: source.weight for name, source in desk.config.sources.items()}
    candidates = []
    for story in stories.values():
        membership = clusters.get(story.id)
        verdict = categoriser.categorise(story)
        candidates.append(
            Candidate(
                story=story,
                categories=_categories(story, verdict.category, publication, categoriser),
                category_reason=verdict.reason,
                confidence=verdict.confidence,
                cluster=membership.cluster if membership else "",
                cluster_reason=f"shares {', '.join(membership.evidence)}" if membership and membership.evidence else "",
                weight=weights.get(story.source, 1.0),
            )
        )
    return candidates


def categoriser_for(desk: Desk, publication: Publication, decisions: Decisions) -> Categoriser:
    """Make the categoriser of a publication: it knows the categories that its sections ask for."""
    wanted = [
        category
        for section in publication.sections
        for category in (section.category, *section.neighbours)
        if category != ANY
    ]
    return Categoriser(
        wanted,
        rules=desk.config.categories,
        sources={name: source.category for name, source in desk.config.sources.items() if source.category},
        editors=desk.store.labels.of_stories()
        | {story: texts["category"] for story, texts in decisions.texts.items() if texts.get("category")},
        classifier=classifier_for(desk, (*wanted, *desk.config.categories)),
    )


def _categories(story: Story, category: str, publication: Publication, categoriser: Categoriser) -> tuple[str, ...]:
    """List the categories a story may stand under: the verdict, what that is within, and what else its feed says."""
    if not category:
        return ()
    named = (category, *(found for name in story.categories if (found := categoriser.resolve(name))))
    wider = (
        section.category
        for one in named
        for section in publication.sections
        if categoriser.fits(one, section.category)
    )  # fmt: skip
    return tuple(dict.fromkeys((*named, *wider)))


def carried_by_others(desk: Desk, publication: Publication, edition_id: str, day: date) -> Carried:
    """Gather what the publication's other editions print, with the tellings of the events of the last days."""
    stories: dict[str, str] = {}
    urls: dict[str, str] = {}
    titles: dict[str, str] = {}
    clusters: dict[str, str] = {}
    texts: dict[str, set[tuple[str, str]]] = {}
    for one in desk.store.editions.carried(publication.name, apart_from=edition_id):
        stories[one.story] = one.edition
        for key, known in ((one.url_key, urls), (one.title_key, titles)):
            if key:
                known[key] = one.edition
        texts.setdefault(one.title_key, set()).add((one.source, one.text_key))
    tellings: dict[str, tuple[Story, ...]] = {}
    since, until = day - timedelta(days=REMEMBERED_DAYS), day + timedelta(days=REMEMBERED_DAYS)
    for line in reversed(desk.store.editions.list(publication.name)):
        if line.id == edition_id or line.status not in SETTLED or not since <= line.date <= until:
            continue
        edition = desk.store.editions.get(line.id)
        for pick in edition.picks if edition else ():
            if pick.cluster:
                clusters[pick.cluster] = line.id
                tellings[pick.cluster] = (*tellings.get(pick.cluster, ()), pick.story, *pick.also_reported_by)
    return Carried(
        stories=stories, urls=urls, titles=titles, clusters=clusters, tellings=tellings,
        texts={title: frozenset(some) for title, some in texts.items()},
    )  # fmt: skip


def carries(edition: Edition) -> Iterable[CarriedStory]:
    """List what an edition prints or names as another telling, by everything it may be known by."""
    told: Sequence[tuple[Story, str]] = [
        (story, pick.cluster) for pick in edition.picks for story in (pick.story, *pick.also_reported_by)
    ]
    for story, cluster in told:
        yield CarriedStory(
            edition=edition.id, story=story.id, url_key=url_key(story.url), title_key=title_key(story.title),
            cluster=cluster, source=story.source, text_key=text_key(story),
        )  # fmt: skip


def known_at(story: Story) -> datetime:
    """Say since when the world could know a story: a late reader of an old feed can still make an old edition."""
    return min(story.first_seen_at, story.published_at) if story.dated else story.first_seen_at
