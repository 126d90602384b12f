"""What an editor's buttons do: each named deed reads a form, asks the desk, and answers with a notice."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from broadsheet.config import Publication
from broadsheet.desk import Desk, editing
from broadsheet.desk.adding import story_by_hand, story_from_address
from broadsheet.desk.days import day_of
from broadsheet.desk.editing import edition_called
from broadsheet.desk.proofing import approve_proof, as_seen, rendered_as_seen, still_as_seen
from broadsheet.desk.revising import Change, Revised
from broadsheet.desk.revising import change as revise
from broadsheet.desk.undoing import redo, steps_of, undo
from broadsheet.errors import DeliveryError, EditionChanged, EditionError
from broadsheet.model import DeliveryState, Edition, Pick, Story

Form = Mapping[str, str]
PICK_WORDS = ("headline", "dek", "alt")
EDITION_WORDS = ("subject", "preheader", "intro")
LAST = 9999


@dataclass(frozen=True, slots=True)
class Notice:
    """What was done: a name of the page's words, what fills its places, and whether it cancelled an approval.

    A place that begins with `verb_` is itself a word.
    """

    name: str
    places: Mapping[str, str] = field(default_factory=dict)
    cancelled: bool = False


def do(desk: Desk, publication: Publication, edition_id: str, form: Form, by: str) -> Notice:
    """Do what a form says. Gives a notice about it; raises BroadsheetError and then has done nothing."""
    name = form.get("do", "")
    if name == "pick":
        return _draft(desk, publication, edition_id, form, by)
    if name in TURNS:
        return TURNS[name](desk, edition_id, form, by)
    if name not in CHANGES:
        raise EditionError(f"there is no button {name!r}", advice="Load the page anew.")
    with as_seen(desk, edition_id, form.get("revision", "")) as edition:
        revised = revise(desk, edition_id, CHANGES[name](edition, form), by)
    return Notice(f"done_{name}", cancelled=revised.cancelled) if revised.lines else Notice("done_nothing")


# --- changes ---------------------------------------------------------------------------------------------------------


def _words(edition: Edition, form: Form) -> Sequence[Change]:
    """Write the words that are other than those that stand: what an editor left alone stays ours."""
    story = form.get("story", "")
    stands: Edition | Pick = _place(edition, story)[1] if story else edition
    names = PICK_WORDS if story else EDITION_WORDS
    given = {name: _tidy(form[name]) for name in names if name in form}
    new = {name: text for name, text in given.items() if text != _tidy(getattr(stands, name))}
    return [Change(verb="set", story=story, value=new)] if new else []


def _tidy(text: str) -> str:
    """Take out what a browser's field adds; paragraphs stay."""
    return "\n".join(" ".join(line.split()) for line in text.splitlines()).strip()


def _reset(edition: Edition, form: Form) -> Sequence[Change]:
    story = form.get("story", "")
    return [Change(verb="reset", story=story, value=dict.fromkeys(PICK_WORDS if story else EDITION_WORDS, ""))]


def _step(by: int) -> Callable[[Edition, Form], Sequence[Change]]:
    def step(edition: Edition, form: Form) -> Sequence[Change]:
        section, pick = _place(edition, form.get("story", ""))
        last = next(len(one.picks) for one in edition.sections if one.title == section)
        to = pick.position + by
        if not 1 <= to <= last:
            return []
        return [Change(verb="move", story=pick.story.id, value={"section": section, "position": str(to)})]

    return step


def _into_section(edition: Edition, form: Form) -> Sequence[Change]:
    section, pick = _place(edition, form.get("story", ""))
    if section == form.get("section", ""):
        return []
    value = {"section": form.get("section", ""), "position": str(LAST)}
    return [Change(verb="move", story=pick.story.id, value=value)]


def _at(edition: Edition, form: Form) -> Sequence[Change]:
    """Put a story where it was dragged to, be it a pick or none yet."""
    story, section, position = form.get("story", ""), form.get("section", ""), form.get("position", "")
    if not position.isdecimal() or not 1 <= int(position) <= LAST:
        raise EditionError(f"{position!r} is no place in a section")
    move = Change(verb="move", story=story, value={"section": section, "position": position})
    standing = next(((s.title, p.position) for s in edition.sections for p in s.picks if p.story.id == story), None)
    if standing is None:
        return [Change(verb="pin", story=story, value={"section": section}), move]
    return [] if standing == (section, int(position)) else [move]


def _pin(edition: Edition, form: Form) -> Sequence[Change]:
    value = {name: form[name] for name in ("section", "instead_of") if form.get(name)}
    return [Change(verb="pin", story=form.get("story", ""), value=value)]


def _drop(edition: Edition, form: Form) -> Sequence[Change]:
    return [Change(verb="drop", story=form.get("story", ""))]


def _lead(edition: Edition, form: Form) -> Sequence[Change]:
    return [Change(verb="lead", story=form.get("story", ""))]


def _place(edition: Edition, story: str) -> tuple[str, Pick]:
    for section in edition.sections:
        for pick in section.picks:
            if pick.story.id == story:
                return section.title, pick
    raise EditionError("that story does not stand in the edition any more")


CHANGES: Mapping[str, Callable[[Edition, Form], Sequence[Change]]] = {
    "words": _words, "reset": _reset, "up": _step(-1), "down": _step(1), "section": _into_section, "place": _at,
    "pin": _pin, "add": _pin, "instead": _pin, "drop": _drop, "lead": _lead,
}  # fmt: skip


# --- turns -----------------------------------------------------------------------------------------------------------


def _draft(desk: Desk, publication: Publication, edition_id: str, form: Form, by: str) -> Notice:
    """Draft anew from what was looked at: nothing, or the edition as it was seen."""
    known = desk.store.editions.get(edition_id)
    if known:
        still_as_seen(desk, edition_id, form.get("revision", ""))
    elif form.get("revision"):
        raise EditionChanged(f"there is no edition {edition_id} any more")
    day = known.date if known else day_of(desk, publication, edition_id.removeprefix(f"{publication.name}-"))
    drafted = editing.pick_edition(desk, publication, day, by=by)
    return Notice("done_pick", {"count": str(len(drafted.picks))})


def _approve(desk: Desk, edition_id: str, form: Form, by: str) -> Notice:
    edition = still_as_seen(desk, edition_id, form.get("revision", ""))
    approve_proof(desk, edition, form.get("hash", ""), by, acknowledged=form.get("acknowledged", "").split())
    return Notice("done_approve")


def _reopen(desk: Desk, edition_id: str, form: Form, by: str) -> Notice:
    with as_seen(desk, edition_id, form.get("revision", "")):
        editing.reopen(desk, edition_id, by)
    return Notice("done_reopen")


def _skip(desk: Desk, edition_id: str, form: Form, by: str) -> Notice:
    reason = form.get("reason", "").strip()
    if not reason:
        raise EditionError("say why the edition is skipped", advice="The reason is kept in its log.")
    with as_seen(desk, edition_id, form.get("revision", "")):
        editing.skip(desk, edition_id, by, reason)
    return Notice("done_skip")


def _back(step: Callable[[Desk, str, str], Revised], name: str) -> Callable[[Desk, str, Form, str], Notice]:
    def back(desk: Desk, edition_id: str, form: Form, by: str) -> Notice:
        with as_seen(desk, edition_id, form.get("revision", "")):
            about = getattr(steps_of(desk, edition_id, by), name)
            revised = step(desk, edition_id, by)
        return Notice(f"done_{name}", {"what": f"verb_{about.verb}"}, cancelled=revised.cancelled)

    return back


def _test(desk: Desk, edition_id: str, form: Form, by: str) -> Notice:
    """Send what was seen to one address."""
    from email_validator import EmailNotValidError, validate_email

    from broadsheet.desk.trials import send_test

    try:
        address = validate_email(form.get("email", "").strip(), check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise DeliveryError(f"that is no address: {error}", advice="Type one such as robin@example.com.") from None
    edition = still_as_seen(desk, edition_id, form.get("revision", ""))
    rendered = rendered_as_seen(desk, edition, form.get("hash", ""))
    report = send_test(
        desk, desk.config.publication(edition.publication), edition.date, [address], rendered=rendered
    )  # fmt: skip
    (email, outcome) = report.outcomes[0]
    if outcome.state is not DeliveryState.SENT:
        raise DeliveryError(f"the test to {email} was not taken: {outcome.text}")
    return Notice("done_test" if desk.config.smtp else "done_test_outbox", {"email": email})


def _address(desk: Desk, edition_id: str, form: Form, by: str) -> Notice:
    """Fetch an article and bring it in; whoever changes the edition meanwhile loses nothing by it."""
    still_as_seen(desk, edition_id, form.get("revision", ""))
    return _bring_in(desk, edition_id, story_from_address(desk, form.get("url", "")), form, by)


def _write(desk: Desk, edition_id: str, form: Form, by: str) -> Notice:
    edition = still_as_seen(desk, edition_id, form.get("revision", ""))
    publication = desk.config.publication(edition.publication)
    story = story_by_hand(
        desk, publication, title=form.get("title", ""), dek=_tidy(form.get("dek", "")), url=form.get("url", "")
    )  # fmt: skip
    return _bring_in(desk, edition_id, story, form, by)


def _bring_in(desk: Desk, edition_id: str, story: Story, form: Form, by: str) -> Notice:
    revised = revise(desk, edition_id, _pin(edition_called(desk, edition_id), dict(form) | {"story": story.id}), by)
    return Notice(f"done_{form['do']}", cancelled=revised.cancelled)


TURNS: Mapping[str, Callable[[Desk, str, Form, str], Notice]] = {
    "approve": _approve, "reopen": _reopen, "skip": _skip, "test": _test, "undo": _back(undo, "undo"),
    "redo": _back(redo, "redo"), "address": _address, "write": _write,
}  # fmt: skip
