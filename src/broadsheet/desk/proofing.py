"""The proof: an edition as an editor looks at it, with its rendering, its findings and the stories beside it.

What an editor does hangs on what was seen: every proof has a revision, and an act that was decided on another one is
refused, so that of two editors neither undoes the other's work unknowingly.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from broadsheet.config import Publication
from broadsheet.desk.approving import approve_checked
from broadsheet.desk.checking import check
from broadsheet.desk.editing import edition_called
from broadsheet.desk.opening import CONFIG_NAME, Desk
from broadsheet.desk.production import render
from broadsheet.errors import BroadsheetError, EditionChanged
from broadsheet.model import Edition, EditionStatus, Fate, Finding, RenderedEdition, Severity, Story
from broadsheet.store.documents import write_document

RUNNERS_UP_SHOWN = 12
_WATCHED = (CONFIG_NAME, "pictures", "locale")
_MOST_WATCHED = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class RunnerUp:
    """A story that could stand in a section and does not: why ('': an editor dropped it), and with how many points."""

    story: Story
    reason: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """An edition to look at. `trouble` says why there is no rendering; `runners_up` are by section, the best first.

    `drafted` says where the newest draft had each story: section and place, by the story's id.
    """

    edition: Edition
    revision: str
    rendered: RenderedEdition | None = None
    trouble: BroadsheetError | None = None
    findings: tuple[Finding, ...] = ()
    runners_up: Mapping[str, tuple[RunnerUp, ...]] = field(default_factory=dict)
    drafted: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    size: int = 0
    limit: int = 0

    @property
    def blocking(self) -> int:
        """Count the findings that block."""
        return sum(finding.severity is Severity.BLOCK for finding in self.findings)

    @property
    def blocking_rules(self) -> tuple[str, ...]:
        """Name the rules that block, each once: what an approval must acknowledge."""
        return tuple(dict.fromkeys(one.rule for one in self.findings if one.severity is Severity.BLOCK))

    @property
    def is_stale(self) -> bool:
        """Tell whether it was approved in another form than it has now: the theme or configuration has changed."""
        approved = self.edition.status in (EditionStatus.APPROVED, EditionStatus.SENDING)
        return approved and self.rendered is not None and self.rendered.hash != self.edition.hash


def proof_of(
    desk: Desk, edition: Edition, known: RenderedEdition | None = None, found: tuple[Finding, ...] | None = None
) -> Proof:
    """Look at an edition. `known` is a rendering of just this edition, `found` its findings, where there are such."""
    from broadsheet.check.rules.size import CLIPPED_FROM

    rendered, trouble = known, None
    findings: tuple[Finding, ...] = ()
    try:
        rendered = known or render(desk, edition)
        findings = check(desk, rendered) if found is None else found
    except BroadsheetError as error:
        trouble = error
    budget = desk.config.publication(edition.publication).size.budget
    return Proof(
        edition=edition, revision=revision_of(desk, edition), rendered=rendered, trouble=trouble, findings=findings,
        runners_up=_runners_up(desk, edition), drafted=_drafted(desk, edition),
        size=len(rendered.html.encode()) if rendered else 0, limit=min(CLIPPED_FROM, budget),
    )  # fmt: skip


def revision_of(desk: Desk, edition: Edition) -> str:
    """Name the state of an edition: it differs once anybody has changed, picked or turned it."""
    lines = len(desk.store.editions.revisions(edition.id))
    content = f"{edition.status} {edition.hash} {write_document(edition)}"
    return f"{lines}-{hashlib.sha256(content.encode()).hexdigest()[:16]}"


@contextmanager
def as_seen(desk: Desk, edition_id: str, revision: str) -> Iterator[Edition]:
    """Hold an edition still for a block that acts on what was seen. Raises EditionChanged, and EditionError."""
    with desk.store.transaction():
        yield still_as_seen(desk, edition_id, revision)


def still_as_seen(desk: Desk, edition_id: str, revision: str) -> Edition:
    """Read an edition that somebody has looked at. Raises EditionChanged when it is another now, and EditionError."""
    edition = edition_called(desk, edition_id)
    if revision_of(desk, edition) != revision:
        last = next(reversed(desk.store.editions.revisions(edition_id)), None)
        who = f" by {last.by}" if last else ""
        raise EditionChanged(
            f"the edition was changed{who} while you looked at it; nothing was done",
            advice="This is how it stands now. Look at it and do it again.",
        )
    return edition


def approve_proof(
    desk: Desk, edition: Edition, rendered_hash: str, by: str, *, acknowledged: Collection[str] = ()
) -> Edition:
    """Approve an edition in the very form that was looked at.

    `acknowledged` names the rules whose blocking findings the editor answers for. Raises EditionChanged when it renders
    otherwise by now, CheckFailed when a rule blocks that was not acknowledged, and what `editing.approve` raises.
    """
    rendered = rendered_as_seen(desk, edition, rendered_hash)
    return approve_checked(desk, edition, rendered, by, acknowledged=acknowledged)


def rendered_as_seen(desk: Desk, edition: Edition, rendered_hash: str) -> RenderedEdition:
    """Render an edition that somebody has looked at. Raises EditionChanged when it looks otherwise by now."""
    rendered = render(desk, edition)
    if rendered.hash != rendered_hash:
        raise EditionChanged(
            "the mail looks different now: the theme or the configuration was changed; nothing was done",
            advice="Look at it again, then do it again.",
        )
    return rendered


def looks_of(desk: Desk, publication: Publication) -> str:
    """Tell, cheaply, one look of the files that a rendering is made of from another: by their times and sizes."""
    from broadsheet.render.themes import roots_for

    files = (*(desk.folder / name for name in _WATCHED), *roots_for(desk.folder))
    seen = [publication.theme]
    for count, file in enumerate(_files(files)):
        if count == _MOST_WATCHED:
            break
        try:
            facts = file.stat()
        except OSError:  # removed at this moment
            continue
        seen.append(f"{file} {facts.st_mtime_ns} {facts.st_size}")
    return hashlib.sha256("\n".join(seen).encode()).hexdigest()[:16]


def _files(places: Iterable[Path]) -> Iterator[Path]:
    for place in places:
        yield from sorted(place.rglob("*")) if place.is_dir() else (place,)


def _drafted(desk: Desk, edition: Edition) -> Mapping[str, tuple[str, int]]:
    drafted = desk.store.editions.drafted(edition.id)
    sections = drafted[0].sections if drafted else ()
    return {pick.story.id: (section.title, pick.position) for section in sections for pick in section.picks}


def _runners_up(desk: Desk, edition: Edition) -> Mapping[str, tuple[RunnerUp, ...]]:
    """List what did not make it, or was dropped by an editor, by section; other tellings stand with their pick."""
    told = {story.id for pick in edition.picks for story in (pick.story, *pick.also_reported_by)}
    found: dict[str, list[tuple[float, str, str]]] = {}
    for one in desk.store.editions.explanations(edition=edition.id):
        if one.story not in told and one.section and one.fate in (Fate.RUNNER_UP, Fate.PICKED):
            reason = "" if one.fate is Fate.PICKED else one.reason
            found.setdefault(one.section, []).append((sum(s.points for s in one.signals), one.story, reason))
    given = {}
    for section, some in found.items():
        best = sorted(some, key=lambda one: (-one[0], one[1]))[:RUNNERS_UP_SHOWN]
        stories = ((desk.store.stories.get(story), reason, score) for score, story, reason in best)
        given[section] = tuple(RunnerUp(story=story, reason=why, score=score) for story, why, score in stories if story)
    return given
