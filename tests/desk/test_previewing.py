from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from broadsheet.config import parse_config
from broadsheet.desk.opening import Desk
from broadsheet.desk.previewing import page_for_browser
from broadsheet.model import Edition, RenderedEdition
from broadsheet.slots import Slot
from broadsheet.store import Store

CONFIG = """
[publications.daily]
title = "Daily"
sender = "Daily <news@example.org>"
postal_address = "1 Press Lane"
sections = [{ category = "News" }]

[pictures]
url = "https://news.example.org/pictures/"
"""

RENDERED = RenderedEdition(
    edition=Edition(id="daily-2026-11-24", publication="daily", date=date(2026, 11, 24)),
    subject="s", preheader="p", text="t", mjml="", language="en", hash="h",
    html=(
        f'<a href="{Slot.UNSUBSCRIBE_URL.token}">x</a>'
        '<img src="https://news.example.org/pictures/ferry.jpg"><img src="https://news.example.org/pictures/gone.jpg">'
        '<img src="https://elsewhere.example.org/pictures/ferry.jpg"><img src="https://news.example.org/pictures/../a">'
    ),
)  # fmt: skip


def test_slots_are_filled_and_only_the_projects_own_pictures_come_from_the_disk(tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "ferry.jpg").write_bytes(b"x")
    (tmp_path / "a").write_bytes(b"secret")
    with Store(tmp_path / "broadsheet.db") as store:
        desk = Desk(config=parse_config(CONFIG, folder=tmp_path), store=store)
        page = page_for_browser(desk, replace(RENDERED), tmp_path / "out" / "daily")
    assert 'href="https://example.com/unsubscribe"' in page
    assert page.count('src="../../pictures/ferry.jpg"') == 1
    assert page.count("https://") == 4
