"""Copies to the newsroom's own addresses before any reader: the real path and headers, outside of the balance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from broadsheet.config import Publication
from broadsheet.desk.mailing import messages_of
from broadsheet.desk.opening import Desk
from broadsheet.model import Recipient, RenderedEdition
from broadsheet.slots import SAMPLES, Slot

if TYPE_CHECKING:
    from broadsheet.deliver.outlets import Outlet
    from broadsheet.deliver.replies import Reply


@dataclass(frozen=True, slots=True)
class Seeding:
    """What the seeds came to: how many were taken, and each that was not, with the answer."""

    taken: int = 0
    refused: tuple[tuple[str, str], ...] = ()


def samples(addresses: Sequence[str]) -> list[Recipient]:
    """Make recipients who are nobody's subscription: links are signed for nobody, and change none."""
    first, last = SAMPLES[Slot.FIRST_NAME], SAMPLES[Slot.LAST_NAME]
    return [Recipient(id=0, email=one, first_name=first, last_name=last) for one in dict.fromkeys(addresses)]


def seed(
    desk: Desk, publication: Publication, rendered: RenderedEdition, at: datetime, ways: Sequence[Outlet]
) -> Seeding:
    """Hand each seed its copy, once an edition, by the first account that lets us in. It uses up that account's limits.

    An answer about a seed stops nothing: the readers' own answers will tell. Where no account lets us in, the next run
    tries again; after a crash in the middle a seed may get a second copy.
    """
    people = samples(publication.sending.seeds)
    sending = desk.store.deliveries.sending(rendered.edition.id)
    if not people or sending is None or sending.halt or desk.store.seeds.has_copies(sending.id):
        return Seeding()
    answers: list[tuple[Recipient, Reply]] = []
    for way in ways:
        answers = hand_over(desk, publication, rendered, at, people, way, tag="seed", mark="")
        if not _is_shut(answers):
            break
    with desk.store.transaction():
        if not _is_shut(answers):
            desk.store.seeds.note_copies(sending.id, desk.now())
    return Seeding(
        taken=sum(reply.is_yes for _, reply in answers),
        refused=tuple(
            (one.email, f"{reply.code or 'no answer:'} {reply.text}") for one, reply in answers if not reply.is_yes
        ),
    )


def hand_over(
    desk: Desk,
    publication: Publication,
    rendered: RenderedEdition,
    at: datetime,
    people: Sequence[Recipient],
    way: Outlet,
    *,
    tag: str,
    mark: str,
) -> list[tuple[Recipient, Reply]]:
    """Hand tagged copies over by an account, outside of the ledger, and give the answers.

    `tag` and a number tell their Message-IDs from the edition's own and from each other; `mark` begins their subjects.
    They count as attempts.
    """
    from broadsheet.deliver.testing import send_test

    stamp = f".{tag}-{desk.now():%Y%m%d%H%M%S%f}"
    composers = {
        one.email: messages_of(desk, publication, rendered, at, tag=f"{stamp}-{number}", mark=mark)
        for number, one in enumerate(people, 1)
    }
    with desk.store.transaction():
        desk.store.paces.count(desk.now(), {way.scope: len(people)})
    way.pace.take(desk.now(), len(people))
    return send_test(way.transport, lambda one: composers[one.email](one), people)


def _is_shut(answers: Sequence[tuple[Recipient, Reply]]) -> bool:
    """Tell whether an account let us in for nobody."""
    from broadsheet.deliver.replies import EARLY

    return all(reply.phase in EARLY and not reply.is_yes for _, reply in answers)
