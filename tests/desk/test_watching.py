"""Story files that are saved while an edition is being edited."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from broadsheet.desk import Desk, editing, open_desk
from broadsheet.desk.revising import Change, change
from broadsheet.desk.undoing import redo, undo
from broadsheet.desk.watching import SourceFiles
from broadsheet.errors import StoreBusy
from broadsheet.model import Edition, EditionStatus
from tests.desk.newsdesk import CONFIG, Clock

ID = "daily-2026-11-24"
SOURCES = (
    '[sources.desk]\npath = "stories"\ncategory = "News"\n[sources.table]\npath = "table.csv"\ncategory = "Sport"\n'
)


DEKS = {
    "harbour": "Two boats a day will cross to the islands from April, with room for sixty lorries.",
    "trees": "Nobody had counted the limes and planes along our avenues since before the war.",
    "bridge": "Drivers must take the tunnel until spring, while crews scrape rust off its girders.",
    "mill": "Flour was last ground there by the grandfather of the woman who restored its wheel.",
}


def write(folder: Path, name: str, title: str, dek: str = "") -> Path:
    dek = dek or DEKS[name]
    file = folder / "stories" / f"{name}.txt"
    file.write_text(f"{title}\n\n{dek}\n", encoding="utf-8")
    later = file.stat().st_mtime_ns + 1_000_000 * len(title + dek)  # another time, however fast the test is
    os.utime(file, ns=(later, later))
    return file


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    (tmp_path / "stories").mkdir()
    (tmp_path / "broadsheet.toml").write_text(CONFIG + SOURCES, encoding="utf-8")
    (tmp_path / "table.csv").write_text("title,url\nRowers win,https://example.org/rowers\n", encoding="utf-8")
    write(tmp_path, "harbour", "Harbour opens to ferries")
    write(tmp_path, "trees", "Council counts its trees")
    from broadsheet.desk.gathering import gather

    clock.to(24)
    with open_desk(tmp_path, clock=clock) as opened:
        gather(opened)
        editing.pick_edition(opened, opened.config.publication(), clock.now.date())
        yield opened


def take_in(desk: Desk, files: SourceFiles) -> tuple[str, ...]:
    """Look twice, as the page does many times, and take in what is at rest. Gives the names."""
    files.changed(desk.config)
    found = files.changed(desk.config)
    if found:
        files.take_in(desk, desk.config.publication(), desk.now().date(), found)
    return tuple(file.name for file in found)


def headlines(desk: Desk) -> list[str]:
    return sorted(pick.headline for pick in edition_of(desk).picks)


def edition_of(desk: Desk) -> Edition:
    return editing.edition_called(desk, ID)


def test_what_lies_there_at_the_beginning_is_taken_in(desk: Desk) -> None:
    assert take_in(desk, SourceFiles(desk.config)) == ()


def test_a_new_and_a_changed_file_reach_the_draft(desk: Desk) -> None:
    files = SourceFiles(desk.config)
    write(desk.folder, "bridge", "Bridge closed for painting")
    write(desk.folder, "trees", "Council counts its trees", "All 4,211 of them.")
    table = desk.folder / "table.csv"
    table.write_text(table.read_text() + "Club finds a coach,https://example.org/coach\n", encoding="utf-8")
    assert sorted(take_in(desk, files)) == ["bridge.txt", "table.csv", "trees.txt"]
    assert {"Bridge closed for painting", "Club finds a coach"} < set(headlines(desk))
    assert "All 4,211 of them." in [pick.dek for pick in edition_of(desk).picks]
    assert take_in(desk, files) == ()
    assert desk.store.editions.revisions(ID)[-1].by == "the folder watch"


def test_a_file_that_is_still_being_written_waits(desk: Desk) -> None:
    files = SourceFiles(desk.config)
    write(desk.folder, "bridge", "Bridge")
    assert files.changed(desk.config) == ()
    write(desk.folder, "bridge", "Bridge closed")
    assert files.changed(desk.config) == ()
    write(desk.folder, "bridge", "Bridge closed for painting")
    assert files.changed(desk.config) == ()
    assert take_in(desk, files) == ("bridge.txt",)
    assert "Bridge" not in headlines(desk)
    assert "Bridge closed for painting" in headlines(desk)


def test_hidden_files_and_those_that_are_no_stories_change_nothing(desk: Desk) -> None:
    files, before = SourceFiles(desk.config), edition_of(desk)
    (desk.folder / "stories" / ".trees.txt.swp").write_text("Half a", encoding="utf-8")
    (desk.folder / "stories" / "notes.docx").write_bytes(b"PK")
    (desk.folder / "stories" / "README.txt").write_text("How we write", encoding="utf-8")
    assert ".trees.txt.swp" not in take_in(desk, files)
    assert take_in(desk, files) == ()
    assert edition_of(desk) == before


def test_a_file_that_cannot_be_read_is_named_until_it_is_mended(desk: Desk) -> None:
    files = SourceFiles(desk.config)
    bad = desk.folder / "stories" / "feed.xml"
    bad.write_text("<rss><channel>", encoding="utf-8")
    assert take_in(desk, files) == ("feed.xml",)
    ((file, (refusal,)),) = files.refused.items()
    assert file == bad
    assert refusal.reason
    bad.unlink()
    write(desk.folder, "bridge", "Bridge closed for painting")
    take_in(desk, files)
    assert files.refused == {}


def test_editors_decisions_stand_and_are_taken_back_as_before(desk: Desk, clock: Clock) -> None:
    files = SourceFiles(desk.config)
    dropped = next(pick.story.id for pick in edition_of(desk).picks if "trees" in pick.headline)
    kept = next(pick.story.id for pick in edition_of(desk).picks if "Harbour" in pick.headline)
    change(desk, ID, [Change(verb="set", story=kept, value={"headline": "Ours"})], "Robin")
    clock.to(24, 7)  # another deed
    change(desk, ID, [Change(verb="drop", story=dropped)], "Robin")
    write(desk.folder, "bridge", "Bridge closed for painting")
    take_in(desk, files)
    assert headlines(desk) == ["Bridge closed for painting", "Ours", "Rowers win"]
    change(desk, ID, [Change(verb="set", value={"subject": "Ada's"})], "Ada")
    undo(desk, ID, "Robin")
    assert headlines(desk) == ["Bridge closed for painting", "Council counts its trees", "Ours", "Rowers win"]
    undo(desk, ID, "Robin")
    assert "Harbour opens to ferries" in headlines(desk)
    assert edition_of(desk).subject == "Ada's"
    redo(desk, ID, "Robin")
    redo(desk, ID, "Robin")
    assert headlines(desk) == ["Bridge closed for painting", "Ours", "Rowers win"]


def test_a_changed_story_is_not_lost_by_an_undo(desk: Desk) -> None:
    files = SourceFiles(desk.config)
    write(desk.folder, "trees", "Council counts its trees", "All 4,211 of them.")
    take_in(desk, files)
    kept = next(pick.story.id for pick in edition_of(desk).picks if "Harbour" in pick.headline)
    change(desk, ID, [Change(verb="drop", story=kept)], "Robin")
    undo(desk, ID, "Robin")
    assert "All 4,211 of them." in [pick.dek for pick in edition_of(desk).picks]


def test_an_approved_edition_stays_and_none_is_drafted_where_none_was(desk: Desk, clock: Clock) -> None:
    files = SourceFiles(desk.config)
    approved = editing.approve(desk, edition_of(desk), "hash", "Robin")
    write(desk.folder, "bridge", "Bridge closed for painting")
    assert take_in(desk, files) == ("bridge.txt",)
    assert edition_of(desk) == replace(approved, status=EditionStatus.APPROVED)
    clock.to(25)
    write(desk.folder, "mill", "Mill turns again")
    assert take_in(desk, files) == ("mill.txt",)
    assert desk.store.editions.get("daily-2026-11-25") is None
    assert {"Bridge closed for painting", "Mill turns again"} <= {
        one.title for one in desk.store.stories.between(None, clock.now.replace(year=2027))
    }


def test_undo_reaches_behind_a_draft_of_an_approved_edition(desk: Desk) -> None:
    files = SourceFiles(desk.config)
    dropped = next(pick.story.id for pick in edition_of(desk).picks if "trees" in pick.headline)
    change(desk, ID, [Change(verb="drop", story=dropped)], "Robin")
    write(desk.folder, "bridge", "Bridge closed for painting")
    take_in(desk, files)
    editing.approve(desk, edition_of(desk), "hash", "Robin")
    revised = undo(desk, ID, "Robin")
    assert revised.cancelled
    assert (edition_of(desk).status, edition_of(desk).hash) == (EditionStatus.DRAFT, "")
    assert "Council counts its trees" in headlines(desk)


def test_a_busy_database_delays_the_draft_and_loses_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    files = SourceFiles(desk.config)
    write(desk.folder, "bridge", "Bridge closed for painting")

    def busy(*_: object, **__: object) -> Edition:
        raise StoreBusy("another command writes")

    with monkeypatch.context() as patched:
        patched.setattr("broadsheet.desk.watching.pick_edition", busy)
        with pytest.raises(StoreBusy):
            take_in(desk, files)
    assert take_in(desk, files) == ("bridge.txt",)
    assert "Bridge closed for painting" in headlines(desk)
