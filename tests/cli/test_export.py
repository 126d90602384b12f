from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_init import broadsheet


def test_the_list_names_every_platform() -> None:
    outcome = broadsheet("export", "--list")
    assert outcome.returncode == 0, outcome.stderr
    assert "Mailchimp" in outcome.stdout
    assert "send a test first" in outcome.stdout
    assert len(outcome.stdout.splitlines()[0]) <= 80


def test_the_list_as_json() -> None:
    known = {entry["name"]: entry for entry in json.loads(broadsheet("export", "--list", "--json").stdout)}
    assert known["mailchimp"]["tags"]["unsubscribe_url"] == {"code": "*|UNSUB|*", "certainty": "D"}
    assert len(known) >= 29


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    for command in (["init", str(folder)], ["-C", str(folder), "gather"], ["-C", str(folder), "pick"]):
        outcome = broadsheet(*command)
        assert outcome.returncode == 0, outcome.stderr
    return folder


def test_a_bundle_for_a_platform(project: Path, tmp_path: Path) -> None:
    outcome = broadsheet("-C", str(project), "export", "--for", "mailchimp", "--out", str(tmp_path), "--json")
    assert outcome.returncode == 0, outcome.stderr
    report = json.loads(outcome.stdout)
    bundle = Path(report["path"])
    assert bundle.parent == tmp_path
    assert 'href="*|UNSUB|*"' in (bundle / "edition.html").read_text()
    assert any("not approved" in note for note in report["notes"])


def test_html_for_a_pipe(project: Path) -> None:
    outcome = broadsheet("-C", str(project), "export", "--for", "brevo", "--out", "-")
    assert outcome.stdout.startswith("<!doctype html>")
    assert outcome.stdout.rstrip().endswith("</html>")
    assert "is not approved yet" in outcome.stderr


def test_what_a_platform_lacks_is_named_with_a_choice(project: Path) -> None:
    outcome = broadsheet("-C", str(project), "export", "--for", "kit")
    assert outcome.returncode == 1
    assert "Kit has no tag for the link to the browser view (view_url)" in outcome.stderr
    assert "--drop view_url" in outcome.stderr
    assert broadsheet("-C", str(project), "export", "--for", "kit", "--drop", "view_url").returncode == 0
    fixed = "view_url=https://example.org/today"
    assert broadsheet("-C", str(project), "export", "--for", "kit", "--set", fixed, "--zip").returncode == 0
    assert {path.name.partition("-kit")[2] for path in (project / "bundles").iterdir()} == {"", ".zip"}


def test_no_platform_and_no_edition_are_clear_lines(project: Path) -> None:
    assert broadsheet("-C", str(project), "export").returncode == 2
    outcome = broadsheet("-C", str(project), "export", "--for", "mailchimp", "--date", "2001-01-01")
    assert outcome.returncode == 1
    assert "there is no edition daily-2001-01-01" in outcome.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("export", "--for", "nowhere"), "no platform is called 'nowhere'"),
        (("export", "--for", "Mailchip"), "did you mean 'mailchimp'?"),
        (("export", "--for", "kit", "--drop", "unsub"), "no slot is called 'unsub'; did you mean 'unsubscribe_url'?"),
        (("export", "--for", "kit", "--set", "name=x"), "did you mean 'first_name' or 'last_name'?"),
        (("export", "--for", "kit", "--drop", "xyz"), "Known ones: unsubscribe_url, view_url"),
        (("export", "--for", "kit", "--set", "view_url"), "expected SLOT=TEXT"),
        (("export", "--for", "kit", "--set", "view_url=today"), "is no address"),
        (("export", "--for", "kit", "--fallback", "{{x}}"), "a platform could read as code"),
        (("export", "--for", "kit", "--section", "gardening"), "has no section 'gardening'"),
        (("export", "--for", "mailchip", "--push"), "did you mean 'mailchimp'?"),
        (("export", "--for", "zoho", "--push"), "drafts cannot be pushed to zoho"),
        (("pull", "mailchip"), "did you mean 'mailchimp'?"),
        (("pull", "zoho"), "who left cannot be read from zoho"),
    ],
)
def test_a_wrong_word_is_a_fault_of_usage(project: Path, arguments: tuple[str, ...], words: str) -> None:
    outcome = broadsheet("-C", str(project), *arguments)
    assert outcome.returncode == 2
    assert words in " ".join(outcome.stderr.split())
    assert not outcome.stdout


def test_a_bundle_for_readers_of_one_section(project: Path, tmp_path: Path) -> None:
    options = ("--for", "brevo", "--section", "politics", "--out", str(tmp_path), "--json")
    report = json.loads(broadsheet("-C", str(project), "export", *options).stdout)
    assert Path(report["path"]).name.endswith("-politics-brevo")
    assert "is not approved yet" in report["notes"][0]
    assert report["notes"][1] == "Holds these sections only: Politics."
    assert "Holds these sections only: Politics." in (Path(report["path"]) / "README.txt").read_text()
    outcome = broadsheet("-C", str(project), "export", "--for", "brevo", "--section", "gardening")
    assert "has no section 'gardening'" in outcome.stderr
    assert "It has: Politics" in outcome.stderr


def test_the_clipboard(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "pbcopy"
    program.write_text(f"#!/bin/sh\ncat > '{tmp_path}/clipboard'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    outcome = broadsheet("-C", str(project), "export", "--for", "brevo", "--copy", "--out", str(tmp_path))
    assert "copied to the clipboard by pbcopy" in outcome.stderr
    assert (tmp_path / "clipboard").read_text().startswith("<!doctype html>")


def test_what_a_platform_lacks_is_told_at_once(project: Path) -> None:
    outcome = broadsheet("-C", str(project), "export", "--for", "loops")
    assert outcome.returncode == 1
    assert "(view_url) and the link to preferences (preferences_url)" in outcome.stderr
    assert "--drop view_url --drop preferences_url" in outcome.stderr
    outcome = broadsheet(
        "-C", str(project), "export", "--for", "loops", "--drop", "view_url", "--drop", "preferences_url"
    )
    assert outcome.returncode == 0, outcome.stderr


def test_a_platform_without_drafts_is_named_before_any_key(project: Path) -> None:
    for flags in (("--push",), ("--push", "--send")):
        outcome = broadsheet("-C", str(project), "export", "--for", "emailoctopus", *flags)
        assert outcome.returncode == 2
        assert "drafts cannot be pushed to emailoctopus" in outcome.stderr
        assert "mailchimp, brevo" in outcome.stderr
    for name, words in (("activecampaign", "no call of its API"), ("mailgun", "is a template")):
        outcome = broadsheet("-C", str(project), "export", "--for", name, "--push", "--send")
        assert outcome.returncode == 2
        assert words in outcome.stderr
    outcome = broadsheet("-C", str(project), "pull", "hubspot")
    assert "who left cannot be read from hubspot" in outcome.stderr


def test_the_list_says_who_takes_drafts_and_conditions() -> None:
    known = {one["name"]: one for one in json.loads(broadsheet("export", "--list", "--json").stdout)}
    assert known["listmonk"]["drafts"]
    assert not known["hubspot"]["drafts"]
    assert known["ses"]["pull"]
    assert not known["hubspot"]["pull"]
    assert known["hubspot"]["conditions"] == [{"code": "{% if contact.FIELD %}", "certainty": "D"}]
    assert known["mautic"]["conditions"] == []
