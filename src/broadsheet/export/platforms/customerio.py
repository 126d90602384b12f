"""Customer.io. Liquid, which fails a message over a missing value; styles are inlined."""

from __future__ import annotations

from broadsheet.export.engines import BRACES
from broadsheet.export.platform import FALLBACK, Certainty, Condition, Platform, known, seen, tags
from broadsheet.slots import Slot

PLATFORM = Platform(
    name="customerio",
    title="Customer.io",
    engine=BRACES,
    tags=tags(
        unsubscribe_url=seen("{% unsubscribe_url %}"),
        view_url=seen("{% view_in_browser_url %}"),
        preferences_url=seen("{% manage_subscription_preferences_url %}"),
        first_name=known('{{ customer.first_name | default: "' + FALLBACK + '" }}'),
        last_name=known('{{ customer.last_name | default: "" }}'),
        email=known("{{ customer.email }}"),
    ),
    required=frozenset({Slot.UNSUBSCRIBE_URL}),
    decodes=True,
    steps=("Create a newsletter, choose the code editor and an empty layout, and paste edition.html.",),
    conditions=(
        Condition(
            begins="{% if customer.FIELD and customer.FIELD != '' %}",
            ends="{% endif %}",
            unless="{% if customer.FIELD and customer.FIELD != '' %}{% else %}",
            field=r"[A-Za-z_][A-Za-z0-9_]*",
            named="the attribute",
            sure=Certainty.DOCUMENTED,
        ),
    ),
)
