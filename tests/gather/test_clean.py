from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.errors import SourceError
from broadsheet.gather.clean import House, authors_of, categories_of, clean, language_of
from broadsheet.gather.dates import parse_date
from broadsheet.gather.links import clean_url, url_key
from broadsheet.gather.pictures import best_image
from broadsheet.gather.tails import without_tails
from broadsheet.gather.tailwords import ONWARD
from broadsheet.gather.text import line_of, paragraphs_of
from broadsheet.model import Image, RawStory, Story

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


def cleaned(**parts: object) -> Story:
    return clean(RawStory(source="s", **{"title": "T", **parts}), now=NOW)  # type: ignore[arg-type]  # a test's shorthand


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("AT&amp;T wins", "AT&T wins"),
        ("Caf\u0065\u0301 &mdash; <b>open</b>", "Café — open"),
        ("5 < 6 and 7 > 3", "5 < 6 and 7 > 3"),
        ("Use <name> here", "Use <name> here"),
        ("R&D; and &copy2020", "R&D; and &copy2020"),
        ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),
        ("one\x00two\u200b\u202ethree", "onetwothree"),
        (" a \n\t b\u00a0c ", "a b c"),
        ("<img src=x alt=y>A <i>line</i>", "A line"),
    ],
)
def test_a_line_is_plain_text_with_entities_decoded_once(written: str, read: str) -> None:
    assert line_of(written) == read


def test_paragraphs_keep_their_order_and_leave_media_out() -> None:
    html = (
        "<h2>Head</h2><p>One <a href='x'>link</a>.</p><ul><li>First<li>Second</ul>Loose<br><br>text"
        "<figure><img src=a><figcaption>Caption</figcaption></figure><script>x</script><p> </p><iframe></iframe>End"
    )
    assert paragraphs_of(html) == ("Head", "One link.", "First", "Second", "Loose", "text", "End")
    assert paragraphs_of("One\nstill one.\n\nTwo.") == ("One still one.", "Two.")


@pytest.mark.parametrize(
    "tail",
    [
        "Read more",
        "Read more »",
        "Read More...",
        "[Read more]",
        "Continue reading →",
        "Continue reading “The title”",
        "Read the full story on The Paper",
        "The post The title appeared first on The Paper.",
        "Weiterlesen",
        "Lire la suite",
        "Leer más",
        "Comments",
        "12 Comments",
        "Share this on Facebook",
        "Facebook Twitter Email",
        "Click here to read more",
        "This article was originally published on The Paper.",
        "Tweet | Pin it | Email this!",
        "View full article",
    ],
)
def test_tails_are_taken_off(tail: str) -> None:
    assert without_tails(("They won. It was late.", tail)) == ("They won. It was late.",)
    if not tail.startswith(("Comments", "12", "Share", "Facebook", "Tweet", "This article")):
        assert without_tails((f"They won. {tail}",)) == ("They won.",)


@pytest.mark.parametrize(
    "tail",
    [
        "Der Beitrag Ein Hafen erschien zuerst auf Die Zeitung.",
        "Cet article Un port est apparu en premier sur Le Journal.",
        "L’articolo Un porto proviene da Il Giornale.",
        "La entrada Un puerto se publicó primero en El Diario.",
        "O post Um porto apareceu primeiro em O Jornal.",
        "Het bericht Een haven verscheen eerst op De Krant.",
        "Inlägget En hamn dök först upp på Bladet.",
        "Artykuł Port pochodzi z serwisu Gazeta.",
        "Příspěvek Přístav se nejdříve objevil na Noviny.",
        "Запись Порт впервые появилась Газета.",
        "Artikkeli Satama julkaistiin ensimmäisenä Lehti.",
        "投稿 港 は 新聞 に最初に表示されました。",
        "A(z) Kikötő bejegyzés először Újság-én jelent meg.",
        "A harbour was originally published in The Paper on Medium, where people are continuing the conversation.",
        "Continue reading A harbour at The Paper.",
        "Continue reading A harbour →",
        "Lesen Sie auch: Ein Hafen für alle",
        "Lire aussi : Un port pour tous",
        "Leggi anche: Un porto per tutti",
        "Читайте также: Порт для всех",
        "Thanks for reading The Paper! Subscribe for free to receive new posts and support my work.",
        "Subscribe now",
        "This post is for paid subscribers",
        "Like this: Like Loading...",
        "Filed under: News Tagged: Harbour",
        "Tags: harbour, council",
        "Follow us on Twitter and Facebook",
        "Sign up for our newsletter.",
        "© 2026 The Paper. All rights reserved.",
        "Anzeige",
        "Teilen",
        "[mehr]",
        "Weiterlesen auf zeitung.example",
    ],
)
def test_tails_of_other_tongues_and_systems_are_taken_off(tail: str) -> None:
    assert without_tails(("They won. It was late.", tail)) == ("They won. It was late.",)


@pytest.mark.parametrize("phrase", sorted(ONWARD))
def test_every_invitation_to_read_on_goes_alone_and_behind_a_sentence(phrase: str) -> None:
    for dressed in (phrase, f"{phrase.capitalize()} »", f"[{phrase}…]", f"→ {phrase.upper()}".replace("İ", "i̇")):
        if dressed.strip("→ ").casefold() == phrase or dressed != dressed.upper():
            assert without_tails(("They won.", dressed)) == ("They won.",)
            assert without_tails((f"They won. {dressed}",)) == ("They won.",)


def test_share_buttons_go_with_the_line_above_them_and_marks_of_a_cut_behind_a_sentence() -> None:
    assert without_tails(("They won.", "Share this:", "Twitter", "Facebook", "It was late.")) == (
        "They won.",
        "It was late.",
    )
    unfinished = ("It was the ... Leia mais no Jornal!", "It was “the” […]", "A mirror (more in this video).")
    assert without_tails(unfinished) == ("It was the ...", *unfinished[1:])
    assert without_tails(("Il s'agit d'en savoir plus sur vos habitudes.",)) == (
        "Il s'agit d'en savoir plus sur vos habitudes.",
    )
    assert without_tails(("Twitter", "It changed its name. […]")) == ("Twitter", "It changed its name.")


@pytest.mark.parametrize(
    "text",
    [
        "The report was published by the statistics office on Tuesday.",
        "The article appeared in the Lancet on Friday.",
        "L’articolo 5 del trattato è chiaro.",
        "Mehr Geld gibt es nicht.",
        "Related costs rose by a tenth.",
        "Share prices fell.",
        "Copyright law is older than the press.",
        "Lire aussi souvent que possible est un conseil.",
        "The post office was first opened on Monday.",
        "She learned to read more quickly than her brother.",
        "The post was sent to Facebook and Twitter.",
        "Share prices fell by a tenth, and comments by the bank did not help.",
        "We continue reading the treaty on Monday.",
        "Children read more books than they did.",
    ],
)
def test_prose_that_sounds_like_a_tail_stays(text: str) -> None:
    assert without_tails((text, "It ended.")) == (text, "It ended.")


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("HTTP://Example.COM:80/a b?utm_medium=x&id=1&fbclid=2#top", "http://example.com/a%20b?id=1"),
        ("https://example.com/story/amp/?id=1", "https://example.com/story/?id=1"),
        ("https://amp.example.com/story.amp.html", "https://www.example.com/story.html"),
        ("https://www.google.com/amp/s/www.example.com/x", "https://www.example.com/x"),
        ("https://www-example-com.cdn.ampproject.org/c/s/www.example.com/x", "https://www.example.com/x"),
        ("https://m.example.co.uk/x", "https://www.example.co.uk/x"),
        ("https://en.m.wikipedia.org/wiki/Map", "https://en.wikipedia.org/wiki/Map"),
        ("https://www.google.com/url?sa=t&url=https%3A%2F%2Fexample.com%2Fx%3Fid%3D2", "https://example.com/x?id=2"),
        ("https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.com%2F", "https://example.com/"),
        (
            "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.com%2Fx&data=1",
            "https://example.com/x",
        ),
        ("//example.com/x", "https://example.com/x"),
        ("https://example.com/?a=1&amp;b=2", "https://example.com/?a=1&b=2"),
        ("https://example.com/x?source=rss&ref=main", "https://example.com/x?ref=main"),
        ("https://user:secret@example.com/x", "https://example.com/x"),
        ("https://example.com/käse?q=ü", "https://example.com/k%C3%A4se?q=%C3%BC"),
        ("https://example.com/#!/story/4", "https://example.com/#!/story/4"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("mailto:a@b.example", None),
        ("/relative", None),
        ("", None),
        ("https://", None),
        ("https://exa mple.com/", None),
        ("http://[::1", None),
        ("x" * 99_999, None),
    ],
)
def test_links_are_cleaned(link: str, url: str | None) -> None:
    assert clean_url(link) == url


@given(st.text(max_size=80))
def test_a_cleaned_link_is_safe_and_stays_as_it_is(text: str) -> None:
    url = clean_url("https://example.com/" + text)
    assert url is not None
    assert not set(url) & set(' "<>\n\r\t\\`\x00')
    assert clean_url(url) == url


def test_pages_are_compared_without_their_dress() -> None:
    assert url_key("https://www.example.com/a/?b=1&a=2") == url_key("http://example.com/a?a=2&b=1")
    assert url_key("https://example.com/") is None


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("Mon, 23 Nov 2026 18:30:00 +0100", "2026-11-23T17:30"),
        ("23 Nov 26 18:30 EST", "2026-11-23T23:30"),
        ("Mon, 23 November 2026 6:30 PM PDT", "2026-11-24T01:30"),
        ("2026-11-23T18:30:00Z", "2026-11-23T18:30"),
        ("2026-11-23 18:30", "2026-11-23T18:30"),
        ("2026-11-23", "2026-11-23T00:00"),
        ("20261123T183000Z", "2026-11-23T18:30"),
        ("23.11.2026 18:30", "2026-11-23T18:30"),
        ("11/23/2026 06:30 PM", "2026-11-23T18:30"),
        ("23/11/2026", "2026-11-23T00:00"),
        ("lundi 23 novembre 2026 18:30", "2026-11-23T18:30"),
        ("Mo, 23 Dez 2026 18:30:00 MEZ", "2026-12-23T17:30"),
        ("Δευ, 23 Νοέ 2026 18:30:00 +0200", "2026-11-23T16:30"),
        ("2026년 11월 23일 오후 6:30", "2026-11-23T18:30"),
        ("1795458600", "2026-11-23T18:30"),
        ("1795458600000", "2026-11-23T18:30"),
        ("2026-11-23T24:00:00Z", "2026-11-24T00:00"),
        ("Mon Nov 23 18:30:00 2026", "2026-11-23T18:30"),
        ("2026-11-23T18:30:60Z", "2026-11-23T18:30"),
        ("November 23, 2026", "2026-11-23T00:00"),
        ("Thu, 23 Nov 2026 18:30:00 GMT+02:00", "2026-11-23T16:30"),
        ("mar., 24 nov. 2026 07:00:00 +0100", "2026-11-24T06:00"),
        ("martedì 24 novembre 2026 alle 10:30", "2026-11-24T10:30"),
        ("Mar 24 2026 10:30 AM", "2026-03-24T10:30"),
        ("Paz, 22 Kas 2026 10:30:00 +0300", "2026-11-22T07:30"),
        ("2026. 11. 24. 10:30", "2026-11-24T10:30"),
        ("24. 11. 2026", "2026-11-24T00:00"),
        ("soon", None),
        ("", None),
        ("Mon, 32 Nov 2026", None),
        ("2026-13-45", None),
        ("99999999999999", None),
    ],
)
def test_dates_in_odd_forms(written: str, utc: str | None) -> None:
    at = parse_date(written)
    assert (at.strftime("%Y-%m-%dT%H:%M") if at else None) == utc


@given(st.text(max_size=60))
def test_any_text_is_a_date_in_utc_or_none(text: str) -> None:
    at = parse_date(text)
    assert at is None or at.utcoffset() == timedelta()


def test_a_date_that_cannot_be_true_makes_the_story_undated() -> None:
    assert cleaned(published="2027-01-01").dated is False
    assert cleaned(published="1970-01-01T00:00:00Z").dated is False
    assert cleaned(published=NOW + timedelta(hours=3)).dated is True
    assert cleaned(published="nonsense", updated="2026-11-23").published_at == datetime(2026, 11, 23, tzinfo=UTC)
    undated = cleaned()
    assert (undated.published_at, undated.dated) == (NOW, False)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (("news@example.com (Ann Lee)",), ("Ann Lee",)),
        (("Ann Lee <ann@example.com>",), ("Ann Lee",)),
        (("ann@example.com",), ()),
        (("By Ann Lee", "ann lee"), ("Ann Lee",)),
        (("admin",), ()),
        (("Lee, A., Ray, B.",), ("Lee, A., Ray, B.",)),
        (("Zoë &amp; Bo",), ("Zoë & Bo",)),
        (("ann (at) example.com",), ()),
        (("Ann Lee (mailto:ann@example.com)",), ("Ann Lee",)),
        (("<script>x</script>Kim",), ("Kim",)),
    ],
)
def test_authors_are_names(written: tuple[str, ...], read: tuple[str, ...]) -> None:
    assert authors_of(written) == read


def test_categories_and_languages() -> None:
    assert categories_of(("World", "world", " Arts &amp; Life ", "", "http://x.example/t")) == ("World", "Arts & Life")
    assert [language_of(tag) for tag in ("EN_us", "zh-hant-tw", "de", "english!", "")] == [
        "en-US", "zh-Hant-TW", "de", "", "",
    ]  # fmt: skip
    story = clean(RawStory(source="s", title="T", categories=("Cup",), publisher="Feed", language="en"), now=NOW,
                  house=House(category="Sport", publisher="Paper", language="de"))  # fmt: skip
    assert (story.categories, story.publisher, story.language) == (("Sport", "Cup"), "Paper", "de")


def test_the_best_picture_is_large_and_no_tracker() -> None:
    def best(*urls: str | Image) -> str | None:
        image = best_image(url if isinstance(url, Image) else Image(url=url) for url in urls)
        return image.url if image else None

    assert best("https://a.example/pixel.gif", "https://a.example/p.jpg") == "https://a.example/p.jpg"
    assert best(Image(url="https://a.example/s.jpg", width=60, height=60), "https://a.example/b.jpg") == (
        "https://a.example/b.jpg"
    )
    assert best(Image(url="https://a.example/t.gif", width=1, height=1), "data:image/png;base64,x") is None
    assert best("https://feeds.feedburner.com/~r/x/~4/y", "https://a.example/facebook_icon.png") is None
    assert best("https://a.example/email-without-publishing.png?w=600&amp;h=2") == (
        "https://a.example/email-without-publishing.png?w=600&h=2"
    )


def test_a_story_needs_a_title_or_a_text() -> None:
    with pytest.raises(SourceError, match="neither a title nor a text"):
        cleaned(title=" <b> </b> ")
    assert cleaned(title="", summary="A first sentence. A second.").title == "A first sentence."
    assert cleaned(title="", content="word " * 60).title.endswith("word…")


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=120), st.text(max_size=200), st.text(max_size=300))
def test_whatever_is_written_comes_out_plain(title: str, summary: str, content: str) -> None:
    try:
        story = cleaned(title=title, summary=summary, content=content)
    except SourceError:
        return
    for text in (story.title, story.dek, *story.body):
        assert text == unicodedata.normalize("NFC", text) == text.strip()
        assert not any(unicodedata.category(character) in ("Cc", "Cs") for character in text)
        assert "\u202e" not in text
