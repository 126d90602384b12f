from __future__ import annotations

import sys

import pytest

from broadsheet.config import Publication
from broadsheet.desk import Desk, editing
from broadsheet.desk.revising import Change, change
from broadsheet.desk.rewriting import open_model, rewrite
from broadsheet.errors import ConfigError
from tests.desk.newsdesk import Clock, gather, stories_of


class FakeModel:
    """A model that answers by a table, and fails where it has no answer."""

    def __init__(self, answers: dict[str, str]) -> None:
        self._answers = answers
        self.asked: list[str] = []

    def prompt(self, prompt: str, *, system: str) -> FakeModel:
        self.asked.append(prompt)
        self._now = prompt
        return self

    def text(self) -> str:
        return next(answer for words, answer in self._answers.items() if words in self._now)


def test_a_model_may_reword_but_not_invent_nor_overrule(desk: Desk, daily: Publication, clock: Clock) -> None:
    today = clock.to(24)
    for number, title in enumerate(("Norwick opens its harbour", "Tax falls by 3 per cent", "Choir sings in the mine")):
        gather(desk, number, title=title)
    gather(desk, 9, title="Stadium stays closed", categories=("Sport",))
    edition = editing.pick_edition(desk, daily, today)
    change(desk, edition.id, [Change(verb="set", story="s002", value={"headline": "Mine"})], "Robin")
    model = FakeModel({"harbour": '"The harbour of Norwick is open"', "Tax": "Tax falls by 4 per cent"})
    outcome = rewrite(desk, edition.id, model, "fake", ["headline"])
    headlines = {pick.story.id: pick.headline for pick in outcome.revised.edition.picks}
    assert headlines["s000"] == "The harbour of Norwick is open"
    assert headlines["s001"] == "Tax falls by 3 per cent"
    assert headlines["s002"] == "Mine"
    reasons = {one.story: one.reason for one in outcome.refused}
    assert "lack: 4" in reasons["s001"]
    assert "the model failed" in reasons["s009"]
    assert len(model.asked) == 3
    assert desk.store.editions.revisions(edition.id)[-1].by == "model fake"

    again = editing.pick_edition(desk, daily, today)
    picks = {pick.story.id: pick for pick in again.picks}
    assert (picks["s000"].headline, picks["s000"].is_pinned) == ("The harbour of Norwick is open", False)
    assert stories_of(again) == ["s000", "s001", "s002", "s009"]


def test_the_intro_is_held_against_the_whole_edition(desk: Desk, daily: Publication, clock: Clock) -> None:
    today = clock.to(24)
    gather(desk, 0, title="Norwick opens its harbour")
    gather(desk, 1, title="Tax falls by 3 per cent")
    edition = editing.pick_edition(desk, daily, today)
    good = "Today: a harbour for Norwick, and a tax that falls by 3 per cent."
    assert rewrite(desk, edition.id, FakeModel({"": good}), "fake", ["intro"]).revised.edition.intro == good
    assert rewrite(desk, edition.id, FakeModel({"": "Oslo is next."}), "fake", ["intro"]).revised.edition.intro == good


def test_a_missing_package_or_model_is_a_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "llm", None)
    with pytest.raises(ConfigError, match="rewording needs the package `llm`"):
        open_model("any")
