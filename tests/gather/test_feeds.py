"""Small feeds beside what they must become. To record a bug, add a case."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.errors import SourceError
from broadsheet.gather.clean import clean
from broadsheet.gather.reading import read_stories
from broadsheet.model import RawStory, Story

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


def raws(data: str | bytes, base: str = "", name: str = "feed.xml") -> list[RawStory]:
    stream = io.BytesIO(data.encode() if isinstance(data, str) else data)
    return [raw for raw in read_stories(stream, source="feed", place=name, base=base) if isinstance(raw, RawStory)]


def stories(data: str | bytes, base: str = "") -> list[Story]:
    return [clean(raw, now=NOW) for raw in raws(data, base)]


def story(item: str, *, head: str = "", attributes: str = "", base: str = "") -> Story:
    [only] = stories(f'<rss version="2.0" {attributes}><channel>{head}<item>{item}</item></channel></rss>', base)
    return only


MEDIA = 'xmlns:media="http://search.yahoo.com/mrss/"'
DC = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
CONTENT = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'


def test_rss_2_with_everything() -> None:
    got = story(
        "<title>A &amp;amp; B win</title><link>https://a.example/win?utm_source=rss&amp;id=3</link>"
        "<guid isPermaLink='false'>tag:1</guid><dc:creator>By Ann Lee</dc:creator>"
        "<category>Sport</category><category>sport</category><dc:subject>Cup</dc:subject>"
        "<pubDate>Mon, 23 Nov 2026 18:30:00 EST</pubDate>"
        "<description>&lt;p&gt;They won. It was late. &lt;a href='x'&gt;Read more&lt;/a&gt;&lt;/p&gt;</description>"
        "<content:encoded><![CDATA[<p>They won.</p><p>It was late.</p><script>x()</script>"
        "<img src='/i.jpg' alt='Cup'>]]>"
        "</content:encoded>",
        head="<title>The &lt;b&gt;Paper&lt;/b&gt;</title><link>https://a.example/</link><language>en-gb</language>",
        attributes=f"{DC} {CONTENT}",
    )
    assert (got.title, got.url, got.guid) == ("A & B win", "https://a.example/win?id=3", "tag:1")
    assert got.published_at == datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    assert (got.dek, got.body) == ("They won. It was late.", ("They won.", "It was late."))
    assert (got.authors, got.categories) == (("Ann Lee",), ("Sport", "Cup"))
    assert (got.publisher, got.language) == ("The Paper", "en-GB")
    assert got.image is not None
    assert (got.image.url, got.image.alt) == ("https://a.example/i.jpg", "Cup")


def test_atom_1_with_types_bases_and_inherited_author() -> None:
    [first, second] = stories(
        """<?xml version="1.0"?>
        <feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de" xml:base="https://b.example/x/">
        <title>Blatt</title><author><name>Redaktion</name></author>
        <entry><title type="html">Eins &amp;lt; Zwei &lt;em&gt;jetzt&lt;/em&gt;</title><id>urn:1</id>
        <link rel="self" href="self"/><link rel="alternate" type="text/html" href="eins.html"/>
        <updated>2026-11-23T10:00:00+02:00</updated><category term="p" label="Politik"/>
        <content type="xhtml" xml:base="img/"><div xmlns="http://www.w3.org/1999/xhtml"><p>Ein <b>Satz</b>.</p>
        <p>Noch einer.</p><img src="a.png"/></div></content></entry>
        <entry><title>1 &lt; 2 &amp;amp; 3</title><id>urn:2</id>
        <author><name>Eva</name><email>e@b.example</email></author>
        <published>2026-11-22</published><summary type="text">Kurz &lt;b&gt; und gut.</summary></entry></feed>"""
    )
    assert (first.title, first.url) == ("Eins < Zwei jetzt", "https://b.example/x/eins.html")
    assert (first.body, first.authors) == (("Ein Satz.", "Noch einer."), ("Redaktion",))
    assert (first.categories, first.language) == (("Politik",), "de")
    assert first.published_at == datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    assert (second.title, second.dek, second.authors) == ("1 < 2 &amp; 3", "Kurz <b> und gut.", ("Eva",))


def test_rss_1_keeps_items_beside_the_channel() -> None:
    [got] = stories(
        f"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" {DC}>
        <channel rdf:about="x"><title>Alt</title><link>https://c.example</link><dc:language>fr</dc:language></channel>
        <item rdf:about="https://c.example/1"><title>Un</title><link>https://c.example/1</link>
        <dc:date>2026-11-20T12:00Z</dc:date><description>Texte.</description></item></rdf:RDF>"""
    )
    assert (got.title, got.publisher, got.language, got.dated) == ("Un", "Alt", "fr", True)
    assert got.guid == "https://c.example/1"


@pytest.mark.parametrize(
    ("item", "url", "width"),
    [
        ('<media:content url="https://i.example/a.jpg" medium="image" width="800" height="600"/>', "a.jpg", 800),
        ('<media:group><media:content url="https://i.example/v.mp4" type="video/mp4"/>'
         '<media:thumbnail url="https://i.example/t.jpg" width="120" height="90"/></media:group>', "t.jpg", 120),
        ('<enclosure url="https://i.example/e.png" type="image/png" length="1"/>', "e.png", None),
        ("<image><url>https://i.example/u.gif</url></image>", "u.gif", None),
        ("<description>&lt;img src='https://i.example/pixel.gif' width='1' height='1'&gt;"
         "&lt;img src='https://i.example/d.jpg'&gt;</description>", "d.jpg", None),
        ('<media:thumbnail url="https://i.example/s.jpg" width="60" height="40"/>'
         '<media:content url="https://i.example/b.jpg" type="image/jpeg" width="600" height="400"/>', "b.jpg", 600),
    ],
)  # fmt: skip
def test_the_best_picture_is_found_wherever_it_stands(item: str, url: str, width: int | None) -> None:
    got = story(f"<title>T</title>{item}", attributes=MEDIA)
    assert got.image is not None
    assert (got.image.url, got.image.width) == (f"https://i.example/{url}", width)


@pytest.mark.parametrize(
    "data",
    [
        "<rss><channel><item><title>R&D at Ford</title></item></channel></rss>",
        "<rss><channel><item><title>R&amp;D at Ford</title></item>",
        '<rss version="2.0"><channel><item><title>R&amp;D at Ford</title><media:title>x</media:title></item>'
        "</channel></rss>",
        '<rss xmlns="https://own.example/ns"><channel><item><title>R&amp;D at Ford</title></item></channel></rss>',
        '<?xml version="1.1"?>\n\n<rss><channel><item><title>R&amp;D at Ford\x0b</title></item></channel></rss>',
        "HTTP/1.1 200 OK\n\n<rss><channel><item><title>R&amp;D at Ford</title></item></channel></rss>",
        "<rss><channel><item><title>R&amp;D at Ford</title></item></channel></rss> trailing <b>words",
        "<rss><channel><item><title>R&amp;D at Ford</title><br></item></channel></rss>",
        "<!DOCTYPE rss [<!ENTITY a 'aaaa'>]><rss><channel><item><title>R&amp;D at Ford</title></item></channel></rss>",
        "<html><body><rss><channel><item><title>R&amp;D at Ford</title></item></channel></rss></body></html>",
    ],
)
def test_broken_feeds_still_give_their_stories(data: str) -> None:
    assert [one.title for one in stories(data)] == ["R&D at Ford"]


FAULTS = {
    "an end of CDATA inside of it": ("<![CDATA[<p>One ]]> two</p><p>three & four</p>]]>", "One two three & four"),
    "CDATA in CDATA": ("<![CDATA[<p>One <![CDATA[ two ]]> three</p>]]>", "One two three"),
    "CDATA that never ends": ("<![CDATA[<p>One & two</p>", "One & two"),
    "CDATA written oddly": ("<! [cdata [<p>One two</p>]]>", "One two"),
    "bare ampersands": ("One & two &", "One & two &"),
    "HTML's entities": ("Caf&eacute;&nbsp;&hellip; &bogus;", "Café … &bogus;"),
    "a sign that is no tag": ("One < two", "One < two"),
    "tags never closed": ("<p>One<br>two<p>three", "One two three"),
    "tags closed in the wrong order": ("<b><i>One</b></i> two", "One two"),
    "an undeclared prefix": ("<foo:p bar:q='1'>One</foo:p>", "One"),
    "an attribute without quotes": ("<a href=https://a.example/x>One</a>", "One"),
    "the same attribute twice": ("<b class='a' class='b'>One</b>", "One"),
    "a character that is none": ("One &#0;&#x1f;two\x0b", "One two"),
}


@pytest.mark.parametrize(("written", "text"), FAULTS.values(), ids=FAULTS)
def test_a_fault_costs_neither_its_story_nor_the_others(written: str, text: str) -> None:
    items = [f"<item><title>Story {number}</title><description>Words.</description></item>" for number in range(3)]
    items.insert(1, f"<item><title>Broken</title><description>{written}</description><author>Ann</author></item>")
    head = "<title>Paper</title><link>https://a.example</link>"
    got = stories(f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{"".join(items)}</channel></rss>')
    assert [one.title for one in got] == ["Story 0", "Broken", "Story 1", "Story 2"]
    assert [one.publisher for one in got] == ["Paper"] * 4
    assert " ".join(got[1].body or (got[1].dek,)) == text
    assert got[1].authors == ("Ann",)


@pytest.mark.parametrize(
    "data",
    [
        "<item><title>Broken<link>https://a.example/2</link></item>",
        "<item><title>Broken</title><link>https://a.example/2",
        "<item><Title>Broken</title><link>/2</link>",
        "<item><title><b>Broken</title><LINK>https://a.example/2</link></item>",
    ],
)
def test_an_item_whose_tags_do_not_match_is_read_as_far_as_it_goes(data: str) -> None:
    head = "<rss><channel><title>Paper</title><link>https://a.example/</link>"
    got = stories(f"{head}<item><title>One & two</title></item>{data}")
    assert [(one.title, one.url) for one in got] == [("One & two", None), ("Broken", "https://a.example/2")]


@pytest.mark.parametrize(
    ("mark", "label", "encoding"),
    [
        (b"\xef\xbb\xbf", "windows-1250", "windows-1250"),
        (b"\xff\xfe", "utf-8", "utf-8"),
        (b"\xfe\xff", "utf-16", "utf-16-le"),
        (b"", "utf-16", "utf-8"),
        (b"", "utf-8", "utf-16-be"),
        (b"", "utf-8", "utf-32-le"),
        (b"", "nonsense", "utf-8"),
    ],
)
def test_marks_and_labels_that_are_wrong(mark: bytes, label: str, encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{label}"?><rss><channel><item><title>Žluť für Café</title></item>'
    assert [one.title for one in stories(mark + text.encode(encoding))] == ["Žluť für Café"]


@pytest.mark.parametrize(
    ("data", "title"),
    [
        ('<?xml version="1.0" encoding="windows-1251"?><rss><channel><item><title>Привет</title></item></channel></rss>'
         .encode("cp1251"), "Привет"),
        ('<?xml version="1.0" encoding="utf-8"?><rss><channel><item><title>Fête à Nîmes</title></item></channel></rss>'
         .encode("latin-1"), "Fête à Nîmes"),
        ('<?xml version="1.0" encoding="utf-16"?><rss><channel><item><title>日本</title></item></channel></rss>'
         .encode("utf-16"), "日本"),
        ('<?xml version="1.0" encoding="iso-8859-1"?><rss><channel><item><title>‘Quoted’ é</title></item>'
         .encode("cp1252"), "‘Quoted’ é"),
        (b"<rss><channel><item><title>Caf&eacute; &#151; &nbsp;d&rsquo;or</title></item></channel></rss>",
         "Café — d’or"),
    ],
    ids=["declared", "declared wrongly", "utf-16", "windows in latin-1's clothes", "html entities"],
)  # fmt: skip
def test_encodings(data: bytes, title: str) -> None:
    assert stories(data)[0].title == title


def test_a_link_is_found_where_feeds_put_it() -> None:
    burner = 'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"'
    assert story("<title>T</title><guid>https://a.example/g</guid>").url == "https://a.example/g"
    assert story("<title>T</title><link>/r/1</link>", head="<link>https://a.example/home</link>").url == (
        "https://a.example/r/1"
    )
    assert (
        story("<title>T</title><link>r/1</link>", base="https://a.example/f/feed.xml").url == "https://a.example/f/r/1"
    )
    assert story(
        "<title>T</title><link>https://p.example/~r/1</link><feedburner:origLink>https://a.example/1</feedburner:origLink>",
        attributes=burner,
    ).url == "https://a.example/1"  # fmt: skip
    assert story("<title>T</title><link>javascript:alert(1)</link>").url is None


def test_a_whole_summary_is_preferred_to_a_cut_one() -> None:
    itunes = 'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
    got = story(
        "<title>T</title><description>Guests discuss...</description>"
        "<itunes:subtitle>Guests discuss Rome.</itunes:subtitle>",
        attributes=itunes,
    )
    assert got.dek == "Guests discuss Rome."


def test_json_feed_1_and_1_1() -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "J",
        "home_page_url": "https://j.example/",
        "language": "en",
        "authors": [{"name": "House"}],
        "items": [
            {"id": 7, "url": "/seven", "title": "A < B", "content_html": "<p>Yes. No.</p>", "tags": ["X"],
             "image": "seven.jpg", "date_published": "2026-11-20T10:00:00-05:00", "authors": [{"name": "Kim"}]},
            {"id": "8", "content_text": "No title here. Just text <b>."},
            "nonsense",
        ],
    }  # fmt: skip
    got = list(read_stories(io.BytesIO(json.dumps(feed).encode()), source="j", place="j.json"))
    seven, eight, bad = got
    assert isinstance(bad, SourceError)
    assert isinstance(seven, RawStory)
    assert isinstance(eight, RawStory)
    one, two = clean(seven, now=NOW), clean(eight, now=NOW)
    assert (one.title, one.url, one.guid) == ("A < B", "https://j.example/seven", "7")
    assert (one.authors, one.categories, one.language) == (("Kim",), ("X",), "en")
    assert one.image is not None
    assert one.image.url == "https://j.example/seven.jpg"
    assert (two.title, two.authors) == ("No title here.", ("House",))
    assert two.body == ("No title here. Just text <b>.",)


def test_no_entity_is_ever_expanded() -> None:
    bomb = (
        "<!DOCTYPE r [<!ENTITY a 'ha'>"
        + "".join(f"<!ENTITY {chr(98 + i)} '{f'&{chr(97 + i)};' * 10}'>" for i in range(20))
        + "<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"
    )
    [got] = stories(f"{bomb}<rss><channel><item><title>T &u; &x;</title></item></channel></rss>")
    assert len(got.title) < 20
    assert "root" not in got.title


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="<>/!?[]&;=\"' abirsstemlchn:#x0", max_size=300))
def test_any_bytes_give_stories_or_a_refusal(text: str) -> None:
    try:
        for one in raws(f"<rss><channel><item><title>{text}"):
            clean(one, now=NOW)
    except SourceError:
        pass


def test_every_real_feed_is_read(shared_data: Path) -> None:
    folder = shared_data / "feeds"
    for line in (folder / "manifest.jsonl").read_text().splitlines():
        entry = json.loads(line)
        file = next(path for path in (folder / entry["file"], folder / "files" / entry["file"]) if path.is_file())
        if entry["items"]:
            assert len(raws(file.read_bytes(), name=file.name + ".xml")) >= entry["items"], file.name


def test_a_picture_in_the_text_of_json_is_found() -> None:
    item = {"id": "1", "title": "One", "url": "https://a.example/b/1", "content_html": "<p>It.</p><img src='../i.jpg'>"}
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Paper", "items": [item]}
    for document in (feed, [{"title": "One", "url": item["url"], "content": item["content_html"]}]):
        [got] = [clean(raw, now=NOW) for raw in raws(json.dumps(document), name="feed.json")]
        assert got.image is not None
        assert got.image.url == "https://a.example/i.jpg"


@pytest.mark.parametrize(
    ("item", "categories"),
    [
        ("<prism:section>Physics</prism:section>", ("Physics",)),
        (
            "<itunes:keywords>football   a-league; cup, final</itunes:keywords>",
            ("football", "a-league", "cup", "final"),
        ),
        ("<slash:section>news</slash:section><category>IT</category>", ("IT", "news")),
    ],
)
def test_categories_are_found_wherever_they_stand(item: str, categories: tuple[str, ...]) -> None:
    spaces = (
        'xmlns:prism="http://purl.org/rss/1.0/modules/prism/" xmlns:slash="http://purl.org/rss/1.0/modules/slash/"'
        ' xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
    )
    assert story(f"<title>One</title>{item}", attributes=spaces).categories == categories


def test_a_base_that_is_no_address_starts_from_the_sites() -> None:
    head = '<link href="https://a.example/"/>'
    [got] = stories(
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:base="#x">{head}<entry><title>One</title>'
        '<link href="/one"/></entry></feed>'
    )
    assert got.url == "https://a.example/one"


def test_an_entrys_own_address_is_better_than_none() -> None:
    entry = '<title>One</title><id>tag:1</id><link rel="self" href="https://a.example/entries/1"/>'
    [got] = stories(f'<feed xmlns="http://www.w3.org/2005/Atom"><entry>{entry}</entry></feed>')
    assert got.url == "https://a.example/entries/1"


@pytest.mark.parametrize(
    ("written", "body"),
    [
        ("&amp;lt;p&amp;gt;It rained, &amp;amp; it poured.&amp;lt;/p&amp;gt;", ("It rained, & it poured.",)),
        (
            "<![CDATA[<div>&amp;lt;p&amp;gt;Ann&amp;amp;#39;s day.&amp;lt;/p&amp;gt;</div> End.]]>",
            ("Ann's day.", "End."),
        ),
        ("<![CDATA[<p>Write &lt;p&gt;text&lt;/p&gt; in HTML.</p>]]>", ("Write <p>text</p> in HTML.",)),
        ("<![CDATA[&lt;p&gt; opens a paragraph.]]>", ("<p> opens a paragraph.",)),
    ],
)
def test_what_is_escaped_once_too_often_is_read_and_code_in_prose_stays(written: str, body: tuple[str, ...]) -> None:
    got = story(f"<title>x</title><content:encoded>{written}</content:encoded>", attributes=CONTENT)
    assert got.body == body
