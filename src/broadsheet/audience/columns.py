"""Which column means what: headers as the platforms write them, checked against what the first rows hold."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from broadsheet.audience.consent_columns import NO_CONSENT, ConsentColumns, find_consent, speaks_of_consent
from broadsheet.audience.states import spread, tidy
from broadsheet.audience.words import words

_ADDRESS = re.compile(r"(?:[^<>@]*<)?[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+>?")
TITLES = 20  # rows that may stand above the header

_EMAIL = words(
    """
    email email_address e_mail e_mail_address mail emailaddress mail_address subscriber_email contact_email
    user_email member_email email_id primary_email work_email subscriber adresse_email adresse_e_mail courriel
    e_mail_adresse emailadresse email_adresse correo correo_electronico correo_electrónico indirizzo_email e_post
    e_postadres e_postadress e_postadresse e_mailadres e_mailadresse email_1 email_1_value e_mail_1_value adres_e_mail
    adres_email endereço_de_e_mail endereco_de_email dirección_de_correo_electrónico sähköposti e_posta eposta
    електронна_пошта ел_пошта електронна_адреса эл_почта электронная_почта メールアドレス メール
    البريد_الإلكتروني 电子邮件 邮箱 电子邮箱
    """
)
_FIRST = words(
    """
    first_name firstname fname first given_name givenname name_first first_names prenom prénom vorname nombre nome
    voornaam etternavn_first forename imię imie förnamn fornavn etunimi primeiro_nome ім_я имя jméno ad الاسم_الأول 名
    given
    """
)
_LAST = words(
    """
    last_name lastname lname last surname family_name familyname name_last second_name nom nachname apellido
    apellidos cognome achternaam nazwisko efternamn etternavn efternavn sukunimi sobrenome apelido прізвище фамилия
    příjmení soyad اسم_العائلة 姓
    """
)
_WHOLE = words("name full_name fullname display_name contact_name subscriber_name member_name 氏名 名前 お名前 الاسم")
_LANGUAGE = words("language lang locale preferred_language langue sprache idioma lingua język мова язык 言語 اللغة")
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

# What our own file of refused rows puts in front: no part of a person.
_OURS = ("refused_line", "refused_because")


Rows = Sequence[tuple[int, list[str]]]


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
    # What is said about consent, and columns of JSON objects.
    consent: ConsentColumns = NO_CONSENT
    joined: tuple[int, ...] = ()
    documents: tuple[int, ...] = ()
    attributes: tuple[tuple[str, int], ...] = ()

    @property
    def email_name(self) -> str:
        """Give the address column's header as the file writes it."""
        return self.header[self.email]


def find_columns(rows: Rows) -> Columns | None:
    """Find header and columns in the first rows, each with its line number. None where no column holds addresses.

    A title or an empty row above the header is stepped over; a list without a header is read by its contents.
    """
    filled = [(line, row) for line, row in rows if any(cell.strip() for cell in row)]
    return _by_name(filled) or _by_addresses(filled)


def _by_name(rows: Rows) -> Columns | None:
    """Take the first row that names an e-mail column, where what stands above it is no reader but a title."""
    for place, (line, row) in enumerate(rows[:TITLES]):
        at = next((at for at, cell in enumerate(row) if is_email_header(cell)), None)
        if at is None or any(_is_address(cell) for cell in row):
            continue
        if not all(_is_title(above, row, at) for _, above in rows[:place]):
            return None
        below = [cells for _, cells in rows[place + 1 :]]
        email = _email_column(row, below)
        if email is not None:
            return _assign(row, line, email, below)
    return None


def _by_addresses(rows: Rows) -> Columns | None:
    """Find the addresses first; the row above them is the header, unless it holds one itself."""
    for place, (line, row) in enumerate(rows[:TITLES]):
        if any(_is_address(cell) for cell in row):
            names = [f"column_{number}" for number in range(1, len(row) + 1)]
            column = _fullest([below for _, below in rows[place:]], len(row))
            return None if column is None else _assign(names, 0, column, [below for _, below in rows[place:]])
        below = [cells for _, cells in rows[place + 1 :]]
        email = _email_column(row, below)
        if email is not None:
            return _assign(row, line, email, below)
    return None


def _is_address(cell: str) -> bool:
    return _ADDRESS.fullmatch(cell.strip()) is not None


def _is_title(row: list[str], header: list[str], email: int) -> bool:
    """Tell a title above the header from a reader: it has no address, or fewer cells and the address elsewhere."""
    filled = sum(1 for cell in row if cell.strip())
    if not any(_is_address(cell) for cell in row):
        return True
    its_own = email < len(row) and _is_address(row[email])
    return filled < sum(1 for cell in header if cell.strip()) and (filled == 1 or not its_own)


def is_email_header(text: str) -> bool:
    """Tell whether a cell is what platforms write above addresses."""
    return tidy(text) in _EMAIL or spread(text) in _EMAIL


def _email_column(header: list[str], below: list[list[str]]) -> int | None:
    names = [tidy(cell) for cell in header]
    spelt = [(name, spread(cell)) for name, cell in zip(names, header, strict=True)]
    filled = sum(1 for name in names if name)

    def addresses(at: int) -> int:
        return sum(1 for row in below if at < len(row) and "@" in row[at])

    # Of two columns of one name the fuller.
    known = [max(places, key=lambda at: (addresses(at), -at)) for name in _EMAIL
             if (places := [at for at, both in enumerate(spelt) if name in both])]  # fmt: skip
    known += [
        at for at, name in enumerate(names) if at not in known and "mail" in name and not speaks_of_consent(header[at])
    ]
    for at in known:
        if not below or addresses(at):
            return at
    fullest = _fullest(below, len(header))
    if fullest is not None and filled > len(names) // 2:
        return fullest
    named = [at for at in known if is_email_header(header[at])]
    return named[0] if named else None


def _fullest(rows: list[list[str]], width: int) -> int | None:
    counts = [sum(1 for row in rows if at < len(row) and _is_address(row[at])) for at in range(width)]
    best = max(range(width), key=lambda at: (counts[at], -at), default=None)
    return best if best is not None and counts[best] > 0 else None


def _assign(header: list[str], line: int, email: int, below: list[list[str]]) -> Columns:
    names = [tidy(cell) or f"column_{at}" for at, cell in enumerate(header, 1)]

    spelt = [(name, spread(cell)) for name, cell in zip(names, header, strict=True)]

    def place_of(name: str) -> int:
        return next((at for at, both in enumerate(spelt) if name in both), -1)

    def first(candidates: Sequence[str]) -> int:
        return next((at for name in candidates if (at := place_of(name)) not in (-1, email)), -1)

    consent = find_consent(header, below, email, named=line > 0)
    answers = (*consent.welcome, *consent.asked)
    joined = tuple(at for name in _JOINED if (at := place_of(name)) not in (-1, email, *answers))
    first_name, last_name, whole = first(_FIRST), first(_LAST), first(_WHOLE)
    if first_name < 0 and last_name >= 0 and whole >= 0:
        first_name, whole = whole, -1  # `Name, Surname` means the given name
    language, timezone = first(_LANGUAGE), first(_TIMEZONE)
    documents = tuple(at for at in range(len(header)) if at != email and _holds_documents(below, at))
    taken = {email, first_name, last_name, whole, language, timezone, *joined[:1], *documents}
    attributes: list[tuple[str, int]] = []
    for at, name in enumerate(names):
        if at not in taken and name not in _OURS:
            used = {other for other, _ in attributes}
            unique = next(n for n in (name, *(f"{name}_{i}" for i in range(2, len(names) + 2))) if n not in used)
            attributes.append((unique, at))
    return Columns(
        email=email, header=tuple(cell.strip() for cell in header), header_line=line,
        first_name=first_name, last_name=last_name, name=whole, language=language, timezone=timezone,
        consent=consent, joined=joined, attributes=tuple(attributes), documents=documents,
    )  # fmt: skip


def _holds_documents(below: list[list[str]], at: int) -> bool:
    """Tell whether a column holds JSON objects: listmonk's `attributes`, Keila's `Data`, Buttondown's `metadata`."""
    cells = [row[at].strip() for row in below if at < len(row) and row[at].strip()]
    return bool(cells) and all(cell.startswith("{") and cell.endswith("}") for cell in cells)
