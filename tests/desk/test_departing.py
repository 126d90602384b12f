"""Who left at a platform is not written to from here, whichever platform tells it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2 as httpx
import pytest

from broadsheet.desk import Desk, open_desk
from broadsheet.desk.departing import pull_departures
from broadsheet.desk.starting import start_project
from broadsheet.desk.subscribing import add_subscriber
from broadsheet.errors import AudienceError, BroadsheetError, ConfigError, ExportError, PlatformBusy
from broadsheet.export.pull import TELLING
from broadsheet.export.pull.ses import Signature
from tests.cli.test_init import broadsheet
from tests.export import doubles

KINDS: dict[str, type[doubles.Double]] = {
    "mailchimp": doubles.MailchimpDouble,
    "brevo": doubles.BrevoDouble,
    "listmonk": doubles.ListmonkDouble,
    "buttondown": doubles.ButtondownDouble,
    "keila": doubles.KeilaDouble,
    "mautic": doubles.MauticDouble,
    "ghost": doubles.GhostDouble,
    "klaviyo": doubles.KlaviyoDouble,
    "sendgrid": doubles.SendgridDouble,
    "constant-contact": doubles.ConstantContactDouble,
    "mailerlite": doubles.MailerliteDouble,
    "customerio": doubles.CustomerIoDouble,
    "kit": doubles.KitDouble,
    "beehiiv": doubles.BeehiivDouble,
    "activecampaign": doubles.ActiveCampaignDouble,
    "postmark": doubles.PostmarkDouble,
    "campaign-monitor": doubles.CampaignMonitorDouble,
    "mailgun": doubles.MailgunDouble,
    "ses": doubles.SesDouble,
}
# Brevo does not say why somebody is on its blocklist; Keila, Mautic, beehiiv and ActiveCampaign name no complaints;
# Constant Contact tells by contact who unsubscribed only.
REASONS = {
    "brevo": {"request"},
    "keila": {"request", "bounce"},
    "mautic": {"request", "bounce"},
    "beehiiv": {"request", "bounce"},
    "activecampaign": {"request", "bounce"},
    "constant-contact": {"request"},
}
ALL_AT_ONCE = {"postmark"}


def project(folder: Path, name: str, double: doubles.Double) -> Path:
    start_project(folder)
    account = {"url": double.url, **double.account}
    with (folder / "broadsheet.toml").open("a") as file:
        file.write(f"\n[platforms.{name}]\n" + "".join(f'{key} = "{value}"\n' for key, value in account.items()))
    return folder


def test_every_platform_that_tells_is_tested() -> None:
    assert set(KINDS) == set(TELLING)


def crowd(name: str, size: int) -> dict[str, str]:
    """Make people of whom some left, for every reason that the platform knows."""
    reasons = ["", *sorted(REASONS.get(name, {"request", "bounce", "complaint"}))]
    return {f"p{number}@example.com": reasons[number % len(reasons)] for number in range(size)}


@pytest.fixture(params=TELLING)
def name(request: pytest.FixtureRequest) -> str:
    """Name each platform that tells who left: a new one cannot be forgotten."""
    chosen: str = request.param
    return chosen


@pytest.fixture
def double(name: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[doubles.Double]:
    double = KINDS[name]()
    monkeypatch.setenv(f"BROADSHEET_{name.upper().replace('-', '_')}_KEY", double.key)
    with double.serving():
        yield double


def kept(desk: Desk) -> int:
    return sum(desk.store.suppressions.count().values())


def test_who_left_is_suppressed_once(name: str, double: doubles.Double, tmp_path: Path) -> None:
    double.people = crowd(name, 1300)
    double.people["no address"] = "request"
    left = sum(1 for state in double.people.values() if state) - 1
    with open_desk(project(tmp_path, name, double)) as desk:
        report = pull_departures(desk, name)
        assert report.new == left
        assert report.unreadable == ["no address"]
        assert set(report.told) == REASONS.get(name, {"request", "bounce", "complaint"})
        assert not report.resumed
        assert pull_departures(desk, name).new == 0
        assert kept(desk) == left


@pytest.mark.parametrize("fault", ["drop", "busy"])
def test_a_reading_that_was_broken_off_goes_on(name: str, double: doubles.Double, fault: str, tmp_path: Path) -> None:
    """What was read stays, the next start asks for nothing that was read, and in the end nobody is missing."""
    double.people = crowd(name, 4200)
    left = sum(1 for state in double.people.values() if state)
    double.retry_after = "3600"
    with open_desk(project(tmp_path, name, double)) as desk:
        double.read_faults.extend([fault] if name in ALL_AT_ONCE else ["", fault])
        with pytest.raises(PlatformBusy) as error:
            pull_departures(desk, name, timeout=5.0)
        assert error.value.exit_code == 75
        known, asked = kept(desk), len(double.requests)
        assert (known > 0) is (name not in ALL_AT_ONCE)
        report = pull_departures(desk, name)
        assert report.resumed is (name not in ALL_AT_ONCE)
        assert report.new == left - known
        assert kept(desk) == left
        going_on = len(double.requests) - asked
        double.requests.clear()
        assert pull_departures(desk, name).new == 0
        assert going_on == len(double.requests) - (name not in ALL_AT_ONCE)


def test_a_short_wait_is_waited(name: str, double: doubles.Double, tmp_path: Path) -> None:
    double.people = crowd(name, 10)
    double.read_faults.append("busy")
    double.retry_after = "7"
    naps: list[float] = []
    with open_desk(project(tmp_path, name, double)) as desk:
        assert pull_departures(desk, name, sleep=naps.append).new > 0
    assert naps == [7.0]


@pytest.mark.parametrize("status", ["401", "403", "404", "422"])
def test_a_refusal_is_a_clear_line(name: str, double: doubles.Double, status: str, tmp_path: Path) -> None:
    double.read_faults.append(status)
    with open_desk(project(tmp_path, name, double)) as desk, pytest.raises(ExportError) as error:
        pull_departures(desk, name)
    assert error.value.advice
    assert double.key not in error.value.message


def test_a_wrong_key_is_named_and_not_shown(
    name: str, double: doubles.Double, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = double.key.replace("0", "1") if "0" in double.key else f"{double.key}x"
    monkeypatch.setenv(f"BROADSHEET_{name.upper().replace('-', '_')}_KEY", wrong)
    with (
        open_desk(project(tmp_path, name, double)) as desk,
        pytest.raises(ExportError, match="refuses the key") as error,
    ):
        pull_departures(desk, name)
    assert wrong not in error.value.message


def test_nobody_is_revived(name: str, double: doubles.Double, tmp_path: Path) -> None:
    """Somebody the platform does not list any more, or lists for a lesser reason, stays suppressed here."""
    double.people = {"a@example.com": min(REASONS.get(name, {"bounce"})), "b@example.com": "request"}
    with open_desk(project(tmp_path, name, double)) as desk:
        pull_departures(desk, name)
        double.people = {"a@example.com": "", "c@example.com": "request"}
        assert pull_departures(desk, name).new == 1
        assert kept(desk) == 3
        with pytest.raises(AudienceError, match="is suppressed"):
            add_subscriber(desk, desk.config.publication(), "a@example.com")


@pytest.mark.parametrize("seed", range(3))
def test_nobody_is_missed_whatever_gets_lost(name: str, double: doubles.Double, seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    double.people = crowd(name, 2500)
    left = sum(1 for state in double.people.values() if state)
    kinds = ["", "", "drop", "down", "busy", "cut", "401"]
    double.read_faults.extend(chance.choice(kinds) for _ in range(12))
    double.retry_after = "3600"
    with open_desk(project(tmp_path, name, double)) as desk:
        for _ in range(40):
            try:
                pull_departures(desk, name, timeout=5.0)
            except BroadsheetError:
                continue
            break
        assert kept(desk) == left


def test_a_place_of_another_account_or_of_yesterday_is_not_gone_on_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    double = doubles.BrevoDouble()
    monkeypatch.setenv("BROADSHEET_BREVO_KEY", double.key)
    double.people = {f"p{number}@example.com": "request" for number in range(1500)}
    with double.serving():
        folder = project(tmp_path, "brevo", double)
        now = datetime(2026, 11, 24, 5, tzinfo=UTC)
        double.read_faults.extend(["", "down"])
        with open_desk(folder, clock=lambda: now) as desk, pytest.raises(PlatformBusy):
            pull_departures(desk, "brevo")
        with open_desk(folder, clock=lambda: now + timedelta(hours=7)) as desk:
            assert not pull_departures(desk, "brevo").resumed
        double.read_faults.extend(["", "down"])
        with open_desk(folder, clock=lambda: now) as desk, pytest.raises(PlatformBusy):
            pull_departures(desk, "brevo")
        table = (folder / "broadsheet.toml").read_text()
        (folder / "broadsheet.toml").write_text(table.replace('list = "7"', 'list = "8"'))
        with open_desk(folder, clock=lambda: now) as desk:
            assert not pull_departures(desk, "brevo").resumed


def test_a_place_that_the_platform_forgot_begins_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    double = doubles.KlaviyoDouble()
    monkeypatch.setenv("BROADSHEET_KLAVIYO_KEY", double.key)
    double.people = {f"p{number}@example.com": "bounce" for number in range(250)}
    double.read_faults.extend(["", "down", "400"])
    with double.serving(), open_desk(project(tmp_path, "klaviyo", double)) as desk:
        with pytest.raises(PlatformBusy):
            pull_departures(desk, "klaviyo")
        report = pull_departures(desk, "klaviyo")
        assert not report.resumed
        assert report.new == 150


def test_who_left_one_tag_only_is_not_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    double = doubles.MailgunDouble()
    monkeypatch.setenv("BROADSHEET_MAILGUN_KEY", double.key)
    double.people = {"a@example.com": "request"}
    with double.serving(), open_desk(project(tmp_path, "mailgun", double)) as desk:
        assert pull_departures(desk, "mailgun").told == {"request": 1}


def test_the_signature_is_that_of_the_document() -> None:
    """The document's own example of a request with a query (AWS Signature Version 4 test suite, get-vanilla-query)."""
    when = datetime(2015, 8, 30, 12, 36, tzinfo=UTC)
    secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
    signature = Signature("AKIDEXAMPLE", secret, "us-east-1", clock=lambda: when, service="service")
    request = httpx.Request("GET", "https://example.amazonaws.com/?Param2=value2&Param1=value1")
    signed = next(signature.auth_flow(request))
    assert signed.headers["Authorization"].endswith(
        "Signature=b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"
    )


def test_a_platform_that_does_not_tell_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    start_project(tmp_path)
    with open_desk(tmp_path) as desk, pytest.raises(ConfigError, match="cannot be read from sendy"):
        pull_departures(desk, "sendy")


def test_the_command_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    double = doubles.KeilaDouble()
    monkeypatch.setenv("BROADSHEET_KEILA_KEY", double.key)
    double.people = {"a@example.com": "request", "b@example.com": "bounce", "c@example.com": ""}
    with double.serving():
        outcome = broadsheet("-C", str(project(tmp_path, "keila", double)), "pull", "keila")
    assert outcome.returncode == 0, outcome.stderr
    assert "1 by bounce, 1 by request; 2 are new here" in outcome.stdout
