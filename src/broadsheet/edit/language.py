"""Guess the language of a text from its small words or its script, for stories whose source declares none.

A guess needs at least two small words and a clear lead; otherwise the answer is "" (unknown). The lists are short on
purpose: small words make up a third of any running text, and a guess only has to keep languages apart.
"""

from __future__ import annotations

import re
from functools import lru_cache

_SMALL_WORDS = {
    "en": "the a of and to in for is on that with was as at by from it his her be are this has have had not but they "
    "after over who will would their an or its been were you your how what why when which he she we our out up about "
    "into than more could should says said new amid all can do if no so them there these those him me my i just get "
    "may against before off down one two other some such only while where during between because through under still "
    "most any both did does being then now too very also re ve ll don",
    "de": "der die das und ist nicht mit von den dem des ein eine einen einem einer auf für im zu sich auch als an aus "
    "bei nach wird werden wurde wurden hat haben sind war waren sie er es wie oder aber über um zum zur vor noch nur "
    "dass kann sein seine ihre ihr mehr durch gegen unter wenn am vom bis ich wir so man will sei doch schon jetzt "
    "sagte was wer diese dieser dieses beim ab",
    "fr": "le la les des du de un une et est en que qui dans pour pas sur au aux par avec ce ces cette son sa ses il "
    "elle ils ne se plus ont été être avait leur leurs mais ou sont nous vous après entre selon sans comme tout tous "
    "fait deux où si lui dont contre depuis aussi même très peut qu",
    "es": "el la los las de del un una y en que por para con no se su sus es al lo como más ha han fue ser son pero o "
    "este esta entre sobre tras sin ya desde hasta cuando muy dos también había todo está según años donde le les si "
    "contra durante porque era sido tiene",
    "it": "il lo la gli le di del della dei delle degli un una e è in che per con non si da dal dalla al alla sono ha "
    "hanno come più anche nel nella sul sulla ma dopo contro stato stata essere questo questa suo sua o ed fra tra "
    "dell nell sull all dall era due loro",
    "pt": "o os as de do da dos das um uma e em no na nos nas que por para com não se seu sua é ao aos à mais como "
    "foi ser são mas ou entre sobre após sem já desde até quando muito também pelo pela está diz anos foram tem",
    "nl": "de het een en van in is dat op te zijn met voor niet aan er om ook als bij door maar uit over dan naar "
    "wordt werd heeft hebben ze hij zich na nog worden deze tot haar meer geen kan of was tegen al hun omdat jaar",
    "sv": "och att det i en är som på av för med den till har de inte om ett han men var sig från vi så kan när hon nu "
    "eller efter ut vid sin under där också över mot ska blir mer sedan säger",
    "da": "og at det i en er som på af for med den til har de ikke om et han men var sig fra vi så kan når hun nu "
    "eller efter ud ved sin under der også over mod skal bliver mere siden siger",
    "no": "og at det i en er som på av for med den til har de ikke om et han men var seg fra vi så kan når hun nå "
    "eller etter ut ved sin under der også over mot skal blir mer siden sier",
    "pl": "w i na się z do nie jest to że po o za przez od dla jak są ale ma co oraz był była były czy tym tego jego "
    "jej ich przed już przy tylko być może lat który która które",
    "tr": "ve bir bu için ile da de olarak olan daha çok en ne gibi kadar sonra ama var yeni göre ise değil o mi",
    "fi": "ja on ei se että oli hän mutta ovat kun myös mukaan sen joka tai niin vain ole kuin nyt jo ollut ennen",
}
SMALL_WORDS = {language: frozenset(words.split()) for language, words in _SMALL_WORDS.items()}

# Days and months are on every story; "march" and "may" are words of their own.
_CALENDAR = (
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thurs fri sat sun january february "
    "april june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec "
    "today yesterday tomorrow week weekend"
)
CALENDAR = frozenset(_CALENDAR.split())

_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("uk", re.compile("[іїєґІЇЄҐ]")),
    ("ru", re.compile("[\u0430-\u044f]{2}")),
    ("el", re.compile("[\u03b1-\u03c9]{2}")),
    ("ar", re.compile("[\u0620-\u064a]{2}")),
    ("he", re.compile("[\u05d0-\u05ea]{2}")),
    ("hi", re.compile("[\u0900-\u097f]{2}")),
    ("th", re.compile("[\u0e01-\u0e30]{2}")),
)
_LATIN = re.compile(r"[a-zA-Z]{2}")
_WORD = re.compile(r"[^\W\d_]+")
_ONLY_LETTERS = {code: " " for code in range(128) if not chr(code).isalpha()}
_SAMPLE = 300  # characters; a guess hardly gets better with more


@lru_cache(maxsize=256)
def primary(tag: str) -> str:
    """Reduce a language tag to its primary part: "en-GB" and "en_us" are "en" (RFC 5646)."""
    return tag.strip().replace("_", "-").partition("-")[0].lower()


def guess_language(text: str) -> str:
    """Name the language of a text ("en", "de", ...), or "" when a few words do not tell."""
    sample = text[:_SAMPLE]
    if not sample.isascii():
        latin = len(_LATIN.findall(sample))
        for language, script in _SCRIPTS:
            if len(script.findall(sample)) > latin:
                return language
    lower = sample.lower()
    words = set(lower.translate(_ONLY_LETTERS).split() if lower.isascii() else _WORD.findall(lower))
    hits = sorted([(len(words & small), language) for language, small in SMALL_WORDS.items()], reverse=True)
    return hits[0][1] if hits[0][0] >= 2 and hits[0][0] > hits[1][0] else ""
