from __future__ import annotations

import json
from pathlib import Path

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import example, given
from hypothesis import strategies as st

from broadsheet.audience import addresses
from broadsheet.audience.addresses import (
    PLAIN_LENGTH,
    Address,
    NotAnAddress,
    is_disposable,
    is_plain_domain,
    is_plain_local,
    is_role,
    parse_address,
)
from broadsheet.audience.typos import suggest

PIECES = st.lists(
    st.one_of(
        st.sampled_from([*"abzAZ019._+-'@@", "xn--", "example", ".com", ".test", "local", "-", "..", "ß", " ", "\n"]),
        st.text("abc.-@", max_size=8),
    ),
    max_size=14,
).map("".join)
WHOLE = st.builds(
    lambda local, labels, top: f"{local}@{'.'.join([*labels, top])}",
    st.text("abcXYZ019._+'-", min_size=1, max_size=30),
    st.lists(st.text("abcXY019-", min_size=1, max_size=12), min_size=1, max_size=3),
    st.sampled_from(["com", "org", "de", "test", "Local", "invalid", "arpa", "onion", "c0m", "museum", "xn--p1ai"]),
)


@given(st.one_of(PIECES, WHOLE))
@example("a@b.co\n")
@example("a@1.com")
def test_the_fast_path_never_answers_differently_from_email_validator(text: str) -> None:
    if not addresses._PLAIN.fullmatch(text):
        return
    found = validate_email(text, check_deliverability=False, allow_quoted_local=True, strict=True)
    assert parse_address(text) == Address(found.normalized, f"{found.local_part.casefold()}@{found.ascii_domain}")


@given(st.one_of(PIECES, WHOLE).map(str.lower))
@example(f"{'a' * 40}@{'b' * 19}.com")
@example("a@b.co\n")
@example("\u017f@example.com")
@example("a@\u212a.com")
def test_what_an_import_lets_pass_by_its_two_halves_is_its_own_key(text: str) -> None:
    local, _, domain = text.rpartition("@")
    if not (len(text) <= PLAIN_LENGTH and is_plain_local(local) and is_plain_domain(domain)):
        return
    found = validate_email(text, check_deliverability=False, allow_quoted_local=True, strict=True)
    assert (found.normalized, found.ascii_domain) == (text, domain)
    assert parse_address(text) == Address(text, text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ada@Example.COM", "ada@example.com"),
        (" ada@example.com\t", "ada@example.com"),
        ("\u200bada@example.com\ufeff", "ada@example.com"),
        ("ada@münchen.example.de", "ada@xn--mnchen-3ya.example.de"),
        ("cafe\u0301@example.com", "caf\u00e9@example.com"),
        ("Ada <ada@example.com>", "ada@example.com"),
        ("mailto:ada@example.com", "ada@example.com"),
        ("ADA@MÜNCHEN.EXAMPLE.DE", "ada@münchen.example.de"),
    ],
)
def test_two_spellings_of_one_mailbox_share_a_key(one: str, other: str) -> None:
    assert parse_address(one).key == parse_address(other).key


@pytest.mark.parametrize(("one", "other"), [("a.b@gmail.com", "ab@gmail.com"), ("a+x@gmail.com", "a@gmail.com")])
def test_nothing_is_guessed_about_dots_and_tags(one: str, other: str) -> None:
    assert parse_address(one).key != parse_address(other).key


def test_the_local_part_is_written_as_it_was_given() -> None:
    assert parse_address("Ada.Quill@Example.COM").email == "Ada.Quill@example.com"


@pytest.mark.parametrize(
    "text",
    ["", "ada", "ada@", "@example.com", "ada@example", "a@b@c.com", "ada@exam ple.com", "ada@example..com",
     "ada@example.com, ben@example.com", "ada@localhost.localhost", "ada@[127.0.0.1]", "a" * 65 + "@example.com",
     "ada@exa\ufffdmple.com", "ada@example.com\nbcc: x@example.com", "\ud800@example.com"],
)  # fmt: skip
def test_what_is_no_address_is_refused_in_words(text: str) -> None:
    with pytest.raises(NotAnAddress) as caught:
        parse_address(text)
    assert str(caught.value)


def test_roles_and_throw_away_mailboxes_are_flagged() -> None:
    assert is_role("info+x@example.com")
    assert not is_role("information@example.com")
    assert is_disposable("sub.mailinator.com")
    assert not is_disposable("notmailinator.com")


@pytest.mark.parametrize(
    ("given", "meant"),
    [("a@gmial.com", "a@gmail.com"), ("a@hotmail.con", "a@hotmail.com"), ("a@yaho.com", "a@yahoo.com"),
     ("a@gmail.com", None), ("a@gmx.at", None), ("a@ymail.com", None), ("a@example.com", None)],
)  # fmt: skip
def test_a_misspelt_provider_is_offered_and_never_changed(given: str, meant: str | None) -> None:
    assert suggest(parse_address(given)) == meant
    assert parse_address(given).email == given


def test_the_verdicts_on_real_addresses_are_those_of_email_validator(shared_data: Path) -> None:
    lines = (shared_data / "email_addresses" / "addresses.jsonl").read_text(encoding="utf-8").rstrip("\n").split("\n")
    rows = [json.loads(line) for line in lines]
    agreed = 0
    for row in rows:
        try:
            parse_address(row["address"])
            verdict = True
        except NotAnAddress:
            verdict = False
        agreed += verdict == row["valid"]
    assert agreed / len(rows) > 0.93


def test_email_validator_still_refuses_the_special_names_the_fast_path_leaves_out() -> None:
    with pytest.raises(EmailNotValidError):
        validate_email("a@b.test", check_deliverability=False)
