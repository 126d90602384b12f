from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from broadsheet.model import Edition, EditionStatus, Explanation, Fate, Image, Pick, Section, Signal, Story
from broadsheet.store.documents import read_document, write_document

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
STORY = Story(
    id="s1", title="Straße “frei”", source="wire", published_at=NOON, first_seen_at=NOON, body=("One.", "Two."),
    image=Image(url="https://example.org/a.jpg", width=600), categories=("News",),
)  # fmt: skip
PICK = Pick(
    story=STORY, position=1, headline="H", dek="D", signals=(Signal(name="freshness", points=1.25, fact="new"),)
)
EDITION = Edition(
    id="daily-2026-11-24", publication="daily", date=date(2026, 11, 24), status=EditionStatus.APPROVED,
    sections=(Section(title="News", category="News", picks=(PICK,)),), window_to_at=NOON, notes=("a", "b"),
)  # fmt: skip


def test_an_edition_comes_back_as_it_was() -> None:
    assert read_document(Edition, write_document(EDITION)) == EDITION


def test_an_explanation_comes_back_as_it_was() -> None:
    told = Explanation(edition="e", story="s", fate=Fate.HELD, reason="embargo", confidence=0.5, beaten_by=("a",))
    assert read_document(Explanation, write_document(told)) == told


def test_a_document_of_another_version_is_read_as_far_as_it_is_known() -> None:
    text = '{"id":"e","publication":"p","date":"2026-11-24","colour":"blue"}'
    assert read_document(Edition, text) == Edition(id="e", publication="p", date=date(2026, 11, 24))


@pytest.mark.parametrize("text", ["{}", "[]", "not json", '{"id":"e","publication":"p","date":5}'])
def test_what_is_no_edition_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_document(Edition, text)
