"""Let a language model reword an edition, where the newsroom wants one. Needs the extra `llm`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from broadsheet.desk.editing import edition_called
from broadsheet.desk.opening import Desk
from broadsheet.desk.revising import Change, Revised, change
from broadsheet.edit.revise import Decisions, decisions_of
from broadsheet.edit.rewrite import What, Wish, refusal, tidied, wish_for_edition, wish_for_pick
from broadsheet.errors import ConfigError
from broadsheet.model import Edition


class Answer(Protocol):
    """What a model gives back."""

    def text(self) -> str:
        """Give the whole answer."""


class Model(Protocol):
    """A language model, as the library `llm` has it."""

    def prompt(self, prompt: str, *, system: str) -> Answer:
        """Ask it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """An answer that was not accepted: about which story ('' for the edition), which text, and why."""

    story: str
    what: What
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewritten:
    """What came of it: the changed edition with its log lines, and what was refused."""

    revised: Revised
    refused: tuple[Refused, ...]


def open_model(name: str) -> Model:
    """Find a model by its name. Raises ConfigError when the extra is not installed or no model is called so."""
    try:
        import llm
    except ImportError:
        raise ConfigError(
            "rewording needs the package `llm`", key="--model", advice="Type: pip install 'broadsheet[llm]'"
        ) from None
    try:
        model: Model = llm.get_model(name)
    except llm.UnknownModelError:
        raise ConfigError(
            f"no model is called {name!r}", key="--model", advice="Type `llm models` for those there are."
        ) from None
    return model


def rewrite(desk: Desk, edition_id: str, model: Model, name: str, what: Collection[What]) -> Rewritten:
    """Ask a model for words, and take those that say nothing new. Texts that an editor wrote are left alone.

    Reworded stories are not pinned: a new pick may drop them. Raises EditionError when the edition cannot be changed.
    """
    edition = edition_called(desk, edition_id)
    decisions = decisions_of(desk.store.editions.revisions(edition_id))
    changes: list[Change] = []
    refused: list[Refused] = []
    for wish in _wishes(edition, decisions, what):
        try:
            text = tidied(model.prompt(wish.prompt, system=wish.system).text())
            reason = refusal(wish, text)
        except Exception as error:  # whatever a plug-in raises: the words that we have are good enough
            reason = f"the model failed: {error}"
        if reason:
            refused.append(Refused(story=wish.story, what=wish.what, reason=reason))
        else:
            changes.append(Change(verb="rewrite", story=wish.story, value={wish.what: text}))
    return Rewritten(revised=change(desk, edition_id, changes, f"model {name}"), refused=tuple(refused))


def _wishes(edition: Edition, decisions: Decisions, what: Collection[What]) -> list[Wish]:
    wishes: list[Wish] = []
    for one in ("headline", "dek"):
        if one in what:
            wishes += [
                wish_for_pick(one, pick)
                for pick in edition.picks
                if one not in decisions.texts.get(pick.story.id, {})
            ]  # fmt: skip
    if "intro" in what and edition.picks and "intro" not in decisions.edition:
        wishes.append(wish_for_edition(edition))
    return wishes
