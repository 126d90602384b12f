from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.slots import SAMPLES, Slot, fill, guard, pieces, used


def test_tokens_are_letters_and_digits_only() -> None:
    assert all(slot.token.isalnum() and slot.token.isascii() for slot in Slot)


def test_filling_replaces_every_token_and_nothing_else() -> None:
    text = f"Hello {Slot.FIRST_NAME.token}, leave at {Slot.UNSUBSCRIBE_URL.token}"
    assert used(text) == (Slot.FIRST_NAME, Slot.UNSUBSCRIBE_URL)
    assert fill(text, SAMPLES.__getitem__) == "Hello Robin, leave at https://example.com/unsubscribe"


@pytest.mark.parametrize("slot", list(Slot))
def test_outside_text_cannot_forge_a_token(slot: Slot) -> None:
    forged = f"x{slot.token}y"
    assert used(guard(forged)) == ()
    assert guard(forged).replace("\u2060", "") == forged


@given(st.text())
def test_guarded_text_holds_no_token_and_reads_the_same(text: str) -> None:
    assert used(guard(text)) == ()
    if "\u2060" not in text:
        assert guard(text).replace("\u2060", "") == text


@given(st.lists(st.one_of(st.text(), st.sampled_from(list(Slot)))))
def test_pieces_join_to_what_filling_gives(parts: list[str | Slot]) -> None:
    text = "".join(part.token if isinstance(part, Slot) else guard(part) for part in parts)
    joined = "".join(SAMPLES[piece] if isinstance(piece, Slot) else piece for piece in pieces(text))
    assert joined == fill(text, SAMPLES.__getitem__)
