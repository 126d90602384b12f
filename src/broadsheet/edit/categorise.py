"""Give a story its category: an editor's word, then rules, then the classifier; and say why.

The first that speaks decides: an editor; the category of the story's source; the categories its feed gave it, through
the newsroom's aliases and the usual names; the path of its address; keywords. Only then the classifier is asked, and
where it is not sure enough the category is "", with its best guess in the reason. A rule that names a topic which no
section asks for ("Sports" in a paper without sport) also decides: such a story is put nowhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from broadsheet.config.categories import Category
from broadsheet.edit.classifier import Classifier, Opinion, text_of_story
from broadsheet.edit.names import STANDARD, is_narrow, key, standard_for
from broadsheet.edit.topics import tokens
from broadsheet.model import Story

SURE_ENOUGH = 0.6  # the classifier's confidence from which it decides; see docs/edit-quality.md

_NO_SECTION = frozenset({"home", "people", "work", "life", "well", "stars", "web", "mobile", "green", "family"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A story's category ("" when unsure), how sure that is (1 for a rule), and why, in words.

    `words` are the strongest for it; `guess` is the classifier's best label, also when it is unsure.
    """

    category: str
    confidence: float
    reason: str
    words: tuple[str, ...] = ()
    guess: str = ""


class Categoriser:
    """Decide on categories by the newsroom's names. `wanted` lists the categories that sections ask for."""

    def __init__(
        self,
        wanted: Collection[str],
        *,
        rules: Mapping[str, Category] | None = None,
        sources: Mapping[str, str] | None = None,
        editors: Mapping[str, str] | None = None,
        classifier: Classifier | None = None,
        sure_enough: float = SURE_ENOUGH,
    ) -> None:
        self._rules = dict(rules or {})
        self._sources = dict(sources or {})
        self._editors = dict(editors or {})
        self._classifier = classifier
        self._sure_enough = sure_enough
        self.categories = tuple(dict.fromkeys((*wanted, *self._rules)))
        self._names = self._name_table()
        self._urls = [(url.strip("/").lower(), name) for name, rule in self._rules.items() for url in rule.urls]
        self._keywords = [
            (tuple(tokens(keyword)), keyword, name)
            for name, rule in self._rules.items()
            for keyword in rule.keywords
            if tokens(keyword)
        ]

    def categorise(self, story: Story) -> Verdict:
        """Decide on a story. The same story gets the same verdict, whatever else came in today."""
        return (
            self._by_editor(story)
            or self._by_source(story)
            or self._by_feed(story)
            or self._by_url(story)
            or self._by_keyword(story)
            or self._by_classifier(story)
        )

    def fits(self, category: str, asked: str) -> bool:
        """Tell whether a story of `category` may stand where `asked` is asked for: itself, or wider by `within`."""
        seen: set[str] = set()
        current = category
        while current and key(current) not in seen:
            if key(current) == key(asked):
                return True
            seen.add(key(current))
            current = self._rules[current].within if current in self._rules else ""
        return False

    def resolve(self, name: str) -> str | None:
        """Give the newsroom's category for a name from outside; "" for a topic no section asks for; None if unknown."""
        found = self._names.get(key(name))
        if found is not None:
            return found
        topics = standard_for(name)
        if not topics:
            return None
        return next((self._names[topic] for topic in topics if topic in self._names), "")

    def _name_table(self) -> dict[str, str]:
        """Map keys to categories: own names first, then aliases, then the standard topics each stands for."""
        table: dict[str, str] = {}
        for name in self.categories:
            table.setdefault(key(name), name)
        for name, rule in self._rules.items():
            for alias in rule.aliases:
                table.setdefault(key(alias), name)
        for name in topic_owners(self.categories, self._rules):
            for topic in standard_for(name):
                table.setdefault(topic, name)
        return table

    def _by_editor(self, story: Story) -> Verdict | None:
        category = self._editors.get(story.id)
        return _ruled(category, "an editor says so") if category else None

    def _by_source(self, story: Story) -> Verdict | None:
        category = self._sources.get(story.source)
        return _ruled(self.resolve(category) or category, f"all of {story.source} is {category}") if category else None

    def _by_feed(self, story: Story) -> Verdict | None:
        elsewhere: Verdict | None = None
        for name in (*story.categories, story.section):
            category = self.resolve(name)
            if category:
                return _ruled(category, f"its source calls it {name!r}")
            if category == "":
                elsewhere = elsewhere or _ruled("", f"its source calls it {name!r}, which no section asks for")
        return elsewhere

    def _by_url(self, story: Story) -> Verdict | None:
        if not story.url:
            return None
        path = unquote(urlsplit(story.url).path).lower().strip("/")
        for part, name in self._urls:
            if f"/{part}/" in f"/{path}/":
                return _ruled(name, f"its address holds /{part}/")
        for segment in path.split("/")[:-1][:4]:
            if len(segment) < 4 or segment in _NO_SECTION:
                continue
            category = self.resolve(segment)
            if category:
                return _ruled(category, f"its address holds /{segment}/")
            if category == "":
                return _ruled("", f"its address holds /{segment}/, which no section asks for")
        return None

    def _by_keyword(self, story: Story) -> Verdict | None:
        if not self._keywords:
            return None
        words = tokens(f"{story.title}\n{story.dek}")
        for phrase, keyword, name in self._keywords:
            size = len(phrase)
            if any(tuple(words[at : at + size]) == phrase for at in range(len(words) - size + 1)):
                return Verdict(category=name, confidence=1.0, reason=f"it speaks of {keyword!r}", words=(keyword,))
        return None

    def _by_classifier(self, story: Story) -> Verdict:
        if self._classifier is None:
            return Verdict(category="", confidence=0.0, reason="no rule speaks for a category")
        return verdict_on(self._classifier.judge(text_of_story(story)), self._sure_enough)


def verdict_on(opinion: Opinion, sure_enough: float = SURE_ENOUGH) -> Verdict:
    """Turn the classifier's opinion into a verdict: its label where it is sure enough, else "" and the guess."""
    if not opinion.label:
        return Verdict(category="", confidence=0.0, reason="unsure: no word speaks for a category")
    words = ", ".join(opinion.words[:3])
    percent = round(100 * opinion.confidence)
    if opinion.confidence >= sure_enough:
        reason = f"its words say so ({percent}%): {words}"
        label = opinion.label
        return Verdict(
            category=label, confidence=opinion.confidence, reason=reason, words=opinion.words, guess=label
        )  # fmt: skip
    rival = f" or {opinion.runner_up}" if opinion.runner_up else ""
    reason = f"unsure: perhaps {opinion.label}{rival} ({percent}%): {words}"
    return Verdict(
        category="", confidence=opinion.confidence, reason=reason, words=opinion.words, guess=opinion.label
    )  # fmt: skip


def topic_owners(categories: Iterable[str], rules: Mapping[str, Category]) -> list[str]:
    """List the categories that speak for standard topics, at most one a topic, the best owner of each.

    Of several that mean the same topic, the one named like it comes first, then the widest, then the first listed. A
    name for a part of a topic ("Gardening") speaks for none.
    """
    names = list(categories)
    owners: dict[str, str] = {}
    for topic in STANDARD:
        claims = [name for name in names if topic in standard_for(name) and not is_narrow(name)]
        claims.sort(
            key=lambda name: (key(name) != topic, name in rules and bool(rules[name].within), names.index(name))
        )
        if claims:
            owners[topic] = claims[0]
    return list(dict.fromkeys(owners.values()))


def _ruled(category: str, reason: str) -> Verdict:
    return Verdict(category=category, confidence=1.0, reason=reason)
