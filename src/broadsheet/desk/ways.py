"""One edition goes out one way: by our own `send`, or by one platform, unless a person says that both are meant."""

from __future__ import annotations

from broadsheet.desk.opening import Desk
from broadsheet.errors import SentElsewhere
from broadsheet.plural import number_of

OURS = ""  # the name of our own way, beside those of platforms


def refuse_second_way(desk: Desk, edition_id: str, way: str = OURS) -> None:
    """Raise SentElsewhere when an edition was handed to another way of sending than `way`, a platform or our own.

    Asked inside the transaction that notes the handing over, so that two processes cannot both find nothing.
    """
    ours = desk.store.deliveries.sending(edition_id)
    if ours and way != OURS:
        raise _elsewhere(
            edition_id,
            f"was frozen for {number_of(ours.frozen, 'reader')} of ours at {ours.frozen_at:%Y-%m-%d %H:%M} UTC,"
            " to be sent from here",
            f"broadsheet export {edition_id} --for {way} --push --send --also",
        )
    for push in desk.store.pushes.list(edition_id):
        if push.send_asked_at and push.platform != way:
            again = f"export {edition_id} --for {way} --push --send" if way else "send"
            raise _elsewhere(
                edition_id,
                f"was handed to {push.platform} for sending at {push.send_asked_at:%Y-%m-%d %H:%M} UTC",
                f"broadsheet {again} --also",
            )


def _elsewhere(edition_id: str, what: str, command: str) -> SentElsewhere:
    return SentElsewhere(
        f"{edition_id} {what}: whoever is on both lists would get it twice",
        advice=f"Where the lists are kept apart, say so: `{command}`.",
    )
