from __future__ import annotations

import pytest

from broadsheet.config.policies import EditPolicy
from broadsheet.edit.candidates import Candidate, Carried
from broadsheet.edit.pick import newcomer
from broadsheet.edit.revise import Decisions
from broadsheet.model import Explanation, Fate, Story
from tests.edit.newsroom import candidate, draft, printed, publication, reasons, story

FIRST = "The mayor of Norwick, Anna Berg, opened the rebuilt harbour on Tuesday after four years of work on its wall."
AGAIN = "Anna Berg, the mayor, opened Norwick's rebuilt harbour on Tuesday after four years of work on its wall."
FURTHER = (
    "Two days after Norwick harbour opened, engineers closed its eastern quay: divers found cracks forty metres long in"
    " concrete poured last winter by Stonefield, whose contract the council has suspended pending a court hearing."
)
TOLD = story(90, title="Norwick harbour opens", dek=FIRST, language="en")
CARRIED = Carried(clusters={"c": "daily-2026-11-23"}, tellings={"c": (TOLD,)})


def tell(number: int, dek: str, title: str = "Norwick harbour news", cluster: str = "c") -> Candidate:
    return candidate(number, title=title, dek=dek, cluster=cluster)


def drafted(*tellings: Candidate, policy: str = "update") -> tuple[dict[str, list[str]], dict[str, str], list[bool]]:
    """Draft an edition; give what it prints, each story's fate, and which picks are updates."""
    plan = publication(edit=EditPolicy.model_validate({"follow_ups": policy}))
    made = draft(plan, tellings, carried=CARRIED)
    return printed(made.edition), reasons(made), [pick.is_update for pick in made.edition.picks]


def test_further_news_is_an_update_and_a_mere_retelling_is_left_out() -> None:
    stood, why, updates = drafted(tell(0, FURTHER))
    assert (stood, updates) == ({"News": ["s000"]}, [True])
    assert why["s000"].endswith("% of what it tells is new since daily-2026-11-23 (Norwick harbour opens)")
    stood, why, _ = drafted(tell(0, AGAIN))
    assert stood == {}
    told = (
        "daily-2026-11-23 printed this event; 3% of what this tells is new since, and 75% is asked of so short a text"
    )
    assert why["s000"] == f"{Fate.SHUT_OUT}: {told}"


def test_the_telling_that_brings_news_is_printed_where_the_better_one_does_not() -> None:
    stood, _, updates = drafted(tell(0, AGAIN + " " + FIRST), tell(5, FURTHER))
    assert (stood, updates) == ({"News": ["s005"]}, [True])


@pytest.mark.parametrize(("policy", "stood"), [("skip", {}), ("repeat", {"News": ["s000"]})])
def test_the_policy_may_skip_follow_ups_or_repeat_them(policy: str, stood: dict[str, list[str]]) -> None:
    assert drafted(tell(0, FURTHER), policy=policy)[::2] == (stood, [False] * len(stood))


@pytest.mark.parametrize(("policy", "is_update"), [("update", True), ("skip", True), ("repeat", False)])
def test_what_an_editor_pins_is_labelled_at_once_and_after_a_new_pick_unless_news_is_repeated(
    policy: str, is_update: bool
) -> None:
    plan = publication(edit=EditPolicy.model_validate({"follow_ups": policy}))
    again = tell(0, AGAIN)
    known = Explanation(edition="daily-2026-11-24", story="s000", fate=Fate.SHUT_OUT, reason="", cluster="c")
    pick = newcomer(again.story, known, (), plan, "Robin", carried=CARRIED)
    assert (pick.is_update, "; daily-2026-11-23 printed this event" in pick.reason) == (is_update, is_update)
    made = draft(plan, [again], carried=CARRIED, decisions=Decisions(kept={"s000": "News"}))
    assert [(one.is_update, "printed this event" in one.reason) for one in made.edition.picks] == [
        (is_update, is_update)
    ]


def test_much_the_same_under_another_cluster_is_found_by_likeness() -> None:
    stood, why, _ = drafted(tell(0, AGAIN, title="Norwick harbour opens again", cluster="other"))
    assert stood == {}
    assert "daily-2026-11-23 printed this event" in why["s000"]


def test_other_news_stands_and_is_no_update() -> None:
    other: Story = story(3)
    assert drafted(candidate(3))[::2] == ({"News": [other.id]}, [False])
