from __future__ import annotations

import json

from tests.cli.test_init import broadsheet


def test_the_list_names_every_platform() -> None:
    outcome = broadsheet("export", "--list")
    assert outcome.returncode == 0, outcome.stderr
    assert "Mailchimp" in outcome.stdout
    assert "send a test first" in outcome.stdout


def test_the_list_as_json() -> None:
    known = {entry["name"]: entry for entry in json.loads(broadsheet("export", "--list", "--json").stdout)}
    assert known["mailchimp"]["tags"]["unsubscribe_url"] == {"code": "*|UNSUB|*", "certainty": "D"}
    assert len(known) >= 29
