"""A publisher's name in a feed's title."""

from __future__ import annotations

import pytest

from broadsheet.gather.publishers import publisher_of


@pytest.mark.parametrize(
    ("title", "url", "name"),
    [
        ("NYT > Home Page", "http://www.nytimes.com/2017/01/06/us/a.html", "NYT"),
        ("World – The Indian Express", "https://indianexpress.com/article/world/a/", "The Indian Express"),
        ("CTVNews.ca - Top Stories - Public RSS", "http://www.ctvnews.ca/politics/a", "CTVNews.ca"),
        ("mirror - World news", "http://www.mirror.co.uk/news/a", "mirror"),
        ("Business: BreakingNews.ie", "http://www.breakingnews.ie/business/a.html", "BreakingNews.ie"),
        ("Japan Today: Japan News and Discussion", "https://www.japantoday.com/a", "Japan Today"),
        ("BBC News - World", "https://www.bbc.co.uk/news/a", "BBC News"),
        ("World news | The Guardian", "https://www.theguardian.com/world/a", "The Guardian"),
        ("Politik - Süddeutsche.de", "https://www.sueddeutsche.de/politik/a", "Süddeutsche.de"),
        ("Aktuell - FAZ.NET", "http://www.faz.net/a.html", "FAZ.NET"),
        ("Analysen Ticker - www.finanzen.net", "http://www.finanzen.net/analyse/a", "finanzen.net"),
        ("News : Le Parisien", "https://www.leparisien.fr/a", "Le Parisien"),
        ("Garden notes | Notes from a garden", "https://gardennotes.substack.com/p/a", "Garden notes"),
    ],
)
def test_the_part_that_is_spelt_like_the_host_is_the_publisher(title: str, url: str, name: str) -> None:
    assert publisher_of(title, url) == name


@pytest.mark.parametrize(
    ("title", "url"),
    [
        ("The Daily Planet", "https://example.org/a"),
        ("Mail - and more", "https://example.org/a"),
        ("News - Newsletter of the parish", "https://newsforparish.example/a"),
        ("Spider-Man: A Fan's Pages", "https://pages.example.com/a"),
        ("Q: A", "https://q.com/a"),
        ("The Planet - World", None),
        ("", "https://example.org/a"),
        ("- | -", "https://example.org/a"),
    ],
)
def test_a_title_stays_where_no_part_is(title: str, url: str | None) -> None:
    assert publisher_of(title, url) == title
