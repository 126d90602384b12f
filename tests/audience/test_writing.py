from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.audience.words import FORMULA, bare
from broadsheet.audience.writing import PLATFORMS, inert
from broadsheet.desk import Desk, open_desk
from broadsheet.desk.subscribing import export_subscribers, import_subscribers, suppress
from broadsheet.errors import AudienceError
from broadsheet.model import SuppressionReason

TODAY = date(2026, 11, 24)


@given(st.text(max_size=20))
def test_no_cell_is_a_formula_and_all_come_back(text: str) -> None:
    cell = inert(text)
    if cell.startswith(FORMULA):
        assert cell == text
        assert cell[1:].replace(" ", "").replace(".", "", 1).isdecimal()
    if not text.startswith("'"):
        assert bare(cell) == text


def fill(desk: Desk) -> None:
    file = desk.folder / "list.csv"
    file.write_text(
        "email,first name,last name,status,city,tags,joined\n"
        "ada@example.com,=HYPERLINK(1),Quill,active,+Leeds,news,2024-01-02\n"
        "ben@example.com,Ben,Ink,unsubscribed,-2,,\n"
        "cleo@example.com,Cleo,Press,pending,@SUM(A1),,\n"
        "dora@example.com,Dora,Type,bounced,,,\n"
        "+tag@example.com,Émile,Zeit,active,'quoted,,\n",
        encoding="utf-8",
    )
    import_subscribers(desk, desk.config.publication("daily"), file)
    suppress(desk, "ada.blocked@example.com", SuppressionReason.MANUAL)


def test_an_export_holds_the_active_ones_and_no_formula(desk: Desk) -> None:
    fill(desk)
    assert export_subscribers(desk, desk.config.publication("daily"), desk.folder / "out.csv") == 2
    with (desk.folder / "out.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["first name"] == "'=HYPERLINK(1)"
    assert rows[0]["city"] == "'+Leeds"
    assert rows[1]["email"] == "'+tag@example.com"


@pytest.mark.parametrize("platform", ["", *PLATFORMS])
def test_an_export_of_everyone_comes_back_with_nobody_more_to_write_to(
    desk: Desk, platform: str, tmp_path: Path, project: Path
) -> None:
    fill(desk)
    target = tmp_path / "list.csv"
    assert export_subscribers(desk, desk.config.publication("daily"), target, everyone=True, platform=platform) == 5
    other = tmp_path / "other"
    other.mkdir()
    (other / "broadsheet.toml").write_text((project / "broadsheet.toml").read_text(encoding="utf-8"), encoding="utf-8")
    with open_desk(other, clock=lambda: datetime(2026, 11, 24, tzinfo=UTC)) as second:
        import_subscribers(second, second.config.publication("daily"), target)
        active = {one.email: one for one in second.store.subscribers.recipients("daily", TODAY)}
    assert set(active) == {"ada@example.com", "+tag@example.com"}
    assert active["ada@example.com"].attributes["city"] == "+Leeds"


def test_a_platform_nobody_knows_is_refused_with_the_known_ones(desk: Desk) -> None:
    with pytest.raises(AudienceError, match="no columns"):
        export_subscribers(desk, desk.config.publication("daily"), None, platform="gazette")


def test_a_folder_that_is_not_there_is_one_clear_line(desk: Desk) -> None:
    with pytest.raises(AudienceError, match="cannot be written"):
        export_subscribers(desk, desk.config.publication("daily"), desk.folder / "none" / "out.csv")
