from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.edit.summarise import dek_of, draft_preheader, draft_subject, headline_of, sentences, trim
from broadsheet.model import Pick
from tests.edit.newsroom import DAY, story


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("Dr. Berg came at 3.30 p.m. to London. She left.", ["Dr. Berg came at 3.30 p.m. to London.", "She left."]),
        ("It rose 2.5 per cent. “Fine!” he said. No more", ["It rose 2.5 per cent.", "“Fine!” he said.", "No more"]),
        ("Der U.S. Senat tagt. Es gilt.", ["Der U.S. Senat tagt.", "Es gilt."]),
        ("Was it? Yes! (Really.) Done…", ["Was it?", "Yes!", "(Really.)", "Done…"]),
        ("彼は来た。彼女は去った。", ["彼は来た。", "彼女は去った。"]),
        ("", []),
    ],
)
def test_sentences_end_where_they_end(text: str, cut: list[str]) -> None:
    assert sentences(text) == cut


def test_whole_sentences_are_kept_where_one_fits_else_whole_words() -> None:
    text = "The harbour opened on Tuesday. Ships came at once, and many of them. Nobody left."
    assert trim(text, 200) == text
    assert trim(text, 75) == "The harbour opened on Tuesday. Ships came at once, and many of them."
    assert trim(text, 40) == "The harbour opened on Tuesday."
    assert trim(text, 20) == "The harbour opened…"
    assert trim(text, 0) == text


@given(st.text(max_size=400), st.integers(1, 120))
def test_nothing_trimmed_is_longer_than_asked(text: str, length: int) -> None:
    assert len(trim(text, length)) <= max(length, 2)


def test_headlines_lose_what_sites_put_around_them() -> None:
    def headline(title: str, publisher: str = "The Daily Wire") -> str:
        return headline_of(story(0, title=title, publisher=publisher))

    assert headline("Business › Tax falls") == "Tax falls"
    assert headline("Tax falls - The Daily Wire") == "Tax falls"
    assert headline("Tax falls - and rises") == "Tax falls - and rises"
    assert headline("Anna > Otto in the final") == "Anna > Otto in the final"
    assert headline("Tax  falls\n") == "Tax falls"


def test_a_dek_is_the_sources_or_the_bodys_beginning_and_never_the_title_again() -> None:
    assert dek_of(story(0, dek="A dek."), 300) == "A dek."
    assert dek_of(story(0, body=("First. Second.", "Third.")), 10) == "First."
    assert dek_of(story(0, title="Tax falls", dek="TAX FALLS"), 300) == ""


def test_subject_and_preheader_are_drafted_from_the_lead_and_the_next() -> None:
    picks = [Pick(story=story(n), position=n, headline=f"Headline {n}", dek=f"Dek {n}.") for n in range(9)]
    assert draft_subject("", "The Daily", DAY, picks, "s001") == "Headline 1"
    assert draft_subject("{title} {date}: {lead} (+{count})", "The Daily", DAY, picks, "s001") == (
        "The Daily 2026-11-24: Headline 1 (+9)"
    )
    line = draft_preheader(picks, "s001")
    assert line.startswith("Headline 0 · Headline 2 · ")
    assert len(line) <= 140
    assert draft_preheader(picks[:1], "s000") == "Dek 0."
    assert draft_preheader([], None) == ""
