"""`[publications.NAME]`: what people subscribe to."""

from __future__ import annotations

import re
from email.utils import parseaddr
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from broadsheet.config.checks import Clients
from broadsheet.config.look import SizeLimit, Sponsor, Utm
from broadsheet.config.policies import EditPolicy
from broadsheet.config.schedule import Schedule
from broadsheet.config.sending import SendingPlan
from broadsheet.config.table import Table

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
SUBJECT_PLACES = frozenset(("lead", "title", "date", "count"))


def ascii_domain(domain: str) -> str:
    """Write a domain in A-labels (RFC 5891). Raises ValueError for what is none."""
    if not domain.isascii():
        import idna

        domain = idna.encode(domain, uts46=True).decode("ascii")
    if len(domain) > 253 or not all(re.fullmatch(_LABEL, label) for label in domain.split(".")):
        raise ValueError(domain)
    return domain


class SectionPlan(Table):
    """A section of the edition: filled from `category` ('*' takes any), with `min` to `max` picks.

    A section with fewer than `min` is thin: `when_thin` then leaves it out (its stories may stand elsewhere), prints it
    short, rolls its stories over to the next edition, fills it from the categories named in `neighbours`, or asks an
    editor.
    """

    category: str
    title: str = Field(default="", description="what readers see; the category where it is not set")
    min: int = Field(default=1, ge=0)
    max: int = Field(default=5, ge=1, le=500)
    per_source: int = Field(default=0, ge=0, description="at most this many picks from one source; 0 is no cap")
    numbered: bool = Field(default=False, description="number its stories")
    sort: Literal["score", "newest", "feed"] = Field(
        default="score", description="by points, by time, or by the place in the feed"
    )
    when_thin: Literal["leave out", "short", "roll over", "fill", "ask"] = "leave out"
    neighbours: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Give the title readers see, the category where none is set."""
        return self.title or self.category

    @model_validator(mode="after")
    def _sensible(self) -> SectionPlan:
        if self.min > self.max:
            raise ValueError(f"`min` is {self.min}, but `max` only {self.max}; expected min <= max")
        if (self.when_thin == "fill") != bool(self.neighbours):
            raise ValueError('expected `when_thin = "fill"` and `neighbours` (categories to fill from) together')
        return self


class Publication(Table):
    """A publication: its name, sender, list, theme and sections."""

    name: str = ""
    title: str = Field(description="what readers see in the masthead")
    sender: str = Field(description="the From of each mail, as in: `The Sheet <news@example.org>`")
    reply_to: str = Field(default="", description="where answers go; the sender's address where it is not set")
    postal_address: str = Field(description="stands in the footer of every mail, as the law of many countries asks")
    language: str = Field(
        default="en", description='a tag such as `en` or `pt-BR`: of dates, and of words such as "Unsubscribe"'
    )
    timezone: str = Field(default="UTC", description='an IANA name such as `Europe/London`; decides what "today" is')
    list: str = Field(default="", description="the List-Id (RFC 2919); NAME at the sender's domain where it is not set")
    theme: str = Field(default="daily", description="`broadsheet theme list` names them")
    subject: str = Field(
        default="",
        description="a pattern with `{lead}`, `{title}`, `{date}`, `{count}`; the lead's headline where it is not set",
    )
    tagline: str = Field(default="", description="stands under the title")
    base_url: str = Field(
        default="",
        description="where the world reaches `broadsheet serve`: links to unsubscribe by need it",
    )
    editors: tuple[str, ...] = Field(
        default=(), description="addresses that the daily run asks to approve a draft, each by a link of its own"
    )
    approval: Literal["required", "automatic"] = Field(
        default="required",
        description="`required`: nothing goes out without an editor's word, unless the schedule allows it",
    )
    then: Literal["send", "export", "nothing"] = Field(
        default="send", description="what `broadsheet run` does with an approved edition"
    )
    export_for: tuple[str, ...] = Field(
        default=(),
        description="platforms that `broadsheet run` writes bundles for; `html` where it exports and none is named",
    )
    schedule: Schedule | None = None
    sending: SendingPlan = SendingPlan()
    utm: Utm = Utm()
    size: SizeLimit = SizeLimit()
    sponsors: tuple[Sponsor, ...] = ()
    segment: str = Field(default="", description='who among the subscribers it goes to, as in: country == "DE"')
    words: dict[str, str] = Field(default_factory=dict, description='words of the frame, as in: unsubscribe = "Stop"')
    text_links: Literal["inline", "listed"] = Field(
        default="inline", description="addresses in the text part: each under its story, or all at the end"
    )
    clients: Clients = Field(default_factory=dict, description="weight of each family of mail clients among readers")
    edit: EditPolicy = EditPolicy()
    sections: tuple[SectionPlan, ...] = Field(min_length=1)

    @field_validator("subject")
    @classmethod
    def _known_places(cls, value: str) -> str:
        unknown = sorted(set(re.findall(r"\{(.*?)\}", value)) - SUBJECT_PLACES)
        if unknown:
            known = ", ".join(f"{{{place}}}" for place in sorted(SUBJECT_PLACES))
            raise ValueError(f"{{{unknown[0]}}} is no place of a subject; expected {known}")
        return value

    @field_validator("sections")
    @classmethod
    def _names_differ(cls, value: tuple[SectionPlan, ...]) -> tuple[SectionPlan, ...]:
        names = [section.name.casefold() for section in value]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"two sections are called {name!r}; expected a `title` of its own for each")
        return value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (OSError, ValueError, KeyError):
            raise ValueError(f"no timezone is called {value!r}; expected a name such as 'Europe/Berlin'") from None
        return value

    @field_validator("sender", "reply_to")
    @classmethod
    def _mailbox(cls, value: str) -> str:
        if not value:
            return value
        address = parseaddr(value)[1]
        local, _, domain = address.rpartition("@")
        if "\n" in value or "\r" in value or not re.fullmatch(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}", local):
            raise ValueError("expected an address such as 'The Daily <news@example.com>'")
        if not local.isascii():
            raise ValueError(
                f"not every relay takes {local!r} before the @; expected letters of ASCII there, whatever the domain"
            )
        try:
            ascii_domain(domain)
        except ValueError:
            raise ValueError(f"{domain!r} is no domain; expected one such as 'example.com'") from None
        return value

    @field_validator("list")
    @classmethod
    def _list_id(cls, value: str) -> str:
        if value and (len(value) > 255 or not re.fullmatch(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+", value)):
            raise ValueError(f"{value!r} cannot be a List-Id; expected one such as 'daily.example.com' (RFC 2919)")
        return value

    @field_validator("base_url")
    @classmethod
    def _reachable(cls, value: str) -> str:
        if value and not re.fullmatch(r"https?://[A-Za-z0-9.\[\]:-]+(/[A-Za-z0-9._~!$&'()*+;=:@%/-]*)?", value):
            raise ValueError(
                f"{value!r} is no address that a header can hold; expected one such as 'https://news.example.com' "
                "(other letters of a host as xn--..., of a path as %..)"
            )
        return value

    @field_validator("editors")
    @classmethod
    def _addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            if any(c.isspace() for c in one) or not re.fullmatch(r"[^@<>,;]+@[^@<>,;]+", one):
                raise ValueError(f"{one!r} is no bare address; expected one such as 'robin@example.com'")
        return value

    @property
    def sender_name(self) -> str:
        """Give the name readers see, the title where the sender has none."""
        return parseaddr(self.sender)[0] or self.title

    @property
    def sender_email(self) -> str:
        """Give the bare address of the sender, its domain as mail writes it (A-labels, RFC 5891)."""
        local, _, domain = parseaddr(self.sender)[1].rpartition("@")
        return f"{local}@{ascii_domain(domain)}"

    @property
    def list_id(self) -> str:
        """Give the List-Id (RFC 2919): `list` as configured, else the publication's name at the sender's domain."""
        return self.list or f"{self.name}.{self.sender_email.rpartition('@')[2]}"

    @property
    def zone(self) -> ZoneInfo:
        """Give the zone that decides what "today" is."""
        return ZoneInfo(self.timezone)
