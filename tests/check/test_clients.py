"""The table of mail clients, and what of it the MJML engine makes unavoidable."""

from __future__ import annotations

from mjml import mjml2html

from broadsheet.check.clients import USUAL_CLIENTS, client_table
from broadsheet.check.features import features_of
from broadsheet.check.mail import Mail
from broadsheet.check.rules.clients import BASELINE, GRACEFUL
from broadsheet.config.checks import CLIENT_FAMILIES

EVERYTHING = """
<mjml><mj-head><mj-title>t</mj-title><mj-preview>p</mj-preview></mj-head><mj-body background-color="#eee">
<mj-section background-color="#fff" border-radius="4px" background-url="https://x.org/a.png"><mj-column width="50%">
<mj-text>Words</mj-text><mj-image src="https://x.org/a.png" alt="" /><mj-button href="https://x.org">Go</mj-button>
<mj-divider /><mj-spacer height="10px" /><mj-table><tr><td>x</td></tr></mj-table></mj-column>
<mj-column width="50%"><mj-text>More</mj-text></mj-column></mj-section></mj-body></mjml>
"""


def test_the_table_is_whole() -> None:
    table = client_table()
    assert len(table.features) > 300
    assert all(len(letters) == len(table.clients) for _, letters in table.features.values())
    assert {client.family for client in table.clients} == set(CLIENT_FAMILIES)
    assert set(USUAL_CLIENTS) <= set(CLIENT_FAMILIES)


def test_the_lists_name_features_that_exist() -> None:
    assert (BASELINE | GRACEFUL) - set(client_table().features) == set()


def test_what_the_engine_writes_by_itself_is_the_baseline() -> None:
    """A new engine that writes something else is noticed here, before every edition is warned of it."""
    used = features_of(Mail(html=str(mjml2html(EVERYTHING, fonts={}))), client_table().features)
    assert set(used) - GRACEFUL == BASELINE


def test_what_only_gmail_can_match_asks_nothing_of_others() -> None:
    def used(selector: str) -> set[str]:
        style = f"<style>{selector}{{mix-blend-mode:screen}}</style>"
        return {name for name in features_of(Mail(html=style), client_table().features) if name.startswith("css-")}

    assert used("u + .body .x") == set()
    assert "css-mix-blend-mode" in used("u + .body .x,.y")
    assert "css-mix-blend-mode" in used("b + .x")


def test_a_family_shares_its_weight_among_its_clients() -> None:
    table = client_table()
    alone = table.support("css-display-flex", {"outlook/windows": 1})
    assert (alone.none, alone.without) == (1.0, ("Outlook (Windows)",))
    family = table.support("css-display-flex", {"outlook": 1})
    assert round(family.none, 3) == 0.2  # one of five: Windows 10's Mail is withdrawn and not counted
