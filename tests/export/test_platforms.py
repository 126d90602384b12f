"""Every platform keeps the contract; what is special about one is tested in its own class."""

from __future__ import annotations

import email
import email.message
import email.policy
import io
import zipfile
from typing import ClassVar

import pytest

from broadsheet.errors import ConfigError, ExportError
from broadsheet.export import Choices, Exported, Platform, export_edition, exported, find_platform, platforms
from broadsheet.export.platforms import NAMES
from broadsheet.model import RenderedEdition
from broadsheet.slots import SAMPLES, Slot
from tests.contracts.exporter import ExporterContract, same, words_of
from tests.export.awkward import HOSTILE, PUBLICATION, awkward_edition


class TestGenericHtml(ExporterContract):
    name = "html"


class TestMailchimp(ExporterContract):
    name = "mailchimp"

    def test_the_hidden_preheader_leaves_for_the_field(self, result: Exported) -> None:
        assert "News of the day" not in result.html
        assert result.preheader.startswith("News of the day")

    def test_a_name_with_a_fallback(self, platform: Platform, rendered: RenderedEdition) -> None:
        assert (
            "*|IF:FNAME|**|FNAME|**|ELSE:|*there*|END:IF|*"
            in exported(rendered, platform, Choices(fallback="there")).html
        )

    def test_no_unsubscribe_link_is_refused(self, platform: Platform, rendered: RenderedEdition) -> None:
        with pytest.raises(ExportError, match=r"Mailchimp refuses an edition without unsubscribe_url"):
            exported(rendered, platform, Choices(drop=frozenset({Slot.UNSUBSCRIBE_URL})))

    def test_an_archive_over_the_limit_is_told(self, platform: Platform, rendered: RenderedEdition) -> None:
        pictures = {"https://img.example/0.jpg?w={{7}}": b"0" * 1_000_001}
        assert any("at most" in note for note in exported(rendered, platform, pictures=pictures).notes)

    def test_local_pictures_go_along(self, platform: Platform, rendered: RenderedEdition) -> None:
        import dataclasses

        html = rendered.html.replace("https://img.example/0.jpg?w={{7}}", "pictures/a b.jpg")
        bundle = export_edition(
            dataclasses.replace(rendered, html=html), PUBLICATION, platform, pictures={"pictures/a b.jpg": b"jpg"}
        )
        files = {file.path: file.content for file in bundle.files}
        assert b'src="pictures/a b.jpg"' in files["edition.html"]
        bag = zipfile.ZipFile(io.BytesIO(files["upload.zip"]))
        assert bag.namelist() == ["edition.html", "images/1-a-b.jpg"]
        assert bag.read("images/1-a-b.jpg") == b"jpg"
        assert b'src="images/1-a-b.jpg"' in bag.read("edition.html")
        assert b'href="*|UNSUB|*"' in bag.read("edition.html")


class TestMessageFile(ExporterContract):
    name = "eml"

    def choices(self, platform: Platform) -> Choices:
        return Choices()

    def test_it_is_a_message_with_both_parts(self, rendered: RenderedEdition) -> None:
        bundle = export_edition(rendered, PUBLICATION, find_platform("eml"))
        content = next(file.content for file in bundle.files if file.path == "edition.eml")
        message = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(message, email.message.EmailMessage)
        assert message["Subject"] == rendered.subject
        assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
        body = message.get_body(("html",))
        assert body is not None
        html = body.get_content()
        assert SAMPLES[Slot.UNSUBSCRIBE_URL] in html
        assert all(same(text) in words_of(html) for text in HOSTILE)
        assert max(map(len, content.split(b"\r\n"))) < 998
        assert b"\n" not in content.replace(b"\r\n", b"")


class TestBrevo(ExporterContract):
    name = "brevo"


class TestSendgrid(ExporterContract):
    name = "sendgrid"


class TestKlaviyo(ExporterContract):
    name = "klaviyo"


class TestHubspot(ExporterContract):
    name = "hubspot"


class TestCampaignMonitor(ExporterContract):
    name = "campaign-monitor"


class TestActivecampaign(ExporterContract):
    name = "activecampaign"


class TestMailerlite(ExporterContract):
    name = "mailerlite"


class TestConstantContact(ExporterContract):
    name = "constant-contact"


class TestKit(ExporterContract):
    name = "kit"


class TestCustomerio(ExporterContract):
    name = "customerio"


class TestIterable(ExporterContract):
    name = "iterable"


class TestSalesforce(ExporterContract):
    name = "salesforce"

    def test_a_bracket_and_a_tag_make_no_script(self, result: Exported) -> None:
        assert "<%" not in result.text.replace("<% code", "")
        assert "View in browser:\n%%view_email_url%%" in result.text


class TestBeehiiv(ExporterContract):
    name = "beehiiv"


class TestButtondown(ExporterContract):
    name = "buttondown"


class TestGhost(ExporterContract):
    name = "ghost"


class TestListmonk(ExporterContract):
    name = "listmonk"


class TestMautic(ExporterContract):
    name = "mautic"


class TestSendy(ExporterContract):
    name = "sendy"


class TestKeila(ExporterContract):
    name = "keila"


class TestPhplist(ExporterContract):
    name = "phplist"


class TestMailpoet(ExporterContract):
    name = "mailpoet"


class TestEmailoctopus(ExporterContract):
    name = "emailoctopus"


class TestLoops(ExporterContract):
    name = "loops"


class TestPostmark(ExporterContract):
    name = "postmark"


class TestMailgun(ExporterContract):
    name = "mailgun"


class TestSes(ExporterContract):
    name = "ses"


class TestZoho(ExporterContract):
    name = "zoho"


class TestGetresponse(ExporterContract):
    name = "getresponse"


class TestAweber(ExporterContract):
    name = "aweber"


class TestOmnisend(ExporterContract):
    name = "omnisend"


class TestAllOfThem:
    tested: ClassVar = {kind.name for kind in ExporterContract.__subclasses__()}

    def test_each_platform_is_under_contract(self) -> None:
        assert {kind.name for kind in ExporterContract.__subclasses__()} == set(NAMES)

    def test_names_are_their_own(self) -> None:
        assert [platform.name for platform in platforms()] == list(NAMES)

    def test_tags_for_links_can_stand_in_an_attribute(self) -> None:
        for platform in platforms():
            assert all('"' not in tag.in_html("there") for slot, tag in platform.tags.items() if slot.is_url)

    def test_required_slots_have_tags(self) -> None:
        assert all(platform.required <= set(platform.tags) for platform in platforms())

    def test_an_unknown_platform_gets_the_nearest(self) -> None:
        with pytest.raises(ConfigError, match="did you mean 'mailchimp'"):
            find_platform("mailchip")


def test_a_fallback_that_could_be_code_is_refused() -> None:
    with pytest.raises(ConfigError, match="fallback"):
        exported(awkward_edition(), find_platform("mailchimp"), Choices(fallback="{{ x }}"))


def test_a_link_slot_takes_addresses_only() -> None:
    with pytest.raises(ConfigError, match="is no address"):
        exported(awkward_edition(), find_platform("mailchimp"), Choices(words={Slot.VIEW_URL: "javascript:alert(1)"}))
