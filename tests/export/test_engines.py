"""Bundles rendered by the platforms' real engines read as our own rendering for the same reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from html import escape, unescape
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.export import Choices, Exported, exported, find_platform
from broadsheet.export.engines import BRACES
from broadsheet.export.markup import links, pictures
from broadsheet.export.platform import Preheader
from broadsheet.export.platforms import NAMES
from broadsheet.slots import Slot, fill
from tests.contracts.exporter import printed, same, words_of
from tests.export.awkward import HOSTILE, awkward_edition
from tests.export.engines import Render, django, jinja, liquid, through_go, through_node

READER = {
    Slot.UNSUBSCRIBE_URL: "https://p.example/u/1",
    Slot.VIEW_URL: "https://p.example/v/1",
    Slot.PREFERENCES_URL: "https://p.example/p/1",
    Slot.FIRST_NAME: "Zoë",
    Slot.LAST_NAME: "O’Łaska",
    Slot.EMAIL: "zoe@example.com",
}
UNSUBSCRIBE, VIEW, PREFERENCES, FIRST, LAST, EMAIL = READER.values()


def node(engine: str) -> Render:
    return lambda template, values: through_node([{"engine": engine, "template": template, "values": values}])[0]


@dataclass(frozen=True)
class Proof:
    """An engine, and what the platform would know about the reader."""

    render: Render
    values: Mapping[str, Any]
    added: tuple[str, ...] = field(default=())


SITE = {f"company_{part}": part for part in ("name", "street_address_1", "city", "state", "zip", "country")}
# The engine that renders a proof on Node, by platform.
NODE_PROOFS = {"sendgrid": "handlebars", "iterable": "handlebars", "ses": "handlebars", "postmark": "mustache"}

PROOFS = {
    "html": Proof(
        jinja,
        {
            "unsubscribe_url": UNSUBSCRIBE, "view_url": VIEW, "preferences_url": PREFERENCES,
            "first_name": FIRST, "last_name": LAST, "email": EMAIL,
        },
    ),
    "brevo": Proof(
        django,
        {
            "unsubscribe": UNSUBSCRIBE, "mirror": VIEW, "update_profile": PREFERENCES,
            "contact": {"FIRSTNAME": FIRST, "LASTNAME": LAST, "EMAIL": EMAIL},
        },
    ),
    "klaviyo": Proof(
        django,
        {
            "unsubscribe": UNSUBSCRIBE, "view": VIEW, "preferences": PREFERENCES,
            "first_name": FIRST, "last_name": LAST, "email": EMAIL,
        },
    ),
    "buttondown": Proof(
        django,
        {
            "unsubscribe_url": UNSUBSCRIBE, "manage_subscription_url": PREFERENCES, "email": {"absolute_url": VIEW},
            "subscriber": {"metadata": {"first_name": FIRST, "last_name": LAST}, "email": EMAIL},
        },
    ),
    "hubspot": Proof(
        jinja,
        {
            "unsubscribe_link": UNSUBSCRIBE, "view_as_page_url": VIEW, "site_settings": SITE,
            "contact": {"firstname": FIRST, "lastname": LAST, "email": EMAIL},
        },
        added=("name, street_address_1, city, state zip, country",),
    ),
    "emailoctopus": Proof(
        jinja,
        {
            "UnsubscribeURL": UNSUBSCRIBE, "WebVersionURL": VIEW, "SenderInfo": "1 Street",
            "FirstName": FIRST, "LastName": LAST, "EmailAddress": EMAIL,
        },
        added=("1 Street",),
    ),
    "kit": Proof(
        liquid,
        {
            "unsubscribe_url": UNSUBSCRIBE, "subscriber_preferences_url": PREFERENCES,
            "subscriber": {"first_name": FIRST, "last_name": LAST, "email_address": EMAIL},
        },
    ),
    "keila": Proof(
        liquid,
        {
            "unsubscribe_link": UNSUBSCRIBE, "campaign": {"public_link": VIEW},
            "contact": {"first_name": FIRST, "last_name": LAST, "email": EMAIL},
        },
    ),
    "customerio": Proof(
        liquid,
        {
            "tags": {
                "unsubscribe_url": UNSUBSCRIBE, "view_in_browser_url": VIEW,
                "manage_subscription_preferences_url": PREFERENCES,
            },
            "customer": {"first_name": FIRST, "last_name": LAST, "email": EMAIL},
        },
    ),
    "sendgrid": Proof(
        node(NODE_PROOFS["sendgrid"]),
        {
            "unsubscribe": UNSUBSCRIBE, "Weblink": VIEW, "unsubscribe_preferences": PREFERENCES,
            "first_name": FIRST, "last_name": LAST, "email": EMAIL,
        },
    ),
    "iterable": Proof(
        node(NODE_PROOFS["iterable"]),
        {
            "unsubscribeUrl": UNSUBSCRIBE, "viewInBrowserUrl": VIEW, "hostedUnsubscribeUrl": PREFERENCES,
            "firstName": FIRST, "lastName": LAST, "email": EMAIL,
        },
    ),
    "ses": Proof(
        node(NODE_PROOFS["ses"]),
        {"amazonSESUnsubscribeUrl": UNSUBSCRIBE, "first_name": FIRST, "last_name": LAST, "email": EMAIL},
    ),
    "postmark": Proof(
        node(NODE_PROOFS["postmark"]),
        {"pm:unsubscribe_url": UNSUBSCRIBE, "first_name": FIRST, "last_name": LAST, "email": EMAIL},
    ),
}  # fmt: skip

GO_VALUES = {
    "UnsubscribeURL": UNSUBSCRIBE, "MessageURL": VIEW, "ManageURL": PREFERENCES,
    "Subscriber": {"FirstName": FIRST, "LastName": LAST, "Email": EMAIL},
}  # fmt: skip


def our_own(name: str) -> tuple[Exported, str, str, str, list[str]]:
    """Give the bundle's content, and our own rendering for the reader: words of HTML, text, subject, links.

    What the platform lacks is left out of ours by plain text replacement, independently of the exporter.
    """
    platform = find_platform(name)
    rendered = awkward_edition()
    lacking = frozenset(slot for slot in Slot if slot not in platform.tags)
    result = exported(rendered, platform, Choices(drop=lacking))
    reader = {slot: READER[slot] for slot in Slot}
    for slot in (Slot.PREFERENCES_URL,):
        if slot in platform.tags and platform.tags[slot] == platform.tags[Slot.UNSUBSCRIBE_URL]:
            reader[slot] = READER[Slot.UNSUBSCRIBE_URL]
    html, text = rendered.html, rendered.text
    for slot, words, lines in (
        (Slot.PREFERENCES_URL, "Preferences", f"Preferences: {Slot.PREFERENCES_URL.token}\n"),
        (Slot.VIEW_URL, "View in browser", f"View in browser:\n<{Slot.VIEW_URL.token}>\n"),
    ):
        if slot in lacking:
            html = html.replace(f'<a href="{slot.token}" style="color:#666666">{words}</a>', "")
            text = text.replace(lines, "")
    if platform.preheader is Preheader.FIELD:
        html = html.replace(escape(rendered.preheader), "", 1)
    filled = fill(html, lambda slot: escape(reader[slot]))
    text = same(fill(text, reader.__getitem__))
    return result, words_of(filled), text, same(rendered.subject), links(filled)


def decoded(addresses: list[str]) -> list[str]:
    """Undo percent-encoding: what could be code is encoded in addresses, and means the same."""
    return [unquote(address) for address in addresses]


@pytest.mark.parametrize("name", PROOFS)
def test_a_bundle_reads_as_our_own_rendering(name: str) -> None:
    proof = PROOFS[name]
    result, words, text, subject, addresses = our_own(name)
    html = proof.render(result.html, proof.values)
    found = words_of(html)
    for added in proof.added:
        assert added in found
        found = same(found.replace(added, ""))
    assert found == words
    assert unquote(same(proof.render(result.text, proof.values))) == unquote(text)
    assert same(proof.render(result.subject, proof.values)) == subject
    assert decoded(links(html)) == decoded(addresses)
    assert decoded(pictures(html)) == decoded(pictures(awkward_edition().html))
    assert html.count("<!--[if mso") == awkward_edition().html.count("<!--[if mso") - ("<title>" not in html)


def nameless(values: Any) -> Any:
    """Take names away from what a platform knows of a reader: some store nothing, some an empty text."""
    if isinstance(values, dict):
        return {key: nameless(value) for key, value in values.items() if value != FIRST}
    return "" if values == LAST else values


@pytest.mark.parametrize("fallback", ["", "reader"])
@pytest.mark.parametrize("name", PROOFS)
def test_a_reader_without_a_name_is_greeted_as_by_us(name: str, fallback: str) -> None:
    """By the words that were chosen, where the platform's tag can hold them, else by nothing."""
    platform = find_platform(name)
    lacking = frozenset(slot for slot in Slot if slot not in platform.tags)
    result = exported(awkward_edition(), platform, Choices(drop=lacking, fallback=fallback))
    values = nameless(PROOFS[name].values)
    expected = fallback if platform.tags[Slot.FIRST_NAME].has_fallback else ""
    for template in (result.html, result.text):
        read = (
            words_of(PROOFS[name].render(template, values))
            if template is result.html
            else same(PROOFS[name].render(template, values))
        )
        assert f"Good morning, {expected} ." in read.replace(f"{expected}.", f"{expected} .")
        assert "None" not in read
        assert FIRST not in read
        assert HOSTILE[0] in read


@pytest.mark.parametrize("name", PROOFS)
def test_any_headline_may_be_subject_and_preheader(name: str) -> None:
    platform = find_platform(name)
    lacking = frozenset(slot for slot in Slot if slot not in platform.tags)
    for subject, preheader in zip(HOSTILE, (*HOSTILE[1:], HOSTILE[0]), strict=True):
        rendered = replace(awkward_edition(greeting=False), subject=subject, preheader=preheader)
        result = exported(rendered, platform, Choices(drop=lacking))
        line, hint = (PROOFS[name].render(text, PROOFS[name].values) for text in (result.subject, result.preheader))
        assert same(line) == same(subject)
        assert same(hint) == same(preheader)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "eml"])
def test_no_headline_as_subject_or_preheader_reads_as_code(name: str) -> None:
    platform = find_platform(name)
    lacking = frozenset(slot for slot in Slot if slot not in platform.tags)
    for subject in HOSTILE:
        rendered = replace(awkward_edition(greeting=False), subject=subject, preheader=subject)
        result = exported(rendered, platform, Choices(drop=lacking))
        assert not platform.engine.code.search(result.subject)
        assert not platform.engine.code.search(result.preheader)
        assert same(printed(platform, result.subject)) == same(subject)


@pytest.mark.parametrize("name", [name for name, proof in PROOFS.items() if proof.render is liquid])
def test_a_second_liquid_reads_the_same(name: str) -> None:
    result = our_own(name)[0]
    for template in (result.html, result.text, result.subject):
        assert node("liquid")(template, PROOFS[name].values) == liquid(template, PROOFS[name].values)


@pytest.mark.slow  # compiles a program
def test_listmonk_through_go(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Go's html/template drops comments and reads the plain text as HTML; both must come out whole."""
    folder = str(tmp_path_factory.getbasetemp())
    result, words, text, subject, addresses = our_own("listmonk")
    values = GO_VALUES
    nobody = {**values, "Subscriber": {"FirstName": "", "LastName": "", "Email": EMAIL}}
    greeting = exported(awkward_edition(), find_platform("listmonk"), Choices(fallback="reader"))
    subjects = [
        exported(replace(awkward_edition(), subject=subject), find_platform("listmonk")).subject for subject in HOSTILE
    ]
    html, plain, line, greeted, *lines = through_go(
        [
            {"engine": "html", "template": result.html, "values": values},
            {"engine": "html", "template": result.text, "values": values},
            {"engine": "subject", "template": result.subject, "values": values},
            {"engine": "html", "template": greeting.html, "values": nobody},
            *({"engine": "subject", "template": subject, "values": values} for subject in subjects),
        ],
        folder,
    )
    assert "Good morning, reader ." in words_of(greeted)
    assert [same(subject) for subject in lines] == [same(subject) for subject in HOSTILE]
    assert words_of(html) == words
    assert decoded(links(html)) == decoded(addresses)
    assert unquote(same(plain)) == unquote(text)
    assert same(line) == subject
    assert html.count("<!--[if mso") == awkward_edition().html.count("<!--[if mso")
    assert html.count("<![endif]-->") == awkward_edition().html.count("<![endif]-->")


HEAVY = st.text(st.sampled_from("{}%#|*[]$<>&;!\\/-'\" \nab7")) | st.text(st.characters(exclude_characters="\r"))


@pytest.mark.parametrize("render", [jinja, django, liquid])
@given(text=HEAVY)
def test_any_text_passes_an_engine_unread(render: Render, text: str) -> None:
    assert unescape(render(f"<p>{BRACES.html(escape(text))}</p>", {})) == unescape(f"<p>{escape(text)}</p>")
    assert render(f">{BRACES.plain(text)}<", {}).replace("\u2060", "") == f">{text}<".replace("\u2060", "")


@given(text=HEAVY)
@pytest.mark.parametrize("name", [name for name in NAMES if name != "eml"])
def test_no_text_reads_as_code_anywhere(name: str, text: str) -> None:
    engine = find_platform(name).engine
    for neutral in (
        engine.html(escape(text)),
        engine.sturdy_html(escape(text)),
        engine.plain(text),
        engine.url(escape(text)),
    ):
        assert not engine.code.search(neutral)
    assert unescape(engine.html(escape(text))) == unescape(escape(text))
    assert unescape(engine.sturdy_html(escape(text))).replace("\u2060", "") == text.replace("\u2060", "")
