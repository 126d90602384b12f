from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from broadsheet.desk import Desk
from broadsheet.desk.categorising import (
    categories_of,
    classifier_for,
    examine,
    label_story,
    read_labelled,
    train,
    unlabel_story,
)
from broadsheet.edit.classifier import Text
from broadsheet.errors import ConfigError
from tests.desk.newsdesk import Clock, gather

ROWS = [
    {"title": f"Parish council of Ludlow {thing}", "label": "news", "id": n}
    for n, thing in enumerate(("mends the bridge", "opens a pool", "meets late", "plants limes", "sells a barn"))
] + [
    {"title": f"Rovers {thing}", "text": "A late goal.", "label": "Sport"}
    for thing in ("win the cup", "lose at home", "sign a striker", "sack their coach")
]


def write(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    return path


def test_training_learns_the_newsrooms_own_categories(desk: Desk, tmp_path: Path) -> None:
    text = Text("Ludlow parish council closes a road")
    assert classifier_for(desk, categories_of(desk)).judge(text).label != "News"
    teaching = train(desk, [write(tmp_path / "a.jsonl", ROWS)])
    assert (teaching.labels, teaching.added, teaching.categories) == (9, 9, {"News": 5, "Sport": 4})
    assert classifier_for(desk, categories_of(desk)).judge(text).label == "News"


def test_what_was_learned_is_the_same_after_it_was_kept(desk: Desk, tmp_path: Path) -> None:
    train(desk, [write(tmp_path / "a.jsonl", ROWS)])
    once, again = (classifier_for(desk, categories_of(desk)).judge(Text("Rovers win in Ludlow")) for _ in range(2))
    assert once == again


def test_training_twice_counts_a_text_once(desk: Desk, tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", ROWS)
    train(desk, [path])
    assert train(desk, [path]).labels == 9


def test_an_editors_labels_are_felt_at_once(desk: Desk, clock: Clock, tmp_path: Path) -> None:
    train(desk, [write(tmp_path / "a.jsonl", ROWS)])
    clock.to(25)
    for number in range(10):
        gather(desk, number, title=f"Quoits at the Anchor, evening {number}")
    before = classifier_for(desk, categories_of(desk)).judge(Text("Another evening of quoits at the Anchor"))
    for number in range(10):
        story = desk.store.stories.between(None, desk.now().replace(year=2027))[number]
        assert label_story(desk, story.id, "sport", "Robin") == "Sport"
    after = classifier_for(desk, categories_of(desk)).judge(Text("Another evening of quoits at the Anchor"))
    assert after.label == "Sport"
    assert after.confidence > 0.3 > before.confidence
    assert len(desk.store.labels.of_stories()) == 10


def test_an_editors_word_can_be_taken_back(desk: Desk, clock: Clock) -> None:
    gather(desk, 1)
    (story,) = desk.store.stories.between(None, desk.now().replace(year=2027))
    label_story(desk, story.id, "Sport", "Robin")
    assert desk.store.labels.of_stories() == {story.id: "Sport"}
    assert unlabel_story(desk, story.id)
    assert not unlabel_story(desk, story.id)
    assert desk.store.labels.of_stories() == {}


def test_labelling_what_is_not_there_is_refused(desk: Desk) -> None:
    with pytest.raises(ConfigError, match="no story nobody"):
        label_story(desk, "nobody", "Sport", "Robin")
    gather(desk, 1)
    (story,) = desk.store.stories.between(None, desk.now().replace(year=2027))
    with pytest.raises(ConfigError, match="'Opera'"):
        label_story(desk, story.id, "Opera", "Robin")


def test_labels_are_understood_by_their_usual_names(desk: Desk, tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        row | {"label": {"Sport": "SPORTS"}.get(str(row["label"]), "Sci/Tech")} for row in ROWS
    ]
    assert train(desk, [write(tmp_path / "a.jsonl", rows)]).categories == {"Sci/Tech": 5, "Sport": 4}
    unseen: list[dict[str, object]] = [
        {"title": "Rovers sign a coach", "label": "sports news"},
        {"title": "Ludlow pool", "label": "sci tech"},
    ]
    found = examine(desk, [write(tmp_path / "b.jsonl", unseen)])
    assert (found.accuracy, found.taught) == (1, 0)
    assert examine(desk, [tmp_path / "a.jsonl"]).taught == 9


def test_an_examination_counts_what_is_decided(desk: Desk, tmp_path: Path) -> None:
    train(desk, [write(tmp_path / "a.jsonl", ROWS)])
    found = examine(desk, [write(tmp_path / "b.jsonl", [*ROWS, {"title": "Zxqv", "label": "Sport"}])])
    assert found.texts == 10
    assert 0.5 < found.accuracy <= 1
    assert 0 < found.coverage <= 1
    assert found.accuracy_decided >= found.accuracy


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("not json", "expected one JSON object a line"),
        ("[1]", "expected a JSON object"),
        ('{"title": "", "label": "Sport"}', "`title`"),
        ('{"title": "x", "label": 3}', "`label`"),
        ('{"title": "x", "label": "a", "text": 3}', "text: expected a text"),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_kept(desk: Desk, tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(json.dumps(ROWS[0]) + "\n" + line)
    with pytest.raises(ConfigError, match=r"bad\.jsonl:2") as caught:
        train(desk, [path])
    assert message in caught.value.message
    assert desk.store.labels.list() == []


def test_one_category_cannot_be_told_apart(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="fewer than two"):
        train(desk, [write(tmp_path / "a.jsonl", ROWS[:3])])
    assert desk.store.labels.list() == []


def test_gzipped_files_and_unlabelled_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"title": "x", "label": null}\n\n{"title": "y", "label": "b"}\n'))
    assert [line.label for line in read_labelled(path)] == ["b"]
    with pytest.raises(ConfigError, match="cannot be read"):
        read_labelled(tmp_path / "absent.jsonl")
