"""Fixes for findings: the words that would mend one, for an editor to take with one press. Only where that is safe."""

from __future__ import annotations

import re
from dataclasses import dataclass

from broadsheet.check.rules.subject import PREHEADER_AT_MOST, SUBJECT_AT_MOST
from broadsheet.edit.summarise import headline_of, trim
from broadsheet.model import Edition, Finding, Pick

_STORY = re.compile(r"story (\S+)")
_REPLY = re.compile(r"^\s*(?:(?:re|fwd?|aw|wg|tr|rv|sv|odp)\s*(?:\[\d+\])?:\s*)+", re.IGNORECASE)
_CLAUSE = re.compile(r"\s*(?:[:;–—|]|,|\s-)\s+")
_SHORTEST = 25  # characters of a subject that is cut at a clause; less says too little


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """The text that would mend a finding: of a field of a story, or of the edition where `story` is ''."""

    field: str
    text: str
    story: str = ""


def fix_for(finding: Finding, edition: Edition) -> Fix | None:
    """Find the fix of a finding; None where only an editor can know one."""
    subject, preheader = edition.subject.strip(), edition.preheader.strip()
    text = ""
    if finding.rule == "subject-long":
        text = shorter(subject, SUBJECT_AT_MOST)
    elif finding.rule == "subject-shouting" and "exclamation" in finding.message:
        text = re.sub(r"!(?=.*!)", "", re.sub(r"([!?])[!?]+", r"\1", subject))
    elif finding.rule == "subject-spam" and "reply" in finding.message:
        text = _REPLY.sub("", subject)
    elif finding.rule == "preheader-length" and len(preheader) > PREHEADER_AT_MOST:
        return _for(Fix(field="preheader", text=trim(preheader, PREHEADER_AT_MOST)), preheader)
    elif finding.rule in ("image-alt", "headline-empty") and (pick := pick_of(finding, edition)):
        if finding.rule == "image-alt":
            return Fix(field="alt", text=pick.headline, story=pick.story.id)
        return _for(Fix(field="headline", text=headline_of(pick.story), story=pick.story.id), pick.headline)
    return _for(Fix(field="subject", text=text), subject)


def pick_of(finding: Finding, edition: Edition) -> Pick | None:
    """Find the pick that a finding is about."""
    named = _STORY.match(finding.place)
    return next((pick for pick in edition.picks if named and pick.story.id == named[1]), None)


def shorter(text: str, length: int) -> str:
    """Shorten a line: at the last clause that fits, else at a word."""
    ends = [found.start() for found in _CLAUSE.finditer(text) if _SHORTEST <= found.start() <= length]
    return text[: ends[-1]] if ends else trim(text, length)


def _for(fix: Fix, present: str) -> Fix | None:
    return fix if fix.text and fix.text != present else None
