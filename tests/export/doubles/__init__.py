"""A double of each platform's API, one module a platform."""

from tests.export.doubles.activecampaign import ActiveCampaignDouble
from tests.export.doubles.beehiiv import BeehiivDouble
from tests.export.doubles.brevo import BrevoDouble
from tests.export.doubles.buttondown import ButtondownDouble
from tests.export.doubles.campaign_monitor import CampaignMonitorDouble, CampaignMonitorDraftsDouble
from tests.export.doubles.constant_contact import ConstantContactDouble
from tests.export.doubles.customerio import CustomerIoDouble
from tests.export.doubles.double import Double, TellingDouble
from tests.export.doubles.getresponse import GetResponseDouble
from tests.export.doubles.ghost import GhostDouble
from tests.export.doubles.hubspot import HubspotDouble
from tests.export.doubles.iterable import IterableDouble
from tests.export.doubles.keila import KeilaDouble
from tests.export.doubles.kit import KitDouble
from tests.export.doubles.klaviyo import KlaviyoDouble
from tests.export.doubles.listmonk import ListmonkDouble
from tests.export.doubles.mailchimp import MailchimpDouble
from tests.export.doubles.mailerlite import MailerliteDouble
from tests.export.doubles.mailgun import MailgunDouble, MailgunTemplatesDouble
from tests.export.doubles.mautic import MauticDouble
from tests.export.doubles.postmark import PostmarkDouble, PostmarkTemplatesDouble
from tests.export.doubles.salesforce import SalesforceDouble
from tests.export.doubles.sendgrid import SendgridDouble
from tests.export.doubles.ses import SesDouble, SesTemplatesDouble

__all__ = [
    "ActiveCampaignDouble",
    "BeehiivDouble",
    "BrevoDouble",
    "ButtondownDouble",
    "CampaignMonitorDouble",
    "CampaignMonitorDraftsDouble",
    "ConstantContactDouble",
    "CustomerIoDouble",
    "Double",
    "GetResponseDouble",
    "GhostDouble",
    "HubspotDouble",
    "IterableDouble",
    "KeilaDouble",
    "KitDouble",
    "KlaviyoDouble",
    "ListmonkDouble",
    "MailchimpDouble",
    "MailerliteDouble",
    "MailgunDouble",
    "MailgunTemplatesDouble",
    "MauticDouble",
    "PostmarkDouble",
    "PostmarkTemplatesDouble",
    "SalesforceDouble",
    "SendgridDouble",
    "SesDouble",
    "SesTemplatesDouble",
    "TellingDouble",
]
