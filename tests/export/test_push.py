"""Every platform that takes drafts keeps the contract, against a double of its API."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from broadsheet.config import Account
from broadsheet.errors import BroadsheetError, ConfigError, ExportError, PlatformBusy
from broadsheet.export.push import TEMPLATES, open_place
from broadsheet.export.push.drafts import UNTOLD, differences_of
from broadsheet.export.push.places import DRAFTS, SENT_BY_HAND
from broadsheet.export.push.salesforce import customer_key
from tests.contracts.place import LATER, Bench, ByHandContract, PlaceContract, TemplateContract
from tests.export import doubles


class TestMailchimp(PlaceContract):
    name, kind = "mailchimp", doubles.MailchimpDouble


class TestBrevo(PlaceContract):
    name, kind = "brevo", doubles.BrevoDouble


class TestListmonk(PlaceContract):
    name, kind = "listmonk", doubles.ListmonkDouble


class TestButtondown(PlaceContract):
    name, kind = "buttondown", doubles.ButtondownDouble

    def test_it_is_never_made_to_be_sent(self, bench: Bench) -> None:
        pushed = bench.push()
        assert bench.double.items[pushed.remote_id]["status"] == "draft"


class TestKeila(PlaceContract):
    name, kind = "keila", doubles.KeilaDouble


class TestMautic(PlaceContract):
    name, kind = "mautic", doubles.MauticDouble


class TestGhost(PlaceContract):
    name, kind = "ghost", doubles.GhostDouble


class TestKlaviyo(PlaceContract):
    name, kind = "klaviyo", doubles.KlaviyoDouble

    def test_there_is_one_template_too(self, bench: Bench) -> None:
        assert isinstance(bench.double, doubles.KlaviyoDouble)
        bench.push()
        bench.push()
        assert len(bench.double.templates) == 1


class TestSendgrid(PlaceContract):
    name, kind = "sendgrid", doubles.SendgridDouble


class TestConstantContact(PlaceContract):
    name, kind = "constant-contact", doubles.ConstantContactDouble
    others = 1200

    def test_what_was_deleted_there_keeps_its_name(self, bench: Bench) -> None:
        first = bench.push()
        bench.double.items[first.remote_id]["current_status"] = "Removed"
        second = bench.push()
        assert (second.created, second.differences) == (True, ())
        bench.notebook.remote_id = ""
        assert bench.push().remote_id == second.remote_id

    def test_a_segment_that_was_chosen_there_is_set_back(self, bench: Bench) -> None:
        there = bench.double.items[bench.push().remote_id]
        there |= {"contact_list_ids": [], "segment_ids": [4]}
        assert bench.push().differences == ()
        assert there["contact_list_ids"] == ["da10f460-3072"]


class TestMailerLite(PlaceContract):
    name, kind, untold = "mailerlite", doubles.MailerliteDouble, (UNTOLD,)

    def test_what_the_platform_cuts_off_is_told(self, bench: Bench) -> None:
        """The API cannot tell it: the push says each time that nothing was compared, and never that it is whole."""
        bench.double.cuts = len(bench.draft.html) // 2
        assert bench.push().differences == (UNTOLD,)

    def test_the_html_is_put_there_whole(self, bench: Bench) -> None:
        (email,) = bench.double.items[bench.push().remote_id]["emails"]
        assert email["content"] == bench.draft.html

    def test_another_group_there_is_told(self, bench: Bench) -> None:
        """Somebody chose a segment for the draft after it was renewed."""
        campaign = bench.double.items[bench.push().remote_id]
        shown = campaign | {"filter": [[{"operator": "in_any", "args": ["segments", ["7"]]}]]}
        bench.double._shown = lambda item: shown  # type: ignore[attr-defined]  # this double has one
        assert bench.push().differences[-1] == "It would go to segments 7 there, not to 42."


class TestCustomerIo(PlaceContract):
    name, kind = "customerio", doubles.CustomerIoDouble

    def test_it_is_never_made_to_be_sent(self, bench: Bench) -> None:
        assert bench.double.items[bench.push().remote_id]["sent_at"] is None

    def test_a_layout_around_the_edition_is_refused(self, bench: Bench) -> None:
        assert isinstance(bench.double, doubles.CustomerIoDouble)
        bench.double.layout = "<html><body>{{ content }} {% unsubscribe_url %}</body></html>"
        for _ in range(2):
            with pytest.raises(ExportError, match="would put a layout around"):
                bench.push()
        assert len(bench.double.items) == 1

    def test_one_in_several_variants_is_left_alone(self, bench: Bench) -> None:
        contents = bench.double.items[bench.push().remote_id]["contents"]
        contents.append({**contents[0], "id": 7, "language": "fr"})
        with pytest.raises(ExportError, match="in several variants"):
            bench.push()

    def test_another_segment_there_is_told(self, bench: Bench) -> None:
        bench.double.items[bench.push().remote_id]["recipient_segment_ids"] = [42, 99]
        assert bench.push().differences == ("It would go to 42, 99 there, not to 42.",)


class TestSes(TemplateContract):
    name, kind = "ses", doubles.SesTemplatesDouble

    def test_what_comes_too_early_is_made_again_after_a_second(self, bench: Bench) -> None:
        bench.double.faults.append("busy")
        assert bench.push().created
        assert bench.naps == [1.0]

    def test_what_somebody_made_meanwhile_is_no_twin(self, bench: Bench) -> None:
        """SES refuses a second template of a name, and the next run renews the one that is there."""
        bench.double.blind = True
        with pytest.raises(ExportError):
            bench.push()
        with pytest.raises(ExportError, match="already exists"):
            bench.push()
        bench.double.blind = False
        assert not bench.push().created
        assert len(bench.double.items) == 1


class TestPostmark(TemplateContract):
    name, kind = "postmark", doubles.PostmarkTemplatesDouble


class TestIterable(TemplateContract):
    name, kind = "iterable", doubles.IterableDouble

    def test_the_template_of_a_campaign_is_left_alone(self, bench: Bench) -> None:
        bench.push()
        (item,) = bench.double.items.values()
        item["campaignId"] = 7
        asked = len(bench.double.requests)
        with pytest.raises(ExportError, match="the template of the campaign 7"):
            bench.push()
        assert all(method == "GET" for method, _path in bench.double.requests[asked:])

    def test_a_template_that_is_not_to_be_seen_yet_is_asked_for_later(self, bench: Bench) -> None:
        bench.double.blind = True
        with pytest.raises(PlatformBusy, match="not to be seen yet"):
            bench.push()
        bench.double.blind = False
        assert not bench.push().created
        assert len(bench.double.items) == 1


class TestSalesforce(TemplateContract):
    name, kind = "salesforce", doubles.SalesforceDouble

    def test_one_token_does_for_a_push(self, bench: Bench) -> None:
        assert isinstance(bench.double, doubles.SalesforceDouble)
        bench.push()
        assert bench.double.tokens == 1

    def test_without_a_token_nothing_is_made(self, bench: Bench) -> None:
        assert isinstance(bench.double, doubles.SalesforceDouble)
        bench.double.silent = 1
        with pytest.raises(PlatformBusy, match="gave no token") as error:
            bench.push()
        assert bench.double.key not in error.value.message
        assert not bench.double.items
        assert bench.push().created  # nothing was claimed, so there is nothing to wait for

    def test_a_long_mark_makes_a_key_that_fits(self) -> None:
        key = customer_key("[broadsheet the-evening-courier-of-the-north-2026-11-24]")
        assert re.fullmatch(r"[0-9a-f]{36}", key)
        assert customer_key("[broadsheet daily-2026-11-24]") == "broadsheet-daily-2026-11-24"

    def test_a_folder_that_was_chosen_there_stays(self, bench: Bench) -> None:
        there = bench.double.items[bench.push().remote_id]
        there["category"] = {"id": 89397}
        bench.push()
        assert there["category"] == {"id": 89397}


class TestHubspot(TemplateContract):
    name, kind = "hubspot", doubles.HubspotDouble

    def test_the_file_says_what_it_is(self, bench: Bench) -> None:
        there = bench.double.items[bench.push().remote_id]
        assert there["path"] == "broadsheet/broadsheet-daily-2026-11-24.html"
        kind, _, html = there["html"].partition("-->\n")
        assert "templateType: email" in kind
        assert "label: broadsheet-daily-2026-11-24" in kind
        assert html.strip() == bench.draft.html.strip()


class TestMailgun(TemplateContract):
    name, kind = "mailgun", doubles.MailgunTemplatesDouble

    def test_it_is_the_version_that_is_sent(self, bench: Bench) -> None:
        (version,) = bench.double.items[bench.push().remote_id]["versions"].values()
        assert version["headers"]["from"] == '"The Daily Sheet" <news@example.com>'

    def test_a_subject_that_is_not_told_is_no_difference(self, bench: Bench) -> None:
        assert isinstance(bench.double, doubles.MailgunTemplatesDouble)
        bench.double.tells_headers = False
        assert bench.push().differences == ()

    def test_another_subject_there_is_told(self, bench: Bench) -> None:
        (version,) = bench.double.items[bench.push().remote_id]["versions"].values()
        version["headers"]["subject"] = "Another"
        there = bench.place().read(bench.notebook.remote_id)
        assert there is not None
        assert there.subject == "Another"

    def test_what_is_too_large_is_told(self, bench: Bench) -> None:
        bench.draft = replace(bench.draft, html=bench.draft.html + "x" * 100_000)
        with pytest.raises(ExportError, match="larger than 100Kb"):
            bench.push()


class TestKit(PlaceContract):
    name, kind = "kit", doubles.KitDouble

    def test_it_is_no_post_on_the_web_and_has_no_time(self, bench: Bench) -> None:
        there = bench.double.items[bench.push().remote_id]
        assert (there["public"], there["send_at"], there["email_template_id"]) == (False, None, 6)

    def test_sending_changes_nothing_else(self, bench: Bench) -> None:
        there = bench.double.items[bench.push().remote_id]
        there["email_address"] = "desk@example.com"
        before = {key: there[key] for key in there if key not in ("status", "send_at", "public")}
        bench.send()
        after = {key: there[key] for key in there if key not in ("status", "send_at", "public", "published_at")}
        assert after == before

    def test_an_address_that_was_chosen_there_stays(self, bench: Bench) -> None:
        there = bench.double.items[bench.push().remote_id]
        there["email_address"] = "desk@example.com"
        bench.push()
        assert there["email_address"] == "desk@example.com"

    @pytest.mark.parametrize("how", ["any", "none"])
    def test_other_readers_chosen_meanwhile_are_told(self, bench: Bench, how: str) -> None:
        there = bench.double.items[bench.push().remote_id]
        there["subscriber_filter"] = [{"all": None, "any": None, "none": None, how: [{"type": "tag", "ids": [5]}]}]
        read = bench.place().read(bench.notebook.remote_id)
        assert read is not None
        assert read.audience == (f"{how} of tag:5",)

    def test_without_a_list_it_is_for_everybody(self, bench: Bench) -> None:
        bench.double.account = {}  # type: ignore[misc]  # this one has no list
        pushed = bench.push()
        assert pushed.differences == ()
        assert bench.double.items[pushed.remote_id]["subscriber_filter"] == []

    def test_a_broadcast_with_a_time_is_no_draft(self, bench: Bench) -> None:
        bench.double.items[bench.push().remote_id]["send_at"] = "2026-11-25T05:00:00Z"
        with pytest.raises(ExportError, match="scheduled there already"):
            bench.push()


class TestGetResponse(PlaceContract):
    name, kind, keeps_id = "getresponse", doubles.GetResponseDouble, False

    def test_nothing_is_deleted_without_need(self, bench: Bench) -> None:
        bench.push()
        bench.push()
        assert [method for method, _path in bench.double.requests if method != "GET"] == ["POST"]

    @pytest.mark.parametrize("fault", ["lose", "cut", "break"])
    def test_a_lost_answer_to_deleting_is_asked_after(self, bench: Bench, fault: str) -> None:
        first = bench.push()
        bench.draft = replace(bench.draft, subject="Another subject")
        bench.double.faults.append(fault)
        second = bench.push()
        assert list(bench.double.items) == [second.remote_id] != [first.remote_id]

    def test_a_request_to_delete_that_got_lost_leaves_the_draft(self, bench: Bench) -> None:
        first = bench.push()
        bench.draft = replace(bench.draft, subject="Another subject")
        bench.double.faults.append("drop")
        with pytest.raises(PlatformBusy):
            bench.push()
        assert list(bench.double.items) == [first.remote_id]
        second = bench.push()
        assert list(bench.double.items) == [second.remote_id] != [first.remote_id]

    @pytest.mark.parametrize("fault", ["lose", "cut", "break"])
    def test_a_lost_answer_to_making_it_anew_is_asked_after(self, bench: Bench, fault: str) -> None:
        bench.push()
        bench.draft = replace(bench.draft, subject="Another subject")
        bench.double.faults.extend(["", fault])
        second = bench.push()
        assert [one["subject"] for one in bench.double.items.values()] == ["Another subject"]
        assert list(bench.double.items) == [second.remote_id]

    def test_a_request_to_make_it_anew_that_got_lost_is_made_later_only(self, bench: Bench) -> None:
        bench.push()
        bench.draft = replace(bench.draft, subject="Another subject")
        bench.double.faults.extend(["", "drop"])
        with pytest.raises(PlatformBusy, match="no answer"):
            bench.push()
        with pytest.raises(PlatformBusy, match="may still be working"):
            bench.push(after=timedelta(seconds=20))
        assert bench.push(after=LATER).created
        assert len(bench.double.items) == 1

    def test_a_lagging_search_after_making_it_anew_makes_no_twin(self, bench: Bench) -> None:
        bench.push()
        bench.draft = replace(bench.draft, subject="Another subject")
        bench.double.faults.extend(["", "lose"])
        bench.double.blind = True
        for _ in range(2):
            with pytest.raises(PlatformBusy):
                bench.push(after=timedelta(seconds=30))
        bench.double.blind = False
        assert not bench.push(after=LATER).created
        assert len(bench.double.items) == 1

    @pytest.mark.parametrize("seed", range(6))
    def test_one_draft_of_the_last_form_whatever_gets_lost(self, bench: Bench, seed: int) -> None:
        chance = random.Random(seed)
        bench.push()
        bench.draft = replace(bench.draft, subject="Another subject")
        bench.double.faults.extend(chance.choice(["", "lose", "cut", "break", "drop", "busy"]) for _ in range(8))
        bench.double.read_faults.extend(chance.choice(["", "", "drop", "down", "cut"]) for _ in range(8))
        for _ in range(40):
            try:
                bench.push(after=timedelta(seconds=chance.choice([5, 50, 200])))
            except BroadsheetError:
                assert len(bench.double.items) <= 1
        assert [one["subject"] for one in bench.double.items.values()] == ["Another subject"]

    def test_what_no_longer_bears_the_mark_is_not_deleted(self, bench: Bench) -> None:
        there = bench.double.items[bench.push().remote_id]
        there["name"] = "Kept by hand"
        bench.draft = replace(bench.draft, subject="Another subject")
        with pytest.raises(ExportError, match="left alone"):
            bench.push()
        assert list(bench.double.items.values()) == [there]

    def test_what_was_sent_between_two_questions_is_not_deleted(self, bench: Bench) -> None:
        identifier = bench.push().remote_id
        bench.double.mark_sent(identifier)
        place = bench.place()
        with pytest.raises(ExportError, match="left alone"):
            place.fill(identifier, replace(bench.draft, subject="Another subject"))
        assert list(bench.double.items) == [identifier]

    def test_a_broadcast_beside_the_draft_counts_as_sent(self, bench: Bench) -> None:
        there = bench.double
        assert isinstance(there, doubles.GetResponseDouble)
        there.beside = True
        there.mark_sent(bench.push().remote_id)
        with pytest.raises(ExportError, match="a broadcast there already"):
            bench.push()
        assert len(there.items) == 2

    def test_other_readers_chosen_meanwhile_are_told(self, bench: Bench) -> None:
        there = bench.double.items[bench.push().remote_id]
        there["sendSettings"] = {"selectedCampaigns": ["V"], "excludedSegments": ["s9"]}
        read = bench.place().read(bench.notebook.remote_id)
        assert read is not None
        assert read.audience == ("V", "excludedSegments s9")


class TestBeehiiv(PlaceContract):
    name, kind = "beehiiv", doubles.BeehiivDouble

    def test_it_is_never_made_to_be_sent(self, bench: Bench) -> None:
        there = bench.double.items[bench.push().remote_id]
        assert (there["status"], there["slug"]) == ("draft", "broadsheet-daily-2026-11-24")

    def test_what_is_not_there_yet_is_waited_for(self, bench: Bench) -> None:
        assert isinstance(bench.double, doubles.BeehiivDouble)
        bench.double.not_yet, bench.double.retry_after = 2, "5"
        assert bench.push().created
        assert bench.naps == [5.0, 5.0]

    def test_what_is_long_in_coming_is_read_later_and_not_made_again(self, bench: Bench) -> None:
        assert isinstance(bench.double, doubles.BeehiivDouble)
        bench.double.not_yet = 4
        with pytest.raises(PlatformBusy, match="still making it"):
            bench.push()
        assert not bench.push(after=timedelta(seconds=30)).created
        assert len(bench.double.items) == 1

    def test_what_could_not_be_made_is_made_anew(self, bench: Bench) -> None:
        assert isinstance(bench.double, doubles.BeehiivDouble)
        bench.double.fails = True
        with pytest.raises(ExportError, match="gone right after"):
            bench.push()
        bench.double.fails = False
        assert bench.push(after=LATER).created

    def test_a_link_that_became_another_one_is_told(self, bench: Bench) -> None:
        html = bench.draft.html
        bench.push()
        (there,) = bench.double.items.values()
        there["body_content"] = html.replace('href="https://news.example', 'href="https://news.other')
        read = bench.place().read(bench.notebook.remote_id)
        assert read is not None
        assert any("links are missing or changed" in said for said in differences_of(bench.draft, read))


class TestActiveCampaign(ByHandContract):
    name, kind, lead = "activecampaign", doubles.ActiveCampaignDouble, 1

    def test_a_message_whose_answer_got_lost_makes_no_campaign(self, bench: Bench) -> None:
        assert isinstance(bench.double, doubles.ActiveCampaignDouble)
        bench.double.faults.append("lose")
        with pytest.raises(PlatformBusy, match="no campaign was made"):
            bench.push()
        assert not bench.double.items
        assert bench.push().created
        assert (len(bench.double.items), len(bench.double.messages)) == (1, 2)

    def test_a_no_with_the_status_of_a_yes_is_a_refusal(self, bench: Bench) -> None:
        bench.double.account = {"list": "5"}  # type: ignore[misc]  # a list that is not there
        with pytest.raises(ExportError, match="p\\[4\\] is required"):
            bench.push()

    def test_a_campaign_of_two_messages_is_left_alone(self, bench: Bench) -> None:
        bench.double.items[bench.push().remote_id]["messages"].append("7")
        with pytest.raises(ExportError, match="holds 2 messages"):
            bench.push()

    def test_other_readers_chosen_there_are_told(self, bench: Bench) -> None:
        there = bench.double.items[bench.push().remote_id]
        there |= {"lists": ["4", "9"], "segmentid": "3"}
        (said,) = bench.push().differences
        assert said == "It would go to 4, 9, the segment 3 there, not to 4."


class TestCampaignMonitor(ByHandContract):
    name, kind, keeps_id = "campaign-monitor", doubles.CampaignMonitorDraftsDouble, False
    untold = (UNTOLD,)

    def test_nothing_is_deleted_without_need(self, bench: Bench) -> None:
        bench.push()
        bench.push()
        assert [method for method, _path in bench.double.requests if method != "GET"] == ["POST"]

    @pytest.mark.parametrize("error", [PlatformBusy("not shown yet"), ConfigError("no folder is public")])
    def test_without_a_page_on_the_web_nothing_is_noted_or_made(self, bench: Bench, error: BroadsheetError) -> None:
        def not_yet(html: str, text: str) -> tuple[str, str]:
            raise error

        bench.double.show_edition = not_yet  # type: ignore[method-assign]  # as long as nobody copied it there
        with pytest.raises(type(error)):
            bench.push()
        assert bench.notebook.attempted_at is None
        assert all(method == "GET" for method, _path in bench.double.requests)
        del bench.double.show_edition
        assert bench.push().created

    def test_nothing_is_deleted_before_the_web_shows_what_comes(self, bench: Bench) -> None:
        def not_yet(html: str, text: str) -> tuple[str, str]:
            raise PlatformBusy("not shown yet")

        first = bench.push()
        bench.draft = replace(bench.draft, subject="Another subject")
        bench.double.show_edition = not_yet  # type: ignore[method-assign]
        with pytest.raises(PlatformBusy):
            bench.push()
        assert list(bench.double.items) == [first.remote_id]

    def test_the_page_is_taken_whole(self, bench: Bench) -> None:
        assert bench.double.items[bench.push().remote_id]["html"] == bench.draft.html

    def test_what_the_platform_cuts_off_is_told(self, bench: Bench) -> None:
        """The API cannot tell it: the push says each time that nothing was compared."""
        bench.double.cuts = len(bench.draft.html) // 2
        assert bench.push().differences == (UNTOLD,)

    @pytest.mark.parametrize("fault", ["lose", "cut", "break"])
    def test_a_lost_answer_to_deleting_is_asked_after(self, bench: Bench, fault: str) -> None:
        first = bench.push()
        bench.draft = replace(bench.draft, subject="Another subject")
        bench.double.faults.append(fault)
        second = bench.push()
        assert list(bench.double.items) == [second.remote_id] != [first.remote_id]

    @pytest.mark.parametrize("seed", range(6))
    def test_one_draft_of_the_last_form_whatever_gets_lost(self, bench: Bench, seed: int) -> None:
        chance = random.Random(seed)
        bench.push()
        bench.draft = replace(bench.draft, subject="Another subject")
        bench.double.faults.extend(chance.choice(["", "lose", "cut", "break", "drop", "busy"]) for _ in range(8))
        bench.double.read_faults.extend(chance.choice(["", "", "drop", "down", "cut"]) for _ in range(8))
        for _ in range(40):
            try:
                bench.push(after=timedelta(seconds=chance.choice([5, 50, 200])))
            except BroadsheetError:
                assert len(bench.double.items) <= 1
        assert [one["Subject"] for one in bench.double.items.values()] == ["Another subject"]

    def test_what_no_longer_bears_the_mark_is_not_deleted(self, bench: Bench) -> None:
        there = bench.double.items[bench.push().remote_id]
        there["Name"] = "Kept by hand"
        bench.draft = replace(bench.draft, subject="Another subject")
        with pytest.raises(ExportError, match="left alone"):
            bench.push()
        assert list(bench.double.items.values()) == [there]

    def test_other_readers_chosen_there_are_set_back(self, bench: Bench) -> None:
        bench.double.items[bench.push().remote_id]["Segments"] = [{"SegmentID": "dba8", "ListID": "a58ee1d3"}]
        assert bench.push().differences == (UNTOLD,)
        assert [one["Segments"] for one in bench.double.items.values()] == [[]]


def test_every_platform_is_under_contract() -> None:
    assert {kind.name for kind in PlaceContract.__subclasses__()} == set(DRAFTS) - set(SENT_BY_HAND)
    assert {kind.name for kind in ByHandContract.__subclasses__()} == set(SENT_BY_HAND)
    assert {kind.name for kind in TemplateContract.__subclasses__()} == set(TEMPLATES)


def test_a_platform_without_a_way_in_is_named() -> None:
    with pytest.raises(ConfigError, match="cannot be pushed to emailoctopus"):
        open_place("emailoctopus", Account(), "key")


@pytest.mark.parametrize(
    ("name", "account", "key", "words"),
    [
        ("mailchimp", Account(), "0-us6", "platforms.mailchimp.list"),
        ("mailchimp", Account(list="a"), "0", "data centre"),
        ("brevo", Account(list="news"), "k", "a number"),
        ("listmonk", Account(list="1", user="u"), "k", "platforms.listmonk.url"),
        ("listmonk", Account(list="1", user="u", url="http://mail.example.com"), "k", "would show the key"),
        ("ghost", Account(url="https://example.com"), "abc", "Admin API key"),
        ("kit", Account(list="18"), "k", "segment:ID or tag:ID"),
        ("getresponse", Account(list="V"), "k", "platforms.getresponse.sender"),
        ("salesforce", Account(url="https://a.auth.marketingcloudapis.com"), "k", "platforms.salesforce.user"),
    ],
)
def test_what_an_account_lacks_is_named(name: str, account: Account, key: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        open_place(name, account, key)


def test_another_list_there_is_told() -> None:
    """Somebody chose another list, or a segment, for the draft: it must not be sent to that one."""
    double = doubles.MailchimpDouble()
    with double.serving() as url:
        bench = Bench("mailchimp", double, url)
        there = double.items[bench.push().remote_id]
        there["recipients"] = {"list_id": "a1b2c3", "segment_opts": {"match": "all"}}
        assert bench.push().differences == ("It would go to a1b2c3, a segment of it there, not to a1b2c3.",)
        there["recipients"] = {"list_id": "other"}
        assert bench.push().differences == ("It would go to other there, not to a1b2c3.",)


@pytest.mark.parametrize(("name", "account"), [("keila", Account()), ("ghost", Account(url="https://example.com"))])
def test_what_sending_lacks_is_named_before_anything_is_asked(name: str, account: Account) -> None:
    place = open_place(name, account, "5f3c:00ff")
    with pytest.raises(ConfigError, match=f"platforms.{name}"):
        place.send("1")
