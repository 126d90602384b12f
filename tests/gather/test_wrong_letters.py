"""Text that somebody decoded wrongly before it reached us, and text that only looks like it."""

from __future__ import annotations

import pytest

from broadsheet.gather.text import tidy


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("Trudeauâ€™s advisers", "Trudeau’s advisers"),
        ("Der â€žKaiserâ€œ im Schnee", "Der „Kaiser“ im Schnee"),
        ("CafÃ© au lait, trÃ¨s franÃ§ais, Ã\xa0 Paris", "Café au lait, très français, à Paris"),
        ("BjÃ¶rk, 12Â°C, Â£5", "Björk, 12°C, £5"),
        ("ÐŸÑ€Ð¸Ð²ÐµÑ‚", "Привет"),
        ("Snow ðŸ˜€", "Snow 😀"),
    ],
)
def test_letters_that_were_decoded_wrongly_are_decoded_again(written: str, text: str) -> None:
    assert tidy(written) == text


@pytest.mark.parametrize(
    "text",
    [
        "«IRMû, disse",
        "la letra “Ñ” y “ñ”",
        "au café»…",
        "Strauß»",
        "«Â» et «Ã»",
        "Âge d’or, Ãrvore",
        "mañana",
        "â€",
        "50 €",
    ],
)
def test_what_is_text_stays_as_it_is(text: str) -> None:
    assert tidy(text) == text
