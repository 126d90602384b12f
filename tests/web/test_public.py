from __future__ import annotations

import mailbox
import re
import threading
import time
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin

import httpx2
import pytest
from starlette.testclient import TestClient

from broadsheet.audience.links import Purpose
from broadsheet.desk import Desk, open_desk
from broadsheet.desk.readers import signer_of
from broadsheet.desk.subscribing import add_subscriber, count_audience, erase, show_person, suppress
from broadsheet.model import Consent, SuppressionReason
from broadsheet.web.public import PublicPages
from broadsheet.web.wording import TAGS, accepted, page_language
from tests.web.conftest import Site, path_of, served

TODAY = date(2026, 11, 24)


def subscribe(desk: Desk, email: str = "ada@example.com") -> int:
    return add_subscriber(desk, desk.config.publication("daily"), email)


def state(desk: Desk, email: str = "ada@example.com") -> Consent:
    return show_person(desk, email).subscriptions[0][0].state


def wanted(desk: Desk) -> list[str]:
    return [one.email for one in desk.store.subscribers.recipients("daily", TODAY)]


def test_one_click_as_mail_programs_do_it(desk: Desk, client: httpx2.Client) -> None:
    path = path_of(desk, "unsubscribe", subscribe(desk))
    body = b"List-Unsubscribe=One-Click"
    answer = client.post(path, content=body, headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert answer.status_code == 200
    assert wanted(desk) == []
    step = show_person(desk, "ada@example.com").subscriptions[0][1][-1]
    assert (step.state, step.basis) == (Consent.UNSUBSCRIBED, "one-click (RFC 8058)")
    assert client.post(path, files={"List-Unsubscribe": (None, "One-Click")}).status_code == 200
    assert len(show_person(desk, "ada@example.com").subscriptions[0][1]) == 2


@pytest.mark.parametrize("kind", ["unsubscribe", "preferences"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_looking_changes_nothing(desk: Desk, client: httpx2.Client, kind: str, method: str) -> None:
    path = path_of(desk, kind, subscribe(desk))
    answer = client.request(method, path)
    assert answer.status_code in (200, 405)
    assert wanted(desk) == ["ada@example.com"]
    assert len(show_person(desk, "ada@example.com").subscriptions[0][1]) == 1


class Links(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in ("href", "src", "action") and value]


def test_a_scanner_that_follows_every_link_changes_nothing(desk: Desk, client: httpx2.Client) -> None:
    number = subscribe(desk)
    signer = signer_of(desk)
    waiting = [path_of(desk, "unsubscribe", number), path_of(desk, "preferences", number), "/", "/s/daily"]
    waiting.append(signer.view_url("", number, "daily-2026-11-24"))
    seen: set[str] = set()
    while waiting:
        path = waiting.pop()
        if path in seen or not path.startswith("/"):
            continue
        seen.add(path)
        client.head(path)
        waiting += Links(client.get(path).text).found
    assert len(seen) > 6
    assert len(show_person(desk, "ada@example.com").subscriptions[0][1]) == 1


def test_the_button_leaves_and_the_undo_brings_back(desk: Desk, client: httpx2.Client, site: Site) -> None:
    path = path_of(desk, "unsubscribe", subscribe(desk))
    page = client.get(path)
    assert page.text.count("<button") == 1
    left = client.post(path, data={"leave": "1"})
    assert "The Daily" in left.text
    assert state(desk) is Consent.UNSUBSCRIBED
    (undo,) = re.findall(r'action="(/undo/[^"]+)"', left.text)
    assert client.get(undo).status_code in (404, 405)
    assert state(desk) is Consent.UNSUBSCRIBED
    assert "kept" in client.post(undo, data={"undo": "1"}).text
    assert wanted(desk) == ["ada@example.com"]
    client.post(path, data={"leave": "1"})
    site.later(timedelta(hours=2))
    assert client.post(undo, data={"undo": "1"}).status_code == 404
    assert state(desk) is Consent.UNSUBSCRIBED


def test_an_undo_does_not_beat_a_suppression(desk: Desk, client: httpx2.Client) -> None:
    left = client.post(path_of(desk, "unsubscribe", subscribe(desk)), data={"leave": "1"})
    (undo,) = re.findall(r'action="(/undo/[^"]+)"', left.text)
    suppress(desk, "ada@example.com", SuppressionReason.COMPLAINT)
    assert client.post(undo).status_code == 404
    assert wanted(desk) == []


def test_what_is_forged_cut_or_for_another_purpose_is_refused_alike(desk: Desk, client: httpx2.Client) -> None:
    number = subscribe(desk)
    signer = signer_of(desk)
    good = signer.token(Purpose.UNSUBSCRIBE, number)
    bad = [
        "x", good[:-1], good.replace(f"{number}.", f"{number + 1}.", 1), signer.token(Purpose.PREFERENCES, number),
        signer.token(Purpose.VIEW, number, "daily-2026-11-24"), signer.token(Purpose.UNSUBSCRIBE, 999), "0" * 5000,
    ]  # fmt: skip
    answers = {
        (a.status_code, a.text) for token in bad for a in (client.get(f"/u/{token}"), client.post(f"/u/{token}"))
    }
    assert len(answers) == 1
    assert next(iter(answers))[0] == 404
    assert wanted(desk) == ["ada@example.com"]


def test_an_erased_reader_s_link_is_nobody_s(desk: Desk, client: httpx2.Client) -> None:
    path = path_of(desk, "unsubscribe", subscribe(desk))
    erase(desk, "ada@example.com")
    assert client.post(path).status_code == 404


def test_preferences_are_kept(desk: Desk, client: httpx2.Client) -> None:
    number = subscribe(desk)
    path = path_of(desk, "preferences", number)
    assert "Arts &amp; Culture" in client.get(path).text
    page = client.post(
        path,
        data={"section": "Culture", "cadence": "weekly", "paused_until": "2026-12-24", "language": "de"},
    )
    assert "gespeichert" in page.text
    subscription = desk.store.subscribers.subscription(number)
    assert subscription is not None
    assert (subscription.sections, subscription.cadence, subscription.paused_until) == (
        ("Culture",), "weekly", date(2026, 12, 24),
    )  # fmt: skip
    assert count_audience(desk, desk.config.publication("daily"))["excluded"] == {"paused": 1}
    client.post(
        path, data={"section": ["Politics", "Culture", "Secret"], "cadence": "hourly", "paused_until": "9999-01-01"}
    )
    subscription = desk.store.subscribers.subscription(number)
    assert subscription is not None
    assert (subscription.sections, subscription.cadence, subscription.paused_until) == ((), "daily", None)


def join(client: httpx2.Client, site: Site, email: str, **more: str) -> httpx2.Response:
    page = client.get("/s/daily")
    (stamp,) = re.findall(r'name="stamp" value="([^"]+)"', page.text)
    site.later(timedelta(seconds=5))
    return client.post("/s/daily", data={"email": email, "stamp": stamp, **more})


def mails(site: Site, count: int = 0) -> list[mailbox.MaildirMessage]:
    """Give the mails that left; they leave just after the answer, so wait for as many as there must be."""
    folder = site.folder / "outbox"
    for _ in range(500):
        if len(list(folder.glob("new/*"))) >= count:
            break
        time.sleep(0.01)
    return list(mailbox.Maildir(folder)) if (folder / "new").exists() and (folder / "cur").exists() else []


def test_joining_takes_a_mail_and_a_button(desk: Desk, client: httpx2.Client, site: Site) -> None:
    answer = join(client, site, "Ada@example.com")
    assert answer.status_code == 200
    assert wanted(desk) == []
    assert state(desk) is Consent.PENDING
    (mail,) = mails(site, 1)
    assert mail["To"] == "Ada@example.com"
    content = mail.get_payload(decode=True)
    assert isinstance(content, bytes)
    (path,) = re.findall(r"https://news\.example\.org(/c/\S+)", content.decode())
    assert client.head(path).status_code == 200
    assert client.get(path).text.count("<button") == 1
    assert state(desk) is Consent.PENDING
    assert client.post(path, data={"confirm": "1"}).status_code == 200
    assert wanted(desk) == ["Ada@example.com"]
    history = show_person(desk, "ada@example.com").subscriptions[0][1]
    assert [(step.state, step.source) for step in history] == [
        (Consent.PENDING, "form /s/daily"), (Consent.CONFIRMED, "confirmation page"),
    ]  # fmt: skip
    assert history[0].wording.startswith("en-")
    site.later(timedelta(days=4))
    assert client.post(path).status_code == 404


def test_the_answer_is_the_same_whether_or_not_an_address_is_known(
    desk: Desk, client: httpx2.Client, site: Site
) -> None:
    subscribe(desk, "known@example.com")
    suppress(desk, "never@example.com", SuppressionReason.REQUEST)
    texts = {join(client, site, email).text for email in ("known@example.com", "never@example.com", "new@example.com")}
    assert len(texts) == 1
    assert [mail["To"] for mail in mails(site, 1)] == ["new@example.com"]


def test_who_left_comes_back_only_by_confirming(desk: Desk, client: httpx2.Client, site: Site) -> None:
    client.post(path_of(desk, "unsubscribe", subscribe(desk)))
    join(client, site, "ada@example.com")
    assert state(desk) is Consent.UNSUBSCRIBED
    content = mails(site, 1)[0].get_payload(decode=True)
    assert isinstance(content, bytes)
    (path,) = re.findall(r"https://news\.example\.org(/c/\S+)", content.decode())
    client.post(path)
    assert state(desk) is Consent.CONFIRMED


def test_robots_get_no_mail_sent(desk: Desk, client: httpx2.Client, site: Site) -> None:
    assert "mailbox" in join(client, site, "bot@example.com", website="http://spam.example").text
    stale = client.post("/s/daily", data={"email": "fast@example.com"})
    assert "once more" in stale.text
    page = client.get("/s/daily")
    (stamp,) = re.findall(r'name="stamp" value="([^"]+)"', page.text)
    assert "once more" in client.post("/s/daily", data={"email": "fast@example.com", "stamp": stamp}).text
    assert mails(site) == []
    assert desk.store.subscribers.count("daily")["pending"] == 0


def test_a_flood_is_stopped_by_place_and_by_address(desk: Desk, client: httpx2.Client, site: Site) -> None:
    answers = [join(client, site, "ada@example.com").status_code for _ in range(12)]
    assert answers == [200] * 10 + [429] * 2
    assert len(mails(site, 3)) == 3
    site.later(timedelta(hours=2))
    assert join(client, site, "ben@example.com").status_code == 200


def test_a_wrong_address_is_said_in_words(client: httpx2.Client, site: Site) -> None:
    answer = join(client, site, "<script>alert(1)</script>")
    assert "name@example.com" in answer.text
    assert "<script>" not in answer.text
    assert "&lt;script&gt;" in answer.text


def test_every_page_forbids_scripts_and_tells_no_other_site(desk: Desk, client: httpx2.Client) -> None:
    number = subscribe(desk)
    for path in (
        "/", "/s/daily", "/archive/daily", "/nowhere", path_of(desk, "unsubscribe", number), "/s/nowhere",
        path_of(desk, "preferences", number), "/archive/daily/2026-11-24", "/archive/daily/yesterday",
    ):  # fmt: skip
        answer = client.get(path)
        assert answer.status_code in (200, 404)
        assert "script-src" not in answer.headers["content-security-policy"]
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "<script" not in answer.text
        assert "set-cookie" not in answer.headers
    private = client.get(path_of(desk, "unsubscribe", number))
    assert private.headers["x-robots-tag"] == "noindex, nofollow"
    assert private.headers["cache-control"] == "no-store"
    assert "frame-ancestors 'none'" in private.headers["content-security-policy"]
    assert "frame-ancestors *" in client.get("/s/daily").headers["content-security-policy"]


def test_a_body_too_long_is_refused(client: httpx2.Client) -> None:
    assert client.post("/u/x", data={"x": "y" * 100_000}).status_code == 413


@pytest.mark.parametrize("tag", TAGS)
def test_every_language_has_every_word_with_the_same_places(tag: str) -> None:
    english, other = page_language("en").words, page_language(tag).words
    assert set(english) == set(other)
    for name, text in english.items():
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", other[name])), name


def test_the_reader_s_language_comes_first_then_the_browser_s(desk: Desk, client: httpx2.Client) -> None:
    path = path_of(desk, "unsubscribe", subscribe(desk))
    assert 'lang="fr"' in client.get(path, headers={"Accept-Language": "xx, fr-CA;q=0.9, en;q=0.1"}).text
    assert 'dir="rtl"' in client.get(f"{path}?lang=ar").text
    assert accepted("de;q=0.2, en;q=x, it") == ["it", "de"]


def test_a_key_is_added_while_the_pages_run(desk: Desk, site: Site, client: httpx2.Client) -> None:
    number = subscribe(desk)
    suppress(desk, "zoe@example.com", SuppressionReason.COMPLAINT)
    old, kind = path_of(desk, "unsubscribe", number), {"List-Unsubscribe": "One-Click"}
    with (site.folder / "secret.key").open("a", encoding="utf-8") as keys:
        keys.write("second-secret-that-signs-from-now-on\n")
    with open_desk(site.folder) as after:
        new = path_of(after, "unsubscribe", number)
        assert show_person(after, "zoe@example.com").suppression is not None
    assert new != old
    assert [client.get(path).status_code for path in (old, new)] == [200, 200]
    assert client.post(old, data=kind).text == "Unsubscribed\n"
    assert state(desk) is Consent.UNSUBSCRIBED


def move_pages(folder: Path, **addresses: str) -> None:
    """Give publications addresses of their own."""
    settings = folder / "broadsheet.toml"
    text = re.sub(r"^base_url = .*\n", "", settings.read_text(encoding="utf-8"), flags=re.MULTILINE)
    for name, address in addresses.items():
        text = text.replace(f"[publications.{name}]\n", f'[publications.{name}]\nbase_url = "{address}"\n')
    settings.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("own", [True, False])
def test_a_path_that_the_proxy_keeps_is_taken_off(desk: Desk, project: Path, own: bool) -> None:
    path = path_of(desk, "unsubscribe", subscribe(desk))
    move_pages(project, **({"daily": "https://example.org/mail/"} if own else {}))
    app = PublicPages(project, "https://a.example" if own else "https://example.org/mail").app()
    with TestClient(app) as client:
        for start in ("", "/mail"):
            page = client.get(f"{start}{path}")
            assert page.status_code == 200
            assert 'href="/mail/style.css"' in page.text


@pytest.mark.parametrize("kept", [True, False])
def test_each_publication_is_reached_under_its_own_address(desk: Desk, project: Path, kept: bool) -> None:
    number = add_subscriber(desk, desk.config.publication("weekend"), "ada@example.com")
    move_pages(project, daily="https://a.example/letters", weekend="https://b.example/letters/weekend")
    start = "/letters/weekend" if kept else ""
    with TestClient(PublicPages(project, "https://a.example/letters").app()) as client:
        path = path_of(desk, "unsubscribe", number)
        page = client.get(f"{start}{path}")
        assert page.status_code == 200
        assert 'href="/letters/weekend/style.css"' in page.text
        assert 'href="/letters/weekend/p/' in page.text
        left = client.post(f"{start}{path}", data={"leave": "1"})
        (undo,) = re.findall(r'action="/letters/weekend(/undo/[^"]+)"', left.text)
        assert client.post(f"{start}{undo}", data={"undo": "1"}).status_code == 200
        assert client.post(f"{start}{path}", data={"List-Unsubscribe": "One-Click"}).text == "Unsubscribed\n"


@pytest.mark.parametrize("kept", ["", "/letters", "/weekend"])
@pytest.mark.parametrize("apart", [True, False])
def test_home_and_what_is_not_found_are_whole_whatever_a_proxy_does(project: Path, kept: str, apart: bool) -> None:
    start = "https://a.example/letters"
    move_pages(project, daily=start, weekend="https://b.example/weekend/" if apart else start)
    with served(project, start) as site, httpx2.Client(base_url=site.url) as client:
        if not apart and kept == "/weekend":
            assert client.get("/weekend/").status_code == 404
            return
        home = client.get(f"{kept}/")
        assert home.status_code == 200
        style, *forms = Links(home.text).found
        weekend = "https://b.example/weekend" if apart else start
        assert forms == ([f"{start}/s/daily", f"{weekend}/s/weekend"] if apart else ["./s/daily", "./s/weekend"])
        assert client.get(urljoin(f"{kept}/", style)).headers["content-type"].startswith("text/css")
        for path in ("/nothing", "/u/forged", "/s/daily/", "/archive/daily/1999-01-01"):
            missing = client.get(f"{kept}{path}")
            (style,) = Links(missing.text).found
            assert missing.status_code == 404
            assert urljoin(f"{kept}{path}", style) == f"{kept}/style.css"
        if kept:
            assert client.get(kept).headers["location"] == f"{kept}/"
            assert client.get(f"{kept}style.css").status_code == 404


def test_many_leave_at_once_and_none_is_lost_while_another_process_writes(desk: Desk, site: Site) -> None:
    count = 200
    with desk.store.transaction():
        file = desk.folder / "many.csv"
        file.write_text("email\n" + "".join(f"r{n}@example.com\n" for n in range(count)), encoding="utf-8")
    from broadsheet.desk.subscribing import import_subscribers

    import_subscribers(desk, desk.config.publication("daily"), file)
    paths = [path_of(desk, "unsubscribe", one.id) for one in desk.store.subscribers.recipients("daily", TODAY)]
    statuses: list[int] = []

    def post(some: list[str]) -> None:
        with httpx2.Client(base_url=site.url, timeout=60) as client:
            statuses.extend(client.post(path, data={"List-Unsubscribe": "One-Click"}).status_code for path in some)

    threads = [threading.Thread(target=post, args=(paths[start::8],)) for start in range(8)]
    for thread in threads:
        thread.start()
    desk.store.connection.execute("CREATE TABLE ledger (x)")
    while any(thread.is_alive() for thread in threads):
        with desk.store.transaction():
            desk.store.connection.executemany("INSERT INTO ledger VALUES (?)", [(n,) for n in range(200)])
        time.sleep(0.002)  # a sender hands mail over between its writes
    for thread in threads:
        thread.join()
    assert statuses == [200] * count
    assert wanted(desk) == []
