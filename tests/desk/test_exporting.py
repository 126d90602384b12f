from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from broadsheet.desk import Desk, open_desk
from broadsheet.desk.editing import pick_edition
from broadsheet.desk.exporting import bundle_of, export, write_bundle
from broadsheet.desk.gathering import gather
from broadsheet.desk.starting import start_project
from broadsheet.errors import ConfigError, ExportError
from broadsheet.export import Choices
from broadsheet.export.bundling import body_of
from broadsheet.model import RenderedEdition
from broadsheet.slots import Slot
from tests.export.awkward import awkward_edition

NOW = datetime(2026, 11, 24, 5, tzinfo=UTC)


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


def test_sections_become_conditions_where_the_table_names_fields(tmp_path: Path) -> None:
    start_project(tmp_path)
    with open_desk(tmp_path, clock=lambda: NOW) as desk:
        gather(desk)
        edition = pick_edition(desk, desk.config.publication(), NOW.date())
        categories = [section.category for section in edition.sections if section.picks]
        plain = bundle_of(desk, edition, "brevo")
    with (tmp_path / "broadsheet.toml").open("a") as file:
        file.write(f'\n[platforms.brevo.sections]\n"{categories[0]}" = "FIRST"\n')
        file.write(f'\n[platforms.mautic.sections]\n"{categories[0]}" = "first"\n')
    with open_desk(tmp_path, clock=lambda: NOW) as desk:
        bundle = bundle_of(desk, edition, "brevo")
        html = body_of(bundle).decode()
        assert "{% if contact.FIRST %}" in html
        assert "{% if contact.FIRST %}" not in body_of(plain).decode()
        hashes = [json.loads(one.files[-1].content)["hash"] for one in (plain, bundle)]
        assert hashes[0] == hashes[1]
        alone = bundle_of(desk, edition, "brevo", sections=[categories[0]])
        assert "contact.FIRST" not in body_of(alone).decode()
        with pytest.raises(ExportError, match="Mautic has no conditionals"):
            bundle_of(desk, edition, "mautic", Choices(drop=frozenset({Slot.PREFERENCES_URL})))
        wrong = Choices(fields={"gardening": "GARDEN"})
        with pytest.raises(ConfigError, match="has no section 'gardening'"):
            bundle_of(desk, edition, "brevo", wrong)
