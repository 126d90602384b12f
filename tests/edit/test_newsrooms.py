"""What holds in every newsroom, whatever its stories, sections and editors: generated ones, many of them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.config import Publication, SectionPlan
from broadsheet.config.policies import EditPolicy
from broadsheet.edit.candidates import Candidate, Carried, url_key
from broadsheet.edit.pick import newcomer
from broadsheet.edit.revise import decisions_of, finish, revise
from broadsheet.model import Edition, EditionStatus, Fate, Revision
from tests.edit.newsroom import DAY, NOON, candidate, draft, publication

CATEGORIES = ("News", "Sport", "Arts", "Money")


@st.composite
def newsrooms(draw: st.DrawFn, least: int = 0) -> list[Candidate]:
    """Draw the stories of a day: several sources, shared events, embargoes, expiries, unknown categories."""
    made = []
    for number in draw(st.lists(st.integers(0, 60), unique=True, min_size=least, max_size=24)):
        made.append(
            candidate(
                number,
                cluster=draw(st.sampled_from(("", "", "", "c1", "c2", "c3"))),
                weight=draw(st.sampled_from((0.5, 1.0, 2.0))),
                source=draw(st.sampled_from(("north", "south", "west"))),
                categories=tuple(
                    draw(st.lists(st.sampled_from(CATEGORIES), unique=True, min_size=min(least, 1), max_size=2))
                ),
                position=draw(st.integers(0, 20)),
                embargo_at=draw(
                    st.sampled_from((None, None, None, NOON - timedelta(hours=1), NOON + timedelta(hours=1)))
                ),
                expires_at=draw(
                    st.sampled_from((None, None, None, NOON - timedelta(hours=1), NOON + timedelta(hours=1)))
                ),
            )
        )
    return made


@st.composite
def publications(draw: st.DrawFn) -> Publication:
    """Draw a publication with one to four sections and every policy."""
    sections = []
    for category in draw(st.lists(st.sampled_from((*CATEGORIES, "*")), unique=True, min_size=1, max_size=4)):
        most = draw(st.integers(1, 5))
        thin = draw(st.sampled_from(("leave out", "short", "roll over", "fill", "ask")))
        sections.append(
            SectionPlan.model_validate(
                {
                    "category": category, "title": category.replace("*", "Rest"),
                    "min": draw(st.integers(0, most)), "max": most, "per_source": draw(st.integers(0, 2)),
                    "sort": draw(st.sampled_from(("score", "newest", "feed"))), "when_thin": thin,
                    "neighbours": ("Arts", "News") if thin == "fill" else (),
                }
            )
        )  # fmt: skip
    policy = {
        "max_stories": draw(st.integers(0, 8)), "per_source": draw(st.integers(0, 3)),
        "min_stories": draw(st.integers(0, 6)), "when_thin": draw(st.sampled_from(("skip", "short", "fill", "ask"))),
        "lead": draw(st.sampled_from(("best", "first"))),
    }  # fmt: skip
    return publication(*sections, edit=EditPolicy.model_validate(policy))


@settings(max_examples=60, deadline=None)
@given(newsrooms(), publications(), st.randoms(use_true_random=False))
def test_any_order_of_input_gives_the_same_edition(made: list[Candidate], plan: Publication, chance: object) -> None:
    first = draft(plan, made)
    shuffled = list(made)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis's Random
    assert draft(plan, shuffled) == first


@settings(max_examples=250, deadline=None)
@given(st.one_of(newsrooms(), newsrooms(least=18)), publications(), st.sets(st.integers(0, 60), max_size=6))
def test_quotas_caps_embargoes_and_never_twice_hold(
    made: list[Candidate], plan: Publication, carried_before: set[int]
) -> None:
    earlier = Carried(
        stories={f"s{n:03}": "daily-2026-11-23" for n in carried_before if n % 2},
        urls={url_key(f"https://example.org/{n}"): "daily-2026-11-23" for n in carried_before},
    )
    outcome = draft(plan, made, carried=earlier)
    edition = outcome.edition
    stretched = plan.edit.when_thin == "fill"
    plans = {section.name: section for section in plan.sections}
    told = {one.story.id: one for one in made}
    for section in edition.sections:
        wanted = plans[section.title]
        assert len(section.picks) <= wanted.max or stretched
        sources = Counter(pick.story.source for pick in section.picks)
        assert not wanted.per_source or max(sources.values()) <= wanted.per_source
        if wanted.when_thin in ("leave out", "roll over", "fill") and not plan.edit.max_stories:
            assert len(section.picks) >= wanted.min
        assert [pick.position for pick in section.picks] == list(range(1, len(section.picks) + 1))
        if wanted.neighbours and wanted.category != "*":
            given = [told[pick.story.id].categories for pick in section.picks]
            fills = [bool(categories) and wanted.category not in categories for categories in given]
            assert fills == sorted(fills)
            assert not any(fills) or len(fills) <= wanted.min
    picks = edition.picks
    assert not plan.edit.max_stories or len(picks) <= plan.edit.max_stories
    if plan.edit.per_source and picks:
        assert max(Counter(pick.story.source for pick in picks).values()) <= plan.edit.per_source
    assert len({pick.story.id for pick in picks}) == len(picks)
    clusters = [pick.cluster for pick in picks if pick.cluster]
    assert len(set(clusters)) == len(clusters)
    for pick in picks:
        assert int(pick.story.id[1:]) not in carried_before
        assert pick.story.embargo_at is None or pick.story.embargo_at < NOON
        assert pick.story.expires_at is None or pick.story.expires_at >= NOON
        assert pick.reason
    assert {one.story for one in outcome.explanations} == {one.story.id for one in made}
    assert {one.story for one in outcome.explanations if one.fate is Fate.PICKED} == {pick.story.id for pick in picks}
    assert all(one.reason for one in outcome.explanations)
    beside = (re.search(r"the last has (\S+) points, and it (\S+)", one.reason) for one in outcome.explanations)
    assert all(float(found[2]) <= float(found[1]) for found in beside if found)
    assert (edition.status is EditionStatus.SKIPPED) >= (not picks)


@st.composite
def logs(draw: st.DrawFn) -> list[tuple[str, int, dict[str, str]]]:
    """Draw what editors might do, in any order and any number: verb, which story, and what is set."""
    lines: list[tuple[str, int, dict[str, str]]] = []
    for _ in range(draw(st.integers(0, 10))):
        verb = draw(st.sampled_from(("pin", "drop", "move", "set", "set edition", "lead")))
        value: dict[str, str] = {}
        if verb == "move":
            value = {"position": str(draw(st.integers(1, 6)))}
        elif verb == "set":
            name = draw(st.sampled_from(("headline", "dek", "kicker")))
            value = {name: draw(st.sampled_from(("Ours", "Another", "A third")))}
        elif verb == "set edition":
            value = {draw(st.sampled_from(("subject", "preheader", "intro"))): draw(st.sampled_from(("S", "T")))}
        lines.append((verb, draw(st.integers(0, 23)), value))
    return lines


@settings(max_examples=150, deadline=None)
@given(newsrooms(), newsrooms(), publications(), logs())
def test_no_decision_of_an_editor_is_lost_by_a_new_pick(
    made: list[Candidate], later: list[Candidate], plan: Publication, wanted: list[tuple[str, int, dict[str, str]]]
) -> None:
    edition, log = worked_on(draft(plan, made).edition, made, plan, wanted)
    decisions = decisions_of(log)
    assert finish(edition, decisions, plan) == edition
    known = {one.story.id: one for one in made}
    more = [one for one in later if one.story.id not in known]
    for candidates in (made, [*made, *more]):
        again = draft(plan, candidates, decisions=decisions).edition
        before = {pick.story.id: (section.title, pick) for section in edition.sections for pick in section.picks}
        after = {pick.story.id: (section.title, pick) for section in again.sections for pick in section.picks}
        for story in decisions.kept:
            assert after[story][0] == before[story][0] == decisions.kept[story]
            for name in decisions.texts.get(story, {}):
                assert getattr(after[story][1], name) == getattr(before[story][1], name)
        assert not set(decisions.dropped) & set(after)
        for name, text in decisions.edition.items():
            assert getattr(again, name) == text
        assert decisions.lead in ("", again.lead)
        if decisions.places:
            last = decisions.places[-1]
            there = [
                pick.story.id for section in again.sections if section.title == last.section for pick in section.picks
            ]
            assert there.index(last.story) == min(last.position, len(there)) - 1


def worked_on(
    edition: Edition, made: list[Candidate], plan: Publication, wanted: list[tuple[str, int, dict[str, str]]]
) -> tuple[Edition, list[Revision]]:
    """Let editors work on a draft: what they can do with what is there, as the desk writes it down."""
    open_ = {one.story.id: one for one in made if one.story.embargo_at is None and one.story.expires_at is None}
    log: list[Revision] = []
    for verb, number, value in wanted:
        standing = {pick.story.id: section.title for section in edition.sections for pick in section.picks}
        pool = sorted(standing) if verb not in ("pin", "lead") else sorted({*standing, *open_})
        story = ""
        if verb != "set edition":
            if not pool:
                continue
            story = pool[number % len(pool)]
            if verb != "drop":
                section = plan.sections[number % len(plan.sections)].name if verb in ("pin", "move") else ""
                value = {**value, "section": section or standing.get(story, plan.sections[0].name)}
        line = Revision(edition=edition.id, at=NOON, by="Robin", verb=verb.partition(" ")[0], story=story, value=value)
        words = decisions_of(log).texts.get(story, {})
        brought = newcomer(open_[story].story, None, (), plan, "Robin", words) if story in open_ else None
        edition = revise(edition, line, plan, brought)
        log.append(line)
    return finish(edition, decisions_of(log), plan), log


@settings(max_examples=60, deadline=None)
@given(newsrooms(), publications())
def test_a_week_of_editions_never_repeats_a_story(made: list[Candidate], plan: Publication) -> None:
    seen: dict[str, str] = {}
    for day in range(7):
        outcome = draft(plan, made, carried=Carried(stories=seen))
        edition = replace(outcome.edition, id=f"daily-{DAY + timedelta(days=day)}")
        assert not {pick.story.id for pick in edition.picks} & set(seen)
        if edition.status is EditionStatus.DRAFT:
            seen |= {pick.story.id: edition.id for pick in edition.picks}
