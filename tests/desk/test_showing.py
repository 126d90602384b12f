"""A page is shown on the web before a platform is told its address."""

from __future__ import annotations

from pathlib import Path

import pytest

from broadsheet.desk import Desk, open_desk
from broadsheet.desk.showing import show_page
from broadsheet.desk.starting import start_project
from broadsheet.errors import ConfigError, PlatformBusy

PAGE = "<p>News</p>"


def project(folder: Path) -> Path:
    start_project(folder)
    with (folder / "broadsheet.toml").open("a") as file:
        file.write('\n[pictures]\nurl = "https://pictures.example.org/a"\n')
    return folder


def test_the_web_shows_what_was_copied_there(tmp_path: Path) -> None:
    """The page waits in the public folder until somebody copied it; its address names what it holds."""
    web: dict[str, bytes] = {}

    def look(desk: Desk, address: str) -> bytes | None:
        return web.get(address.removeprefix("https://pictures.example.org/a/"))

    with open_desk(project(tmp_path)) as desk:
        with pytest.raises(PlatformBusy, match="does not show the edition yet") as error:
            show_page(desk, ".html", PAGE, look)
        assert error.value.exit_code == 75
        web |= {f"editions/{file.name}": file.read_bytes() for file in (tmp_path / "pictures/editions").iterdir()}
        address = show_page(desk, ".html", PAGE, look)
        assert address.removeprefix("https://pictures.example.org/a/") in web
        assert show_page(desk, ".html", PAGE, look) == address
        with pytest.raises(PlatformBusy):
            show_page(desk, ".html", "<p>Other news</p>", look)


def test_another_page_at_the_address_is_not_taken(tmp_path: Path) -> None:
    with open_desk(project(tmp_path)) as desk, pytest.raises(PlatformBusy):
        show_page(desk, ".html", PAGE, lambda desk, address: b"<h1>Not found</h1>")


def test_without_a_public_folder_it_is_said_what_to_write(tmp_path: Path) -> None:
    start_project(tmp_path)
    with open_desk(tmp_path) as desk, pytest.raises(ConfigError) as error:
        show_page(desk, ".html", PAGE)
    assert "[pictures]" in error.value.advice
