"""Who left at a platform is not written to from here, whichever platform tells it."""

from __future__ import annotations

from pathlib import Path

import pytest

from broadsheet.desk import open_desk
from broadsheet.desk.departing import pull_departures
from broadsheet.desk.starting import start_project
from broadsheet.errors import ExportError, PlatformBusy
from broadsheet.export.push import TELLING
from tests.cli.test_init import broadsheet
from tests.export import doubles

KINDS = {
    "mailchimp": doubles.MailchimpDouble,
    "brevo": doubles.BrevoDouble,
    "listmonk": doubles.ListmonkDouble,
    "buttondown": doubles.ButtondownDouble,
    "keila": doubles.KeilaDouble,
}
# Brevo does not say why somebody is on its blocklist, and Keila knows no complaints.
REASONS = {"brevo": {"request"}, "keila": {"request", "bounce"}}


def project(folder: Path, name: str, double: doubles.Double) -> Path:
    start_project(folder)
    account = {"url": double.url, **double.account}
    with (folder / "broadsheet.toml").open("a") as file:
        file.write(f"\n[platforms.{name}]\n" + "".join(f'{key} = "{value}"\n' for key, value in account.items()))
    return folder


def test_every_platform_that_tells_is_tested() -> None:
    assert set(KINDS) == set(TELLING)


@pytest.mark.parametrize("name", TELLING)
def test_who_left_is_suppressed_once(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    double = KINDS[name]()
    monkeypatch.setenv(f"BROADSHEET_{name.upper()}_KEY", double.key)
    reasons = ["", "request", "bounce"] + ([] if name == "keila" else ["complaint"])
    double.people = {f"p{number}@example.com": reasons[number % len(reasons)] for number in range(1, 1300)}
    double.people["no address"] = "request"
    left = sum(1 for state in double.people.values() if state) - 1
    with double.serving(), open_desk(project(tmp_path, name, double)) as desk:
        report = pull_departures(desk, name)
        assert report.new == left
        assert report.unreadable == ["no address"]
        assert set(report.told) == REASONS.get(name, {"request", "bounce", "complaint"})
        assert pull_departures(desk, name).new == 0
        assert sum(desk.store.suppressions.count().values()) == left


def test_what_was_read_before_an_error_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    double = doubles.BrevoDouble()
    monkeypatch.setenv("BROADSHEET_BREVO_KEY", double.key)
    double.people = {f"p{number}@example.com": "request" for number in range(1500)}
    double.read_faults.extend(["", "down"])
    with double.serving(), open_desk(project(tmp_path, "brevo", double)) as desk:
        with pytest.raises(PlatformBusy):
            pull_departures(desk, "brevo")
        assert sum(desk.store.suppressions.count().values()) == 1000
        assert pull_departures(desk, "brevo").new == 500


def test_a_platform_that_does_not_tell_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROADSHEET_GHOST_KEY", "key")
    start_project(tmp_path)
    with open_desk(tmp_path) as desk, pytest.raises(ExportError, match="cannot be read from ghost"):
        pull_departures(desk, "ghost")


def test_the_command_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    double = doubles.KeilaDouble()
    monkeypatch.setenv("BROADSHEET_KEILA_KEY", double.key)
    double.people = {"a@example.com": "request", "b@example.com": "bounce", "c@example.com": ""}
    with double.serving():
        outcome = broadsheet("-C", str(project(tmp_path, "keila", double)), "pull", "keila")
    assert outcome.returncode == 0, outcome.stderr
    assert "1 by bounce, 1 by request; 2 are new here" in outcome.stdout
