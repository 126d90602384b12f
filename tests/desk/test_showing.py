"""A page is shown on the web before a platform is told its address."""

from __future__ import annotations

from pathlib import Path

import pytest

from broadsheet.desk import Desk, open_desk
from broadsheet.desk.showing import look_up, show_edition
from broadsheet.desk.starting import start_project
from broadsheet.errors import ConfigError, PlatformBusy
from tests.gather.web import running

PAGE, TEXT = "<p>News</p>", "News"


def project(folder: Path) -> Path:
    start_project(folder)
    with (folder / "broadsheet.toml").open("a") as file:
        file.write('\n[pictures]\nurl = "https://pictures.example.org/a"\n')
    return folder


def test_the_web_shows_what_was_copied_there(tmp_path: Path) -> None:
    """Both pages wait in the public folder until somebody copied them; each address names what its page holds."""
    web: dict[str, bytes] = {}

    def look(desk: Desk, address: str) -> bytes | None:
        return web.get(address.removeprefix("https://pictures.example.org/a/"))

    with open_desk(project(tmp_path)) as desk:
        with pytest.raises(PlatformBusy, match="does not show the edition yet") as error:
            show_edition(desk, PAGE, TEXT, look)
        assert error.value.exit_code == 75
        web |= {f"editions/{file.name}": file.read_bytes() for file in (tmp_path / "pictures/editions").iterdir()}
        addresses = show_edition(desk, PAGE, TEXT, look)
        assert [web[one.removeprefix("https://pictures.example.org/a/")] for one in addresses] == [
            b"<p>News</p>",
            b"News",
        ]
        assert show_edition(desk, PAGE, TEXT, look) == addresses
        with pytest.raises(PlatformBusy):
            show_edition(desk, "<p>Other news</p>", TEXT, look)


def test_another_page_at_the_address_is_not_taken(tmp_path: Path) -> None:
    with open_desk(project(tmp_path)) as desk, pytest.raises(PlatformBusy, match="something else than the edition"):
        show_edition(desk, PAGE, TEXT, lambda desk, address: b"<h1>Not found</h1>")


def test_without_a_public_folder_it_is_said_what_to_write(tmp_path: Path) -> None:
    start_project(tmp_path)
    with open_desk(tmp_path) as desk, pytest.raises(ConfigError) as error:
        show_edition(desk, PAGE, TEXT)
    assert "[pictures]" in error.value.advice


def test_the_web_is_asked_itself(tmp_path: Path) -> None:
    folder = project(tmp_path)
    with (folder / "broadsheet.toml").open("a") as file:
        file.write('\n[gathering]\nallow_hosts = ["127.0.0.1"]\n')
    with running() as web, open_desk(folder) as desk:
        shown = web.page("/a/editions/1.html", PAGE, Content_Type="text/html; charset=utf-8")
        away = web.page("/a/editions/2.html", PAGE, status=503)
        assert look_up(desk, shown) == PAGE.encode()
        assert look_up(desk, away) is None
        assert look_up(desk, f"{web.url}/a/editions/3.html") is None
    with open_desk(folder) as desk:
        assert look_up(desk, shown) is None
