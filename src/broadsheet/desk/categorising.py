"""Categories at the desk: what the newsroom taught, from files and by hand, and how well it is understood."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

from broadsheet.config import Publication
from broadsheet.desk.opening import Desk
from broadsheet.edit.categorise import SURE_ENOUGH, topic_owners, verdict_on
from broadsheet.edit.classifier import Classifier, Labelled, Text, text_of_story
from broadsheet.edit.names import key, standard_for
from broadsheet.edit.topics import shipped_topics
from broadsheet.errors import ConfigError
from broadsheet.store.labels import Label

LEAST_LABELS = 2  # distinct labels that a training needs


@dataclass(frozen=True, slots=True, kw_only=True)
class Teaching:
    """What a training learned from: labels in all, by category, and those that this training added."""

    labels: int
    added: int
    categories: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """How the classifier did on labelled texts: all of them, and those it was sure enough to decide.

    `taught` counts the texts that it was taught by: they flatter the figures. `mistakes` counts what was taken for
    what, among the decided, the commonest first.
    """

    texts: int
    taught: int
    accuracy: float
    macro_f1: float
    coverage: float
    accuracy_decided: float
    mistakes: tuple[tuple[str, str, int], ...]


def categories_of(desk: Desk, publication: Publication | None = None) -> list[str]:
    """List the categories in use: those that sections ask for, and those that have rules."""
    publications = [publication] if publication else desk.config.publications.values()
    wanted = [section.category for one in publications for section in one.sections]
    return list(dict.fromkeys((*wanted, *desk.config.categories)))


def classifier_for(desk: Desk, categories: Iterable[str]) -> Classifier:
    """Make the classifier: as shipped, then what was learned from files, then every label made since."""
    names = list(categories)
    kept = desk.store.labels.learned()
    if kept is None:
        return _taught(desk, Classifier.of(names, shipped_topics()), desk.store.labels.list(), names)
    learned_at, content = kept
    classifier = Classifier.from_content(content, shipped_topics()).knowing(names)
    return _taught(desk, classifier, desk.store.labels.list(since=learned_at), names)


def train(desk: Desk, paths: Sequence[Path]) -> Teaching:
    """Read labelled texts from files, keep them, and learn anew from every label there is.

    Raises ConfigError naming the line that cannot be used; then nothing is kept.
    """
    now = desk.now()
    categories = categories_of(desk)
    fresh = [
        Label(
            id=one.id, title=one.text.title, lede=one.text.lede, language=one.text.language, category=one.label,
            labelled_by=path.name, labelled_at=now,
        )
        for path in paths
        for one in read_labelled(path)
    ]  # fmt: skip
    with desk.store.transaction():
        desk.store.labels.save(fresh)
        labels = desk.store.labels.list()
        if len({one.category for one in labels}) < LEAST_LABELS:
            raise ConfigError(
                "there is nothing to tell apart: the labels so far name fewer than two categories",
                advice="Name a JSONL file with `title`, `text` and `label`, or label stories by `categories label`.",
            )
        classifier = _taught(desk, Classifier.of(categories, shipped_topics()), labels, categories)
        desk.store.labels.keep_learned(classifier.content(), now)
    counts = Counter(_own_name(desk, one.category, categories) for one in labels)
    return Teaching(labels=len(labels), added=len(fresh), categories=dict(sorted(counts.items())))


def examine(desk: Desk, paths: Sequence[Path]) -> Examination:
    """Judge labelled texts by the classifier alone, as it stands, and compare. Raises ConfigError."""
    categories = categories_of(desk)
    lines = [one for path in paths for one in read_labelled(path)]
    if not lines:
        raise ConfigError("the files hold no labelled text", advice="Expected JSON lines with `title` and `label`.")
    classifier = classifier_for(desk, categories)
    known = list(dict.fromkeys((*categories, *classifier.labels)))
    names = {one: _own_name(desk, one, known) for one in {line.label for line in lines}}
    rows = [(names[one.label], one.text) for one in lines]
    taught = {(one.title, one.lede) for one in desk.store.labels.list()}
    opinions = [(label, classifier.judge(text)) for label, text in rows]
    decided = [
        (label, verdict.category)
        for label, opinion in opinions
        if (verdict := verdict_on(opinion, SURE_ENOUGH)).category
    ]
    right = sum(label == category for label, category in decided)
    wrong = Counter((label, category) for label, category in decided if label != category)
    return Examination(
        texts=len(rows),
        taught=sum((text.title, text.lede) in taught for _, text in rows),
        accuracy=round(sum(label == opinion.label for label, opinion in opinions) / len(rows), 4),
        macro_f1=_macro_f1([(label, opinion.label) for label, opinion in opinions]),
        coverage=round(len(decided) / len(rows), 4),
        accuracy_decided=round(right / len(decided), 4) if decided else 0.0,
        mistakes=tuple((label, category, count) for (label, category), count in wrong.most_common(10)),
    )


def label_story(desk: Desk, story_id: str, category: str, by: str) -> str:
    """Keep an editor's word on a story's category, and give it as the newsroom spells it. Raises ConfigError."""
    story = desk.store.stories.get(story_id)
    if story is None:
        raise ConfigError(f"there is no story {story_id}", advice="Type `broadsheet stories` to see their ids.")
    categories = categories_of(desk)
    name = _own_name(desk, category, categories)
    if name not in categories:
        raise ConfigError(
            f"no section and no rule asks for the category {category!r}",
            advice=f"Known ones: {', '.join(categories)}. Or add [categories.{category!r}] to broadsheet.toml.",
        )
    text = text_of_story(story)
    label = Label(
        id=story.id, title=text.title, lede=text.lede, language=text.language, category=name, labelled_by=by,
        labelled_at=desk.now(), is_story=True,
    )  # fmt: skip
    with desk.store.transaction():
        desk.store.labels.save([label])
    return name


def unlabel_story(desk: Desk, story_id: str) -> bool:
    """Take an editor's word on a story back; tell whether there was one."""
    with desk.store.transaction():
        return desk.store.labels.forget([story_id]) > 0


@dataclass(frozen=True, slots=True)
class LabelledLine:
    """A labelled text of a file, under an id of its own."""

    id: str
    text: Text
    label: str


def read_labelled(path: Path) -> list[LabelledLine]:
    """Read JSON lines with `title`, `label` and perhaps `text`, `id`, `language`; plain or gzipped.

    Lines without a label are left out. Raises ConfigError naming the file and line that cannot be read.
    """
    lines = []
    for number, line in enumerate(_content(path).splitlines(), 1):
        if not line.strip():
            continue
        row = _object(line, path, number)
        label, title = row.get("label"), row.get("title")
        if label is None or label == "":
            continue
        if not isinstance(label, str) or not isinstance(title, str) or not title.strip():
            raise ConfigError("expected a text in `title` and in `label`", file=str(path), line=number)
        text = row.get("text") or ""
        if not isinstance(text, str):
            raise ConfigError("expected a text", file=str(path), key="text", line=number)
        own = str(row.get("id") or blake2b(f"{title}\n{text}".encode(), digest_size=8).hexdigest())
        lines.append(LabelledLine(f"{path.name}/{own}", Text(title, text, str(row.get("language") or "en")), label))
    return lines


def _content(path: Path) -> str:
    import gzip

    try:
        raw = path.read_bytes()
        return (gzip.decompress(raw) if raw.startswith(b"\x1f\x8b") else raw).decode("utf-8-sig")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot be read ({error})", file=str(path)) from error


def _object(line: str, path: Path, number: int) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise ConfigError(f"expected one JSON object a line ({error})", file=str(path), line=number) from error
    if not isinstance(row, dict):
        raise ConfigError("expected a JSON object", file=str(path), line=number)
    return row


def _taught(desk: Desk, classifier: Classifier, labels: Sequence[Label], categories: Sequence[str]) -> Classifier:
    if not labels:
        return classifier
    names = {one: _own_name(desk, one, categories) for one in {label.category for label in labels}}
    return classifier.taught(
        [Labelled(Text(one.title, one.lede, one.language or "en"), names[one.category]) for one in labels]
    )


def _own_name(desk: Desk, label: str, categories: Sequence[str]) -> str:
    """Give the newsroom's category for a label: by its name, an alias, or the topic that both usually mean.

    A label that covers more than one category means ("Sci/Tech") stays what it is, as does one that nobody asks for.
    """
    rules = desk.config.categories
    for name in categories:
        if key(label) in map(key, (name, *(rules[name].aliases if name in rules else ()))):
            return name
    owners = topic_owners(categories, rules)
    meant = {next((name for name in owners if topic in standard_for(name)), "") for topic in standard_for(label)}
    return (meant.pop() if len(meant) == 1 else "") or label


def _macro_f1(pairs: Sequence[tuple[str, str]]) -> float:
    both = Counter(pairs)
    has, said = Counter(label for label, _ in pairs), Counter(guess for _, guess in pairs)
    return round(sum(2 * both[label, label] / (has[label] + said[label]) for label in has) / len(has), 4)
