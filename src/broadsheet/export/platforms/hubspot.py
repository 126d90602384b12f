"""HubSpot. HubL is of the Jinja family."""

from __future__ import annotations

from broadsheet.export.engines import BRACES
from broadsheet.export.platform import FALLBACK, Certainty, Condition, Platform, known, seen, tags
from broadsheet.slots import Slot

PLATFORM = Platform(
    name="hubspot",
    title="HubSpot",
    engine=BRACES,
    tags=tags(
        unsubscribe_url=known("{{ unsubscribe_link }}"),
        view_url=seen("{{ view_as_page_url }}"),
        preferences_url=known("{{ unsubscribe_link }}"),
        first_name=seen('{{ contact.firstname|default("' + FALLBACK + '", true) }}', bare="{{ contact.firstname }}"),
        last_name=known("{{ contact.lastname }}"),
        email=known("{{ contact.email }}"),
    ),
    required=frozenset({Slot.UNSUBSCRIBE_URL}),
    demands=(
        (
            "{{ site_settings.company_name }}, {{ site_settings.company_street_address_1 }}, "
            "{{ site_settings.company_city }}, {{ site_settings.company_state }} "
            "{{ site_settings.company_zip }}, {{ site_settings.company_country }}",
            "the company's name and address, without which HubSpot publishes no template",
        ),
    ),
    steps=(
        "Marketing Hub Professional or higher: in the Design Manager make a coded file of the kind Email template and "
        "paste edition.html over what stands there, but for the comment at its top that names the templateType.",
        "Publish it, and make an email from that template.",
    ),
    conditions=(
        Condition(
            begins="{% if contact.FIELD %}",
            ends="{% endif %}",
            unless="{% if not contact.FIELD %}",
            field=r"[A-Za-z_][A-Za-z0-9_]*",
            named="the contact property",
            sure=Certainty.DOCUMENTED,
        ),
    ),
)
