"""What categories are called: the standard ones, and the many names that feeds, URLs and newsrooms have for them."""

from __future__ import annotations

import re
from functools import lru_cache

from broadsheet.edit.words import fold

_ALIASES = {
    "politics": "politics, political, politic, elections, election, government, congress, parliament, white house, "
    "uk politics, us politics, politik, innenpolitik, politique, política, politica, politiek, national politics",
    "world": "world, world news, worldpost, the worldpost, international, international news, foreign, global, "
    "global news, europe, africa, asia, middle east, americas, latin america, ausland, welt, monde, mundo, esteri, "
    "buitenland, internacional, asia pacific, world affairs, foreign affairs",
    "business": "business, business news, economy, economics, economic, finance, financial, money, markets, market, "
    "companies, personal finance, banking, investing, stocks, trade, jobs, work, careers, real estate, property, "
    "your money, wirtschaft, finanzen, économie, argent, economía, negocios, economia, finanza, economie, b",
    "technology": "technology, tech, technology news, digital, internet, computing, computers, gadgets, software, "
    "hardware, mobile, gaming, games, video games, cybersecurity, web, it, technik, netzwelt, technologie, tecnología, "
    "tecnologia",
    "science": "science, science news, space, physics, biology, research, archaeology, wissenschaft, wissen, sciences, "
    "ciencia, scienza, wetenschap, astronomy",
    "environment": "environment, climate, climate change, green, weather, nature, energy and environment, earth, "
    "umwelt, klima, environnement, planète, medio ambiente, ambiente, milieu, sustainability, animals, wildlife",
    "health": "health, health news, healthy living, wellness, medicine, medical, fitness, well, well being, nutrition, "
    "mental health, coronavirus, covid 19, gesundheit, santé, salud, salute, gezondheid, saúde, m",
    "sport": "sport, sports, sports news, football, soccer, cricket, tennis, golf, rugby, basketball, nba, nfl, mlb, "
    "nhl, formula 1, f1, motorsport, olympics, athletics, baseball, boxing, fußball, deportes, esportes, sporten, "
    "college football",
    "entertainment": "entertainment, entertainment news, showbiz, celebrity, celebrities, tv, television, film, "
    "movies, movie, music, comedy, tv and radio, arts and entertainment, hollywood, stars, panorama, people, gossip, "
    "unterhaltung, espectáculos, spettacoli, divertissement, e, entretenimiento, tvshowbiz",
    "culture": "culture, arts, art, culture and arts, arts and culture, books, literature, theatre, theater, museums, "
    "design, architecture, photography, kultur, feuilleton, livres, cultura, cultuur, kunst, the arts",
    "crime": "crime, crime and justice, justice, courts, law, police, legal, kriminalität, faits divers, sucesos, "
    "cronaca, crime and courts, true crime",
    "education": "education, schools, university, universities, higher education, college, bildung, éducation, "
    "educación, istruzione, onderwijs",
    "lifestyle": "lifestyle, life, life and style, style, style and beauty, fashion, beauty, food, food and drink, "
    "taste, recipes, travel, home, home and living, family, parenting, parents, relationships, weddings, divorce, "
    "garden, gardening, shopping, leben, mode, reise, vie, estilo, stile, viaggi, leisure, living, home and garden",
}
STANDARD = tuple(_ALIASES)

_WIDER = {
    "science technology": ("technology", "science"),
    "sci tech": ("technology", "science"),
    "science and technology": ("technology", "science"),
    "science tech": ("technology", "science"),
    "science and tech": ("technology", "science"),
    "technology and science": ("technology", "science"),
    "tech and science": ("technology", "science"),
    "sciencetech": ("technology", "science"),
    "t": ("technology", "science"),
    "science and environment": ("science", "environment"),
    "science environment": ("science", "environment"),
    "health and science": ("health", "science"),
    "science and health": ("health", "science"),
    "politics and world": ("politics", "world"),
    "world and politics": ("politics", "world"),
    "arts and leisure": ("culture", "entertainment"),
    "business and technology": ("business", "technology"),
    "business and tech": ("business", "technology"),
    "culture and entertainment": ("culture", "entertainment"),
}
# Names of a part of a topic: a section called so is not filled with all of the topic ("Gardening" with fashion).
_NARROW = (
    "football, soccer, cricket, tennis, golf, rugby, basketball, nba, nfl, mlb, nhl, formula 1, f1, motorsport, "
    "olympics, athletics, baseball, boxing, fußball, college football, style, style and beauty, fashion, beauty, "
    "food, food and drink, taste, recipes, travel, home, home and living, family, parenting, parents, "
    "relationships, weddings, divorce, garden, gardening, shopping, mode, reise, viaggi, home and garden, books, "
    "literature, theatre, theater, museums, design, architecture, photography, livres, tv, television, film, "
    "movies, movie, music, comedy, tv and radio, space, physics, biology, archaeology, astronomy, gaming, games, "
    "video games, cybersecurity, nutrition, fitness, mental health, coronavirus, covid 19, real estate, property, "
    "careers, europe, africa, asia, middle east, americas, latin america, asia pacific, weather, animals, "
    "wildlife"
)
_PARTS = re.compile(r"[^\W_]+")
_FILLERS = frozenset({"news", "section", "latest", "all", "the"})


@lru_cache(maxsize=4096)
def key(name: str) -> str:
    """Reduce a name to what it is compared by: "Life & Style", "life-and-style" and "LIFE/STYLE" come close."""
    return " ".join(fold(part) for part in _PARTS.findall(name.replace("&", " and ").replace("U.S.", "US")))


def _table() -> dict[str, tuple[str, ...]]:
    table: dict[str, tuple[str, ...]] = {
        key(alias): (name,) for name, aliases in _ALIASES.items() for alias in aliases.split(",")
    }
    table.update(_WIDER)
    return table


_TABLE = _table()
_NARROW_KEYS = frozenset(key(name) for name in _NARROW.split(","))


@lru_cache(maxsize=4096)
def standard_for(name: str) -> tuple[str, ...]:
    """Give the standard categories that a name covers; none when it names something else ("Opinion", "Local")."""
    whole = key(name)
    if whole in _TABLE:
        return _TABLE[whole]
    parts = [part for part in whole.split() if part not in _FILLERS]
    return _TABLE.get(" ".join(parts), ())


def is_narrow(name: str) -> bool:
    """Tell whether a name means a part of its topic only, as "Gardening" of lifestyle."""
    return key(name) in _NARROW_KEYS
