from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.audience.links import LinkSigner, Purpose

NOW = datetime(2026, 11, 24, tzinfo=UTC)
SIGNER = LinkSigner(["first secret of the project"])


def last(url: str) -> str:
    return url.rpartition("/")[2]


@given(st.integers(min_value=1, max_value=2**40), st.sampled_from(list(Purpose)))
def test_a_token_says_whose_it_is_and_only_for_its_purpose(number: int, purpose: Purpose) -> None:
    token = SIGNER.token(purpose, number, "daily-2026-11-24")
    assert SIGNER.read(purpose, token) == (number, "daily-2026-11-24")
    for other in Purpose:
        if other is not purpose:
            assert SIGNER.read(other, token) is None


@given(st.text(max_size=400))
def test_anything_else_is_refused_alike(text: str) -> None:
    assert SIGNER.read(Purpose.UNSUBSCRIBE, text) is None
    assert SIGNER.read_mail_tag(text) is None
    assert SIGNER.read_leave_tag(text) is None


def test_cut_and_changed_tokens_are_refused() -> None:
    token = SIGNER.token(Purpose.UNSUBSCRIBE, 17)
    assert all(SIGNER.read(Purpose.UNSUBSCRIBE, token[:at]) is None for at in range(len(token)))
    assert SIGNER.read(Purpose.UNSUBSCRIBE, token.replace("17", "18", 1)) is None


def test_links_hold_no_address_and_fit_one_header_line() -> None:
    url = SIGNER.unsubscribe_url("https://news.example.org/", 1_000_000)
    assert url.startswith("https://news.example.org/u/1000000.")
    assert "@" not in url
    assert len(url) < 100


def test_a_new_secret_signs_and_the_old_one_still_verifies() -> None:
    old = SIGNER.token(Purpose.UNSUBSCRIBE, 17)
    rotated = LinkSigner(["first secret of the project", "second secret of the project"])
    assert rotated.read(Purpose.UNSUBSCRIBE, old) == (17, "")
    assert rotated.read_mail_tag(SIGNER.mail_tag(17, "daily-2026-11-24")) == (17, "daily-2026-11-24")
    assert SIGNER.read(Purpose.UNSUBSCRIBE, rotated.token(Purpose.UNSUBSCRIBE, 17)) is None


def test_a_confirmation_grows_old_and_an_unsubscribe_does_not() -> None:
    token = last(SIGNER.confirm_url("https://x", 5, NOW))
    assert SIGNER.read_confirmation(token, NOW + timedelta(days=2)) == 5
    assert SIGNER.read_confirmation(token, NOW + timedelta(days=4)) is None
    assert SIGNER.read(Purpose.UNSUBSCRIBE, last(SIGNER.unsubscribe_url("https://x", 5))) == (5, "")


@pytest.mark.parametrize("edition", ["", "daily-2026-11-24"])
def test_a_mail_tag_survives_a_change_of_case_and_fits_a_local_part(edition: str) -> None:
    tag = SIGNER.mail_tag(1_234_567, edition)
    assert SIGNER.read_mail_tag(tag.upper()) == (1_234_567, edition)
    assert len(f"bounces+{tag}") <= 64
    assert SIGNER.read_mail_tag(tag.replace("1234567", "1234568")) is None


def test_a_tag_to_leave_survives_a_change_of_case_fits_a_local_part_and_is_for_nothing_else() -> None:
    tag = SIGNER.leave_tag(1_234_567)
    assert SIGNER.read_leave_tag(tag.upper()) == 1_234_567
    assert len(SIGNER.leave_tag(10**18 - 1)) == 45
    assert all(SIGNER.read_leave_tag(tag[:at]) is None for at in range(len(tag)))
    assert SIGNER.read_leave_tag(tag.replace("1234567", "1234568")) is None
    assert SIGNER.read_leave_tag(f"leave-{SIGNER.mail_tag(1_234_567)}") is None
    assert SIGNER.read_mail_tag(tag.removeprefix("leave-")) is None
    assert SIGNER.read_mail_tag(tag) is None


def test_a_signer_needs_a_secret() -> None:
    with pytest.raises(ValueError, match="secret"):
        LinkSigner([])
