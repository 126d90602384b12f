from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from broadsheet.desk import Desk, open_desk
from broadsheet.desk.exporting import export, write_bundle
from broadsheet.desk.starting import start_project
from broadsheet.errors import ExportError
from broadsheet.model import RenderedEdition
from tests.export.awkward import awkward_edition


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    start_project(tmp_path)
    with open_desk(tmp_path) as desk:
        yield desk


@pytest.fixture
def rendered(desk: Desk) -> RenderedEdition:
    import dataclasses

    rendered = awkward_edition()
    publication = desk.config.publication()
    return dataclasses.replace(rendered, edition=dataclasses.replace(rendered.edition, publication=publication.name))


def test_a_bundle_is_written_whole(desk: Desk, rendered: RenderedEdition, tmp_path: Path) -> None:
    target = write_bundle(export(desk, rendered, "mailchimp"), tmp_path / "out")
    assert target.name == "daily-2026-11-24-mailchimp"
    manifest = json.loads((target / "manifest.json").read_text())
    assert {file["path"] for file in manifest["files"]} == {p.name for p in target.iterdir()} - {"manifest.json"}
    assert [path.name for path in (tmp_path / "out").iterdir()] == [target.name]


def test_a_second_bundle_takes_the_place_of_the_first(desk: Desk, rendered: RenderedEdition, tmp_path: Path) -> None:
    bundle = export(desk, rendered, "mailchimp")
    first = write_bundle(bundle, tmp_path / "out")
    (first / "edition.html").write_text("old")
    write_bundle(bundle, tmp_path / "out")
    assert (first / "edition.html").read_text() != "old"


def test_a_folder_of_somebody_else_is_left_alone(desk: Desk, rendered: RenderedEdition, tmp_path: Path) -> None:
    theirs = tmp_path / "out" / "daily-2026-11-24-mailchimp"
    theirs.mkdir(parents=True)
    (theirs / "notes.txt").write_text("mine")
    with pytest.raises(ExportError, match="is no bundle"):
        write_bundle(export(desk, rendered, "mailchimp"), tmp_path / "out")
    assert (theirs / "notes.txt").read_text() == "mine"
    assert [path.name for path in (tmp_path / "out").iterdir()] == [theirs.name]


def test_an_archive(desk: Desk, rendered: RenderedEdition, tmp_path: Path) -> None:
    bundle = export(desk, rendered, "brevo")
    target = write_bundle(bundle, tmp_path / "out", zip=True)
    assert target.suffix == ".zip"
    assert zipfile.ZipFile(target).namelist() == [file.path for file in bundle.files]
    before = target.read_bytes()
    assert write_bundle(bundle, tmp_path / "out", zip=True).read_bytes() == before


def test_a_place_that_cannot_be_is_a_clear_error(desk: Desk, rendered: RenderedEdition, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(ExportError, match="cannot be written"):
        write_bundle(export(desk, rendered, "brevo"), tmp_path / "file" / "out")


def test_pictures_in_the_project_go_along_and_others_do_not(
    desk: Desk, rendered: RenderedEdition, tmp_path: Path
) -> None:
    import dataclasses

    (desk.folder / "pictures").mkdir()
    (desk.folder / "pictures" / "lead.jpg").write_bytes(b"jpg")
    html = rendered.html.replace(
        "</tbody>", '<tr><td><img src="pictures/lead.jpg" alt=""><img src="../secret.jpg" alt=""></td></tr></tbody>'
    )
    bundle = export(desk, dataclasses.replace(rendered, html=html), "mailchimp")
    bag = next(file.content for file in bundle.files if file.path == "upload.zip")
    assert zipfile.ZipFile(io.BytesIO(bag)).read("images/1-lead.jpg") == b"jpg"
    assert any("../secret.jpg is a local file" in note for note in bundle.notes)


def test_what_was_decided_in_the_project_holds_for_every_export(desk: Desk, rendered: RenderedEdition) -> None:
    import dataclasses

    from broadsheet.config import Account
    from broadsheet.export import Choices
    from broadsheet.slots import Slot

    account = Account(drop=("view_url",), words={"email": "our readers"}, fallback="reader")
    decided = dataclasses.replace(desk, config=desk.config.model_copy(update={"platforms": {"kit": account}}))
    bundle = export(decided, rendered, "kit")
    body = next(file.content.decode() for file in bundle.files if file.path == "body.html")
    assert "Sent to our readers" in body
    assert '| default: "reader"' in body
    assert "View in browser" not in body
    said_now = Choices(words={Slot.VIEW_URL: "https://example.org/today"})
    body = next(file.content.decode() for file in export(decided, rendered, "kit", said_now).files)
    assert 'href="https://example.org/today"' in body
