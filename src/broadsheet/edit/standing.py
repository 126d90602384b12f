"""How a draft's explanations read once editors have worked on the edition: what became of each story in the end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from broadsheet.model import Edition, Explanation, Fate, Pick, Revision


def as_it_stands(
    explanations: Iterable[Explanation], edition: Edition, log: Mapping[int, Revision]
) -> tuple[Explanation, ...]:
    """Say what became of each story in an edition as it is now. `log` holds the lines that were not taken back.

    What the draft made of a story is kept as the second half of the reason.
    """
    printed = {pick.story.id: (section.title, pick) for section in edition.sections for pick in section.picks}
    told = {other.id: place for place in printed.values() for other in place[1].also_reported_by}
    dropped = {line.story: line.by for line in log.values() if line.verb == "drop"}
    return tuple(_now(one, printed, told, dropped) for one in explanations)


def _now(
    one: Explanation,
    printed: Mapping[str, tuple[str, Pick]],
    told: Mapping[str, tuple[str, Pick]],
    dropped: Mapping[str, str],
) -> Explanation:
    if one.story in printed:
        section, pick = printed[one.story]
        if one.fate is not Fate.PICKED:
            reason = f"{pick.reason}; before that: {one.reason}"
            return replace(one, fate=Fate.PICKED, section=section, reason=reason, beaten_by=(), advice="")
        where = f"{one.reason}; an editor moved it here from {one.section}" if one.section != section else one.reason
        return replace(one, section=section, reason=where)
    if one.story in told:
        section, pick = told[one.story]
        if one.fate is Fate.ALSO_REPORTED and pick.story.id in one.beaten_by:
            return one
        return replace(
            one, fate=Fate.ALSO_REPORTED, section=section, beaten_by=(pick.story.id,),
            reason=f"tells the same event as {pick.story.id}, which is printed: {pick.reason}",
            advice="pin it to print this telling instead",
        )  # fmt: skip
    if by := dropped.get(one.story):
        if one.reason.startswith(f"{by} dropped it"):
            return one
        return replace(
            one, fate=Fate.SHUT_OUT, section="", beaten_by=(), advice="pin it to have it back",
            reason=f"{by} dropped it; before that: {one.reason}",
        )  # fmt: skip
    if one.fate in (Fate.PICKED, Fate.ALSO_REPORTED):
        reason = f"editors took it out with what tells the same event; before that: {one.reason}"
        return replace(one, fate=Fate.SHUT_OUT, section="", reason=reason, beaten_by=(), advice="pin it")
    return one
