"""Salesforce Marketing Cloud. Personalisation strings and AMPscript."""

from __future__ import annotations

from broadsheet.export.engines import AMPSCRIPT
from broadsheet.export.platform import FALLBACK, Certainty, Condition, Platform, recalled, seen, tags
from broadsheet.slots import Slot

PLATFORM = Platform(
    name="salesforce",
    title="Salesforce Marketing Cloud",
    engine=AMPSCRIPT,
    tags=tags(
        unsubscribe_url=seen("%%unsub_center_url%%"),
        view_url=seen("%%view_email_url%%"),
        preferences_url=seen("%%profile_center_url%%"),
        first_name=recalled('%%=IIF(Empty([First Name]),"' + FALLBACK + '",[First Name])=%%', bare="%%First Name%%"),
        last_name=recalled("%%Last Name%%"),
        email=seen("%%emailaddr%%"),
    ),
    required=frozenset({Slot.UNSUBSCRIBE_URL}),
    demands=(
        (
            "%%Member_Busname%%, %%Member_Addr%%, %%Member_City%%, %%Member_State%% %%Member_PostalCode%%, "
            "%%Member_Country%%",
            "the sender's name and address, without which a send is stopped",
        ),
    ),
    steps=("In Content Builder create an email from HTML, and paste edition.html.",),
    conditions=(
        Condition(
            begins='%%[IF NOT EMPTY(AttributeValue("FIELD")) THEN]%%',
            ends="%%[ENDIF]%%",
            unless='%%[IF EMPTY(AttributeValue("FIELD")) THEN]%%',
            field=r"[\w ]+",
            named="the attribute",
            sure=Certainty.MEMORY,
        ),
    ),
)
