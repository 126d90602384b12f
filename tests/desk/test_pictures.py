from __future__ import annotations

import re
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from broadsheet.check import AnswerState, Context, Mail, check_mail
from broadsheet.config import parse_config
from broadsheet.desk import Desk
from broadsheet.desk.checking import own_pictures
from broadsheet.desk.pictures import copy_pictures
from broadsheet.desk.production import render
from broadsheet.errors import ConfigError
from broadsheet.model import Edition, Image
from broadsheet.store import Store
from tests.render.editions import AT, CONFIG, edition, pick, story
from tests.render.test_resizing import picture

PHOTO = picture(1600, 1200)


class Handler(BaseHTTPRequestHandler):
    """Serves one photograph; everything else is not there, or is no picture."""

    def do_GET(self) -> None:
        found = self.path.startswith("/photo")
        body = PHOTO if found else b"<html>not here</html>"
        self.send_response(200 if found or self.path == "/page" else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()


def desk(folder: Path, url: str = 'url = "https://pics.example.org"') -> Desk:
    config = CONFIG + f'[pictures]\n{url}\n[gathering]\nallow_hosts = ["127.0.0.1"]\nspacing = 0\n'
    return Desk(config=parse_config(config, folder=folder), store=Store(folder / "broadsheet.db"))


def showing(url: str) -> Edition:
    return edition([pick(of=story(0, image=Image(url=url, alt="A ship")))])


def shown(desk: Desk, url: str) -> list[tuple[str, str, str]]:
    found: list[tuple[str, str, str]] = re.findall(
        r'<img[^>]* src="([^"]+)" width="(\d+)" height="(\d+)"', render(desk, showing(url)).html
    )
    return found


def test_our_own_picture_is_cropped_and_scaled_for_its_place(tmp_path: Path) -> None:
    at = desk(tmp_path)
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "ship.jpg").write_bytes(PHOTO)
    [(source, width, height)] = shown(at, "https://pics.example.org/ship.jpg")
    assert (width, height) == ("552", "368")
    made = tmp_path / "pictures" / source.removeprefix("https://pics.example.org/")
    assert made.parent.name == "sized"
    assert made.stat().st_size < len(PHOTO)
    before = made.stat().st_mtime_ns
    assert shown(at, "https://pics.example.org/ship.jpg") == [(source, width, height)]
    assert made.stat().st_mtime_ns == before


def test_a_file_of_ours_that_is_no_picture_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "ship.jpg").write_text("<html>")
    assert shown(desk(tmp_path), "https://pics.example.org/ship.jpg") == []


def test_somebody_elses_picture_stays_where_it_is_until_it_is_copied(tmp_path: Path, server: str) -> None:
    at, url = desk(tmp_path), f"{server}/photo.jpg"
    assert shown(at, url) == [(url, "552", "368")]
    assert copy_pictures(at, showing(url)).copied == (url,)
    assert shown(at, url)[0][0].startswith("https://pics.example.org/sized/")
    assert copy_pictures(at, showing(url)).kept == (url,)


def test_what_is_no_picture_is_refused_by_name_and_the_others_go_on(tmp_path: Path, server: str) -> None:
    at = desk(tmp_path)
    urls = [f"{server}/{path}" for path in ("photo-1", "missing.jpg", "page")]
    given = replace(showing(urls[0]), sections=edition([
        pick(n, of=story(n, image=Image(url=url))) for n, url in enumerate(urls)
    ]).sections)  # fmt: skip
    report = copy_pictures(at, given)
    assert report.copied == (urls[0],)
    assert sorted(url for url, _ in report.refused) == sorted(urls[1:])
    assert all(reason for _, reason in report.refused)


def test_copies_that_nobody_could_see_are_not_made(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="seen by nobody"):
        copy_pictures(desk(tmp_path, ""), showing("https://a.example/x.jpg"))


def test_without_pillow_the_size_is_still_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "broadsheet.render.resizing", None)
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "ship.jpg").write_bytes(PHOTO)
    url = "https://pics.example.org/ship.jpg"
    assert shown(desk(tmp_path), url) == [(url, "552", "414")]


def test_own_pictures_are_weighed_without_asking_anybody(tmp_path: Path) -> None:
    at = desk(tmp_path)
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "heavy.gif").write_bytes(b"GIF89a" + bytes(300_000))
    mail = Mail(html='<img src="https://pics.example.org/heavy.gif"><img src="https://other.example/x.png">')
    (answer,) = own_pictures(at, mail).values()
    assert (answer.state, answer.size) == (AnswerState.ALIVE, 300_006)
    (fault,) = [
        f for f in check_mail(mail, Context(now=AT, answers=own_pictures(at, mail))) if f.rule == "image-weight"
    ]
    assert "300,006 bytes" in fault.message
