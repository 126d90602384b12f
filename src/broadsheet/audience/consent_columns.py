"""Which columns say something about consent: told by their headers, and by what stands in them.

A header is taken apart into words, because platforms and the people who make tables of them agree on none:
`Unsubscribed at (UTC)`, `HasOptedOutOfEmail` and `Date de désinscription` all tell when somebody left.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from broadsheet.audience import consent_words as known
from broadsheet.audience.states import FALSE, TRUE, is_opting_out, is_telling, is_worded, spread, tidy
from broadsheet.audience.words import words

_STATUS = frozenset(words(
    """
    status subscription_status subscriber_status email_status member_status contact_status subscriber_type
    email_marketing_consent email_marketing_status list_status consent_status opt_in_status optin_status global_status
    marketing_status email_subscription_status subscribe_status subscription_state subscriber_state email_state
    email_permission_status email_subscriber_status newsletter_status mailing_status statut статус ステータス 状態
    الحالة 状态 situação durum
    """
))  # fmt: skip
_STATUS_PARTS = frozenset(words("status statut statuts estado état etat stato zustand stav stan статус situação"))
# Words of other matters that have a status too, and of other ways to reach somebody.
_OTHER_MATTERS = frozenset(words(
    """
    payment stripe plan order account shipping marital employment invoice billing membership tier trial deal lead
    ticket job paid premium transactional sms phone whatsapp push mms call calls viber telegram fax post postal
    """
))  # fmt: skip
_MAIL = frozenset(words("email emails mail mails newsletter newsletters"))
# `bounce count`, `unsubscribe link`, `spam score`: about mailings or pages, not about what this person decided.
_FIGURES = frozenset(words(
    """
    count counts number rate total opens clicks sent percent score link links url uri href token hash key page form
    filter check text footer code codes preferences group groups soft
    """
))  # fmt: skip
_WHEN = r"(?:_(?:at|on|time|date|timestamp|datetime|date_time|reason|since))?"
_LEFT = re.compile(
    r"(?:is_|has_|email_|e_mail_|date_|time_)*(?:deleted|removed|deactivated|disabled|archived|on_hold)" + _WHEN
    + r"|(?:left|stop|stopped|removal)_(?:at|on|date|time|reason)"
    + r"|(?:is_?)?excluded(?:_?from_?campaigns)?"
)  # fmt: skip
_CONFIRMED = re.compile(r"(?:activated|confirmed)" + _WHEN)
_CANCELLED = re.compile(r"(?:date_)?cancell?ed" + _WHEN)
_BOUNCED = re.compile(
    r"(?:is_|has_|email_|date_)*(?:clean|invalid_email|invalid)" + _WHEN.removesuffix("?")
    + r"|clean_campaign_(?:title|id)|(?:is_)?cleaned" + _WHEN + r"|(?:is_)?invalid_?(?:email|address)"
)  # fmt: skip
_BOUNCED_STEMS = tuple(stem for stem in known.BOUNCED_STEMS if stem != "cleaned")  # of `Cleaned name` nobody bounced
_SUBSCRIBED = frozenset(words(
    """
    subscribed subscribed_to_emails subscribed_to_email email_subscribed is_subscribed accepts_marketing
    accepts_email_marketing accepts_email email_marketing active is_active enabled newsletter_subscribed
    """
))  # fmt: skip
_ASKED = frozenset(words(
    """
    newsletter newsletters subscribed optin opted opt consent consents permission einwilligung zustimmung consentement
    consentimiento consenso marketing mailing abonniert confirmed
    """
))  # fmt: skip
_ASKED_OF_MAIL = frozenset(words("accept accepts receive receives wants send can may notifications alerts"))
_NOT_ASKED = frozenset(words("track tracking cookie cookies terms track_opens out personal data photo"))
_PAID = frozenset(words("plan stripe tier paid premium price amount customer payment"))


@dataclass(frozen=True, slots=True)
class ConsentColumns:
    """Where a list speaks of consent. Each is a tuple of places.

    `status` holds words; `left`, `bounced` and `complained` hold a yes, a time or a reason; a no in `welcome` says that
    somebody left, a no in `asked` that they never agreed; of `ticked`, an empty cell is a no too.
    """

    status: tuple[int, ...] = ()
    left: tuple[int, ...] = ()
    bounced: tuple[int, ...] = ()
    complained: tuple[int, ...] = ()
    welcome: tuple[int, ...] = ()
    asked: tuple[int, ...] = ()
    ticked: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.status or self.left or self.bounced or self.complained or self.welcome or self.asked)


NO_CONSENT = ConsentColumns()


def find_consent(header: Sequence[str], below: Sequence[Sequence[str]], email: int, *, named: bool) -> ConsentColumns:
    """Find the columns that speak of consent. `named` says whether the list has a header at all."""
    found: dict[str, list[int]] = {kind: [] for kind in ConsentColumns.__slots__}
    answered: dict[int, bool] = {}
    paid = any(not _PAID.isdisjoint(spread(cell).split("_")) for cell in header)
    for at, cell in enumerate(header):
        if at == email:
            continue
        values = [row[at].strip() for row in below if at < len(row) and row[at].strip()]
        kind = (_by_header(cell, values, paid=paid) if named else None) or _by_contents(cell, values, named=named)
        if kind is None:
            continue
        found[kind].append(at)
        answered[at] = any(value.casefold() in FALSE for value in values)
        if kind in ("welcome", "asked") and values and any(at >= len(row) or not row[at].strip() for row in below):
            found["ticked"].append(at)
    if found["status"]:  # it speaks for those who were not asked; a tick is still a tick
        found["ticked"] = [at for at in found["ticked"] if not answered[at]]
    return ConsentColumns(**{kind: tuple(places) for kind, places in found.items()})


def speaks_of_consent(header: str) -> bool:
    """Tell whether a header is about consent rather than an address: `Email opt-in`, `Email status`."""
    return spread(header) in _STATUS or _by_header(header, (), paid=False) is not None


def _by_header(header: str, values: Sequence[str], *, paid: bool) -> str | None:
    names = {tidy(header), spread(header)}
    parts = spread(header).split("_")
    if names & _STATUS:
        return "status"
    if not _OTHER_MATTERS.isdisjoint(parts) and _MAIL.isdisjoint(parts):
        return None
    if not _FIGURES.isdisjoint(parts):
        return None
    counts = "bounces" in parts and "hard" not in parts and all(value.isdecimal() for value in values)
    answers = all(value.casefold() in TRUE | FALSE for value in values)

    def begins(stems: tuple[str, ...]) -> bool:
        return any(part.startswith(stems) for part in parts)

    def fits(shape: re.Pattern[str]) -> bool:
        return any(shape.fullmatch(name) for name in names)

    tests: tuple[tuple[str, Callable[[], bool]], ...] = (
        ("status", lambda: not _STATUS_PARTS.isdisjoint(parts) and _is_status(values, named=True)),
        ("complained", lambda: begins(known.COMPLAINED_STEMS)),
        ("bounced", lambda: fits(_BOUNCED) or (begins(_BOUNCED_STEMS) and not counts)),
        ("left", lambda: begins(known.LEFT_STEMS) or "baja" in parts or is_opting_out(parts) or fits(_LEFT)),
        ("left", lambda: not paid and fits(_CANCELLED)),
        ("welcome", lambda: answers and bool(names & _SUBSCRIBED)),
        ("asked", lambda: answers and _asks(parts)),
        ("asked", lambda: fits(_CONFIRMED) and any(value.casefold() in FALSE for value in values)),
    )
    return next((kind for kind, fitting in tests if fitting()), None)


def _asks(parts: list[str]) -> bool:
    of_mail = not _ASKED_OF_MAIL.isdisjoint(parts) and not _MAIL.isdisjoint(parts)
    return (of_mail or not _ASKED.isdisjoint(parts)) and _NOT_ASKED.isdisjoint(parts)


def _by_contents(header: str, values: Sequence[str], *, named: bool) -> str | None:
    """Take a column for a status that holds the words of one, whatever it is called: `State`, `Type`, or nothing."""
    parts = spread(header).split("_")
    if not _OTHER_MATTERS.isdisjoint(parts) and _MAIL.isdisjoint(parts):
        return None
    if named and parts not in (["state"], ["type"], ["permission"], ["consent"]):
        return "status" if any(map(is_telling, values)) and _is_status(values, named=named) else None
    return "status" if _is_status(values, named=named) else None


def _is_status(values: Sequence[str], *, named: bool) -> bool:
    """Tell whether four in five of what stands in a column are words of a status."""
    worded = sum(1 for value in values if is_worded(value))
    return worded > 0 and worded * 5 >= len(values) * 4 and (named or len(values) == worded)


__all__ = ["NO_CONSENT", "ConsentColumns", "find_consent", "speaks_of_consent"]
