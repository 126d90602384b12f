"""Which column means what: headers as the platforms write them, checked against what the first rows hold."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from broadsheet.audience.states import FALSE, TRUE, standing_of_word, tidy
from broadsheet.audience.words import words

_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")

_EMAIL = words(
    """
    email email_address e_mail e_mail_address mail emailaddress mail_address subscriber_email contact_email
    user_email member_email email_id primary_email work_email subscriber adresse_email adresse_e_mail courriel
    e_mail_adresse emailadresse email_adresse correo correo_electronico correo_electrónico indirizzo_email e_post
    e_postadres
    """
)
_FIRST = words(
    """
    first_name firstname fname first given_name givenname name_first first_names prenom prénom vorname nombre nome
    voornaam etternavn_first forename
    """
)
_LAST = words(
    """
    last_name lastname lname last surname family_name familyname name_last second_name nom nachname apellido
    apellidos cognome achternaam
    """
)
_WHOLE = words("name full_name fullname display_name contact_name subscriber_name member_name")
_STATUS = words(
    """
    status subscription_status subscriber_status email_status member_status contact_status subscriber_type
    email_marketing_consent email_marketing_status list_status consent_status opt_in_status optin_status
    marketing_status email_subscription_status subscribe_status subscription_state subscriber_state email_state
    statut etat état stato estado zustand email_permission_status
    """
)
_AMBIGUOUS_STATUS = words("state type permission consent")
_LANGUAGE = words("language lang locale preferred_language langue sprache idioma lingua")
_TIMEZONE = words("timezone time_zone tz")
_JOINED = words(
    """
    confirm_time confirmed_at confirmation_time confirmed_date optin_time opt_in_time opt_in_date optin_date
    opted_in_at subscribed_at subscribed_date date_subscribed subscription_date subscribe_date subscribed_on
    subscribed joined joined_at joined_on joined_date join_date date_joined signup_date sign_up_date signed_up_at
    signed_up created_at creation_date date_created created date_added added_at added_time added_on added
    start_date date registered_at registration_date
    """
)

_WHEN = r"(?:_(?:at|on|time|date|timestamp|datetime|date_time|reason))?"
_LEFT = re.compile(
    r"(?:is_|has_|email_|e_mail_|date_|time_)*"
    r"(?:unsub|unsubscribed?|unsubscription|opt_?out|opted_?out|opted_out_of_email|deleted|removed|deactivated|"
    r"disabled|black_?list(?:ed)?|block_?list(?:ed)?|suppressed|suppressions?|do_?not_?(?:email|mail|contact)|"
    r"unsubscribed?_from_(?:all_)?e?_?mails?|archived)" + _WHEN
)
_BOUNCED = re.compile(
    r"(?:is_|has_|email_|e_mail_|date_)*"
    r"(?:cleaned|clean|bounced|hard_?bounced?|undeliverability|undeliverable|bounce(?=_)|invalid_email|email_hard_bounce)"
    + _WHEN
)
_COMPLAINED = re.compile(
    r"(?:is_|has_|email_|date_)*(?:complained|complaint|spam_complaint|marked_as_spam|reported_(?:as_)?spam|abuse)"
    + _WHEN
)
_WELCOME = frozenset(words(
    """
    subscribed subscribed_to_emails subscribed_to_email email_subscribed is_subscribed opt_in optin opted_in
    email_opt_in email_optin accepts_marketing accepts_email_marketing accepts_email email_marketing active
    is_active enabled confirmed is_confirmed newsletter_subscribed
    """
))  # fmt: skip
# What our own file of refused rows puts in front: no part of a person.
_OURS = ("refused_line", "refused_because")


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each thing stands in a row; -1 where the list has no such column. `attributes` are (name, place)."""

    email: int
    header: tuple[str, ...]
    header_line: int
    first_name: int = -1
    last_name: int = -1
    name: int = -1
    language: int = -1
    timezone: int = -1
    status: tuple[int, ...] = ()
    left: tuple[int, ...] = ()
    bounced: tuple[int, ...] = ()
    complained: tuple[int, ...] = ()
    welcome: tuple[int, ...] = ()
    joined: tuple[int, ...] = ()
    attributes: tuple[tuple[str, int], ...] = ()

    @property
    def email_name(self) -> str:
        """Give the address column's header as the file writes it."""
        return self.header[self.email]


def find_columns(rows: Sequence[tuple[int, list[str]]]) -> Columns | None:
    """Find header and columns in the first rows, each with its line number. None where no column holds addresses.

    A title or an empty row above the header is stepped over; a list without a header is read by its contents.
    """
    filled = [(line, row) for line, row in rows if any(cell.strip() for cell in row)]
    for place, (line, row) in enumerate(filled[:20]):
        if any(_ADDRESS.fullmatch(cell.strip()) for cell in row):
            names = [f"column_{number}" for number in range(1, len(row) + 1)]
            column = _fullest([below for _, below in filled[place:]], len(row))
            return None if column is None else _assign(names, 0, column, [below for _, below in filled[place:]])
        below = [cells for _, cells in filled[place + 1 :]]
        email = _email_column(row, below)
        if email is not None:
            return _assign(row, line, email, below)
    return None


def _email_column(header: list[str], below: list[list[str]]) -> int | None:
    names = [tidy(cell) for cell in header]
    filled = sum(1 for name in names if name)
    known = [names.index(name) for name in _EMAIL if name in names]
    known += [at for at, name in enumerate(names) if at not in known and "mail" in name and not _is_flag(name)]
    for at in known:
        cells = [row[at].strip() for row in below if at < len(row)]
        if not below or any("@" in cell for cell in cells):
            return at
    fullest = _fullest(below, len(header))
    if fullest is not None and filled > len(names) // 2:
        return fullest
    named = [at for at in known if names[at] in _EMAIL]
    return named[0] if named else None


def _is_flag(name: str) -> bool:
    return bool(_LEFT.fullmatch(name) or _BOUNCED.fullmatch(name)) or name in _WELCOME or name in _STATUS


def _fullest(rows: list[list[str]], width: int) -> int | None:
    counts = [sum(1 for row in rows if at < len(row) and _ADDRESS.fullmatch(row[at].strip())) for at in range(width)]
    best = max(range(width), key=lambda at: (counts[at], -at), default=None)
    return best if best is not None and counts[best] > 0 else None


def _assign(header: list[str], line: int, email: int, below: list[list[str]]) -> Columns:
    names = [tidy(cell) or f"column_{at}" for at, cell in enumerate(header, 1)]

    def values(at: int) -> list[str]:
        return [row[at].strip() for row in below if at < len(row) and row[at].strip()]

    def first(candidates: Sequence[str]) -> int:
        return next((names.index(name) for name in candidates if name in names and names.index(name) != email), -1)

    status = [at for at, name in enumerate(names) if name in _STATUS and at != email]
    status += [
        at for at, name in enumerate(names)
        if name in _AMBIGUOUS_STATUS and values(at) and all(standing_of_word(word) is not None for word in values(at))
        and any(standing_of_word(word) not in (None, 0) for word in values(at))
    ]  # fmt: skip
    welcome = [
        at for at, name in enumerate(names)
        if name in _WELCOME and at not in status and all(v.casefold() in TRUE | FALSE for v in values(at))
    ]  # fmt: skip
    flags = {
        kind: tuple(at for at, name in enumerate(names) if shape.fullmatch(name) and at != email and at not in status)
        for kind, shape in (("left", _LEFT), ("bounced", _BOUNCED), ("complained", _COMPLAINED))
    }
    joined = tuple(names.index(name) for name in _JOINED if name in names and names.index(name) not in welcome)
    first_name, last_name, whole = first(_FIRST), first(_LAST), first(_WHOLE)
    if first_name < 0 and last_name >= 0 and whole >= 0:
        first_name, whole = whole, -1  # `Name, Surname` means the given name
    language, timezone = first(_LANGUAGE), first(_TIMEZONE)
    taken = {email, first_name, last_name, whole, language, timezone, *joined[:1]}
    attributes: list[tuple[str, int]] = []
    for at, name in enumerate(names):
        if at not in taken and name not in _OURS:
            used = {other for other, _ in attributes}
            unique = next(n for n in (name, *(f"{name}_{i}" for i in range(2, len(names) + 2))) if n not in used)
            attributes.append((unique, at))
    return Columns(
        email=email, header=tuple(cell.strip() for cell in header), header_line=line,
        first_name=first_name, last_name=last_name, name=whole, language=language, timezone=timezone,
        status=tuple(status), welcome=tuple(welcome), joined=joined, attributes=tuple(attributes), **flags,
    )  # fmt: skip
