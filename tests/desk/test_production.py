from __future__ import annotations

import json
from pathlib import Path

import pytest

from broadsheet.config import parse_config
from broadsheet.desk import Desk
from broadsheet.desk.production import render, write_rendering
from broadsheet.errors import EditionError, RenderError
from broadsheet.store import Store
from tests.render.editions import CONFIG, edition


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(config=parse_config(CONFIG, folder=tmp_path), store=Store(tmp_path / "broadsheet.db"))


def test_the_files_say_what_was_rendered(desk: Desk, tmp_path: Path) -> None:
    rendered = render(desk, edition())
    files = write_rendering(rendered, tmp_path / "new" / "folder")
    assert [file.name for file in files] == ["edition.html", "edition.txt", "edition.mjml", "edition.json"]
    assert files[0].read_bytes() == rendered.html.encode()
    record = json.loads(files[3].read_text())
    assert record["hash"] == rendered.hash
    assert record["subject"] == rendered.subject
    assert record["sections"][0]["picks"][0]["story"]["published_at"] == "2026-11-24T05:30:00+00:00"
    assert sorted(path.name for path in files[0].parent.iterdir()) == sorted(file.name for file in files)


def test_a_reader_of_some_sections_gets_these(desk: Desk) -> None:
    rendered = render(desk, edition(), sections=["Culture"])
    assert ">Culture<" in rendered.html or "symphony" in rendered.html
    assert "harbour bill" not in rendered.html


def test_an_empty_edition_is_refused_with_what_to_type(desk: Desk) -> None:
    with pytest.raises(EditionError) as refused:
        render(desk, edition(0))
    assert "broadsheet pick -p daily --date 2026-11-24" in refused.value.advice


def test_a_folder_that_cannot_be_is_a_clear_line(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(RenderError, match="cannot be written to"):
        write_rendering(render(desk, edition()), tmp_path / "file" / "folder")
