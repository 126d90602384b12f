"""Before the first mail: prove that the edition is what was approved, and write down who gets it and who does not."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from broadsheet.config import Publication
from broadsheet.desk.mailing import nothing_chosen
from broadsheet.desk.opening import Desk
from broadsheet.desk.pacing import providers
from broadsheet.desk.production import render
from broadsheet.desk.subscribing import candidates
from broadsheet.desk.turns import turns
from broadsheet.desk.ways import refuse_second_way
from broadsheet.errors import ApprovalMissing, AudienceError
from broadsheet.model import Edition, EditionStatus, RenderedEdition

if TYPE_CHECKING:
    from broadsheet.store.sendings import Sending


def approved_rendering(desk: Desk, edition: Edition) -> RenderedEdition:
    """Render an edition, and prove that it is what was approved. Raises ApprovalMissing."""
    again = f"broadsheet edition approve {edition.id}"
    if edition.status in (EditionStatus.DRAFT, EditionStatus.SKIPPED):
        raise ApprovalMissing(
            f"{edition.id} is {edition.status}, not approved", advice=f"Look at it, then type `{again}`."
        )
    rendered = render(desk, edition)
    if rendered.hash != edition.hash:
        raise ApprovalMissing(
            f"{edition.id} does not look as it did when it was approved: the theme or the configuration has changed",
            advice=f"Change that back; or, while nothing was sent, look at it again and type `{again}`.",
        )
    return rendered


def segment_of(text: str, known: Sending | None) -> str:
    """Give the segment to freeze for, or that was frozen for. Raises AudienceError where both differ."""
    from broadsheet.audience.segments import parse_segment

    wanted = parse_segment(text).text if text.strip() else ""
    if known is None or not wanted or wanted == known.segment:
        return known.segment if known else wanted
    whom = f"the segment {known.segment}" if known.segment else "everybody"
    raise AudienceError(
        f"{known.edition} was already frozen for {whom}, not for the segment {wanted}",
        advice="An edition is frozen once: leave --segment out to go on with it.",
    )


def freeze(
    desk: Desk,
    publication: Publication,
    rendered: RenderedEdition,
    at: datetime,
    segment: str = "",
    *,
    also: bool = False,
) -> Sending:
    """Write down who gets an edition and who does not, and that its sending has begun, at one stroke.

    Raises SentElsewhere, unless `also`, when a platform was asked to send it before it was frozen here.
    """
    edition = rendered.edition
    chosen = nothing_chosen(rendered)
    with desk.store.transaction():
        if not also and desk.store.deliveries.sending(edition.id) is None:
            refuse_second_way(desk, edition.id)
        sending = desk.store.deliveries.freeze(
            edition.id,
            publication.name,
            rendered.hash,
            publication.sender_email.rpartition("@")[2],
            ((one, reason or chosen(one)) for one, reason in candidates(desk, publication, edition.date, segment)),
            at,
            segment=segment,
            lane=providers(desk).lane_of,
            turn=turns(desk, publication, edition.date),
        )
        if edition.status is not EditionStatus.SENT:
            desk.store.editions.mark_sending(edition.id, at=desk.now())
    return sending
