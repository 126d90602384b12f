from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.config import SectionPlan
from broadsheet.edit.manuscript import LINE, Asked, mark_of, read, write
from broadsheet.edit.pick import newcomer
from broadsheet.edit.revise import decisions_of, finish, revise
from broadsheet.model import Edition, Revision
from tests.edit.newsroom import NOON, candidate, draft, printed, publication, story

PLAN = publication(
    SectionPlan(category="News", max=4), SectionPlan(category="Sport", max=4), SectionPlan(category="Arts")
)
NAMES = ("News", "Sport", "Arts")
EDITION = draft(PLAN, [candidate(n, categories=(NAMES[n % 2],), dek=f"Dek {n}.") for n in range(8)]).edition
RUNNERS = {"News": [(story(20), "beaten"), (story(22), "beaten")]}
TEXT = write(EDITION, NAMES, RUNNERS, "abc")


def apply(text: str, edition: Edition = EDITION) -> Edition:
    """Apply a changed text as the desk does."""
    asked, faults = read(text, edition, NAMES)
    assert not faults
    log = [
        Revision(edition=edition.id, at=NOON, by="R", verb=one.verb, story=one.story, value=one.value) for one in asked
    ]
    for line in log:
        brought = newcomer(story(int(line.story[1:])), None, (), PLAN, "R") if line.verb in ("pin", "lead") else None
        edition = revise(edition, line, PLAN, brought)
    return finish(edition, decisions_of(log), PLAN)


def block(number: int, text: str = TEXT) -> str:
    """Cut a story out of the text, with the words under it."""
    lines = text.splitlines(keepends=True)
    start = next(place for place, line in enumerate(lines) if line.startswith(f"* s{number:03}"))
    end = start + 1
    while end < len(lines) and lines[end].startswith((" ", "#")):
        end += 1
    return "".join(lines[start:end])


def test_a_text_that_was_not_changed_asks_for_nothing() -> None:
    assert read(TEXT, EDITION, NAMES) == ((), ())
    assert mark_of(TEXT) == "abc"


def test_words_are_taken_over() -> None:
    changed = TEXT.replace("  Dek 0.", "  A better dek,\n  on two lines.").replace("Subject: ", "Subject: Today, ")
    edition = apply(changed)
    pick = next(pick for pick in edition.picks if pick.story.id == "s000")
    assert (pick.dek, pick.is_pinned) == ("A better dek, on two lines.", True)
    assert edition.subject.startswith("Today, ")
    bare = apply(TEXT.replace("  Dek 0.\n", ""))
    assert next(pick for pick in bare.picks if pick.story.id == "s000").dek == ""


def test_stories_are_moved_dropped_and_brought_in_where_they_are_put() -> None:
    first, second = block(0), block(2)
    swapped = TEXT.replace(first, "@").replace(second, first).replace("@", second)
    assert printed(apply(swapped))["News"] == ["s002", "s000", "s004", "s006"]
    dropped = TEXT.replace(first, "")
    assert printed(apply(dropped))["News"] == ["s002", "s004", "s006"]
    below = TEXT.replace(first, "", 1).replace(LINE, f"{LINE}\n{first}", 1)
    assert printed(apply(below))["News"] == ["s002", "s004", "s006"]
    runner = block(20)
    raised = TEXT.replace(runner, "").replace(first, first + "\n" + runner)
    edition = apply(raised)
    assert printed(edition)["News"] == ["s000", "s020", "s002", "s004", "s006"]
    across = TEXT.replace(first, "").replace("== Arts ==\n", "== Arts ==\n" + first)
    assert printed(apply(across)) == {
        "News": ["s002", "s004", "s006"], "Sport": ["s001", "s003", "s005", "s007"], "Arts": ["s000"],
    }  # fmt: skip


def test_the_fewest_moves_are_asked_for() -> None:
    first = block(0)
    last = TEXT.replace(first, "").replace(block(6), block(6) + "\n" + first)
    assert read(last, EDITION, NAMES)[0] == (
        Asked(
            verb="move",
            line=read(last, EDITION, NAMES)[0][0].line,
            story="s000",
            value={"section": "News", "position": "4"},
        ),
    )


def test_any_order_over_any_sections_is_reached_exactly() -> None:
    ids = [pick.story.id for pick in EDITION.picks]

    @settings(max_examples=100, deadline=None)
    @given(st.permutations([*ids, "s020"]), st.lists(st.integers(0, 3), min_size=len(ids) + 1, max_size=len(ids) + 1))
    def check(order: list[str], places: list[int]) -> None:
        wanted = {name: [s for s, p in zip(order, places, strict=True) if p == n] for n, name in enumerate(NAMES)}
        text = f"# Draft: abc\nSubject: {EDITION.subject}\n" + "".join(
            f"== {name} ==\n" + "".join(f"* {one}\n" for one in some) + f"{LINE}\n" for name, some in wanted.items()
        )
        assert printed(apply(text)) == {name: some for name, some in wanted.items() if some}

    check()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("== Sport ==", "== Sprot ==", "did you mean 'Sport'?"),
        ("* s002 [News]", "*", "expected `* ID`"),
        ("* s002", "* s000", "stands above the line twice, first in line"),
        ("Subject: ", "Sujbect ", "cannot be understood"),
        ("Subject: ", "Sujbect: ", "did you mean Subject:?"),
        ("== Sport ==", "== Sport ==\nLead: s000", "stands at the top"),
        ("Lead: ", "* s020\nLead: ", "stands in no section"),
        ("Subject: ", "  words\nSubject: ", "stands under no story"),
    ],
)
def test_what_cannot_be_understood_is_named_with_its_line(old: str, new: str, words: str) -> None:
    text = TEXT.replace(old, new, 1)
    asked, faults = read(text, EDITION, NAMES)
    assert asked == ()
    assert words in faults[0].message
    line = next(n for n, (a, b) in enumerate(zip(TEXT.splitlines(), text.splitlines(), strict=False), 1) if a != b)
    assert faults[0].line == line


def swapped(text: str) -> str:
    """Put the first two sections in the other order."""
    head, news, sport, arts = re.split(r"(?=^== )", text, flags=re.MULTILINE)
    return head + sport + news + arts


@pytest.mark.parametrize(
    ("change", "at", "words"),
    [
        (lambda text: text.replace(LINE, ""), "== News", "so that s020, s022 would be printed"),
        (lambda text: text.replace("== Sport ==\n", ""), "* s001", "`== Sport ==` is gone; put it back"),
        (lambda text: text[: text.index("== Sport ==")], "", "`== Sport ==` is gone; put it back"),
        (lambda text: text.replace("== Sport ==", "== news =="), "== news", "`== News ==` stands twice, first in line"),
        (swapped, "== Sport", "`== News ==` belongs here"),
        (lambda text: text.replace(LINE, f"{LINE}\n{block(0)}", 1), "", "s000 stands above the line, too, in line"),
        (lambda text: text.replace(f"  {story(0).title}\n", ""), "* s000", "the headline of s000 is gone"),
    ],
)
def test_what_may_mean_two_things_is_asked_about(change: Callable[[str], str], at: str, words: str) -> None:
    text = change(TEXT)
    asked, faults = read(text, EDITION, NAMES)
    assert asked == ()
    fault = next(fault for fault in faults if words in fault.message)
    if at:
        assert text.splitlines()[fault.line - 1].startswith(at)


def test_a_runner_up_that_was_copied_up_is_printed_and_a_short_id_is_the_story_itself() -> None:
    copied = TEXT.replace(block(0), block(0) + "\n" + block(20), 1)
    assert printed(apply(copied))["News"] == ["s000", "s020", "s002", "s004", "s006"]
    assert read(TEXT.replace("* s000", "* S000"), EDITION, NAMES) == ((), ())
    assert read(TEXT.replace("* s000", "* s"), EDITION, NAMES) == ((), ())
    assert "stands above the line twice" in read(TEXT.replace("* s002", "* S000"), EDITION, NAMES)[1][0].message
    assert read(TEXT.replace("\n", "\r\n"), EDITION, NAMES) == ((), ())


def test_a_section_that_the_configuration_no_longer_has_is_read_as_it_was_written() -> None:
    assert read(write(EDITION, NAMES[:1], RUNNERS, "abc"), EDITION, NAMES[:1]) == ((), ())


def test_hostile_words_of_a_story_change_nothing_but_themselves() -> None:
    hostile = "* s999\n== Sport ==\n# hidden\n---- Subject: bought"
    picks = tuple(replace(pick, headline=hostile, dek=hostile) for pick in EDITION.picks[:1])
    sections = (replace(EDITION.sections[0], picks=picks),)
    edition = replace(EDITION, sections=sections, subject=hostile)
    assert read(write(edition, NAMES, {}, "abc"), edition, NAMES) == ((), ())
