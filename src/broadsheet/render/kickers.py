"""The kicker: the word above a headline that says what a story is about, taken from its categories where one does."""

from __future__ import annotations

import re
from itertools import takewhile

from broadsheet.model import Section, Story
from broadsheet.render.cleaning import clean
from broadsheet.render.language import Language

_WORD = re.compile(r"[^\W_]+")
_KEY = re.compile(r"[,;:/|_#<>=]|[a-zß-ÿ][A-Z]|^[a-z0-9]+(?:-[a-z0-9]+)+$")
_LONGEST = 40
_NUMBER = re.compile(r"\d+|\w*\d{4}\w*|[a-z]")
# Words that tell a reader nothing, alone or beside each other: "Uncategorized", "Latest News", "Non classé".
_EMPTY = frozenset(
    _WORD.findall("""
    a all and article articles blog blogs breaking categories category content default document feature featured
    features feed front general headline headlines home homepage in latest main misc miscellaneous more new news none
    of other others page post posts recent rss sample section site something stories story subject tag tags test the
    to today top topic topics trending uncategorised uncategorized unclassified unsorted untagged update updates

    aktuell aktuelle aktuelles allgemein allgemeine allgemeines artikel beiträge der die eilmeldung kategorie
    kurzmeldungen meldungen nachrichten neues neuigkeiten ohne schlagzeilen sonstige sonstiges startseite themen
    titelseite ticker top thema und unkategorisiert verschiedenes übersicht

    à accueil actu actualité actualités actus catégorie classé de dernières divers en et général générale info infos
    la le les nouvelles non une

    actualidad artículos categoría clasificar destacada destacadas destacado destacados e el generales hora inicio las
    lo los más noticia noticias otras otros portada principal principales sin titulares última últimas varios y

    articoli attualità categoria evidenza flash generale il notizia notizie prima primo piano senza ultima ultime
    ultimora varie

    artigos as destaque destaques diversos geral início notícia notícias o os outros página sem últimas

    aktualności bez główna inne kategorii najnowsze ogólne strona wiadomości

    без главная главное категории категорії головна головне інше новини новости події разное рубрики события статьи
    статті тема

    أخبار الأخبار اخبار تصنيف الرئيسية عام عاجل غير متفرقات مصنف منوعات

    一般 その他 お知らせ ニュース トップ 未分類 新着 最新 記事 新闻 未分类 要闻 뉴스 일반

    algemeen categorie diverse forside geen genel haber haberler laatste manşet nieuws nuus nyheder nyheter overig
    uutiset voorpagina yleinen yleistä zprávy
    """)
)


def kicker_from(story: Story, section: Section, language: Language) -> str:
    """Give the first category that says in words what nothing around it does, or "".

    Passed over: what names the section, or holds a word of its name; the publisher or source; an author; months, days
    and numbers; words that fit any story; and keys of a source's own making ("Trump, Donald J", "worldNews",
    "tag:uk_news"). A name is taken before a tag, which is written small.
    """
    titles = {section.title.casefold(), section.category.casefold()}
    if not story.categories or any(category.casefold() in titles for category in story.categories):
        return ""
    said = {word for title in titles for word in _words(title) if len(word) > 3}
    senders = [_words(name) for name in (story.publisher, story.source, *story.authors)]
    fit = [
        category
        for category in story.categories
        if len(category) <= _LONGEST
        and not _KEY.search(category)
        and (words := _words(category))
        and not all(word in _EMPTY or word in language.calendar or _NUMBER.fullmatch(word) for word in words)
        and not any(words <= sender for sender in senders)
        and not any(_alike(word, other) for word in words for other in said)
    ]
    kicker = clean(next((name for name in fit if not name[:1].islower()), fit[0] if fit else ""), _LONGEST)
    return kicker[:1].upper() + kicker[1:]


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))


def _alike(word: str, other: str) -> bool:
    """Tell whether two words are one, but for an ending: "Sport" and "Sports", "Politics" and "Politica"."""
    shorter, longer = sorted(map(len, (word, other)))
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(word, other, strict=False)))
    return shared >= min(5, shorter) > 3 and longer - shared < 4
