"""Exports as the platforms write them, and as people save them again: nobody who left may come back by one.

The people are made up; the headers and the words are those that the platforms document or are seen to write.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from broadsheet.audience.reading import Refusal, Row, SubscriberFile
from broadsheet.audience.states import Standing
from broadsheet.errors import AudienceError

A, P, U, B, C = Standing
WHO = ("ada@example.com", "ben@example.com", "cleo@example.com", "dan@example.com", "eve@example.com")


@dataclass(frozen=True)
class Export:
    """A file, its name, and where the people of WHO stand in it."""

    text: str
    expected: tuple[Standing, ...]
    name: str = "list.csv"
    encoding: str = "utf-8"

    def written(self, folder: Path) -> Path:
        text = self.text
        for letter, email in zip("ABCDE", WHO, strict=True):
            text = text.replace(f"@{letter}", email)
        file = folder / self.name
        file.write_bytes(text.encode(self.encoding))
        return file


def read(file: Path) -> tuple[dict[str, Row], list[Refusal]]:
    refused: list[Refusal] = []
    return {row[4]: row for row in SubscriberFile(file).rows(refused.append)}, refused


EXPORTS = {
    "mailchimp unsubscribed": Export(
        '"Email Address","First Name",MEMBER_RATING,CONFIRM_TIME,UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_REASON,TAGS\n'
        '@A,Ada,2,"2020-01-01 10:00:00","2021-01-01 10:00:00",,NORMAL,"""VIP"",""x"""\n', (U,)
    ),
    "mailchimp non-subscribed": Export("Email Address,First Name\n@A,Ada\n", (P,), "non-subscribed_members.csv"),
    "brevo": Export(
        "CONTACT ID;EMAIL;LASTNAME;EMAIL_MARKETING;SMS_MARKETING\n1;@A;Q;Subscribed;Unsubscribed\n"
        "2;@B;R;Unsubscribed;\n3;@C;R;Blocklisted;\n", (A, U, B)
    ),
    "brevo, two blocklists": Export(
        "Email;Nom;Email blacklisted;SMS blacklisted\n@A;Q;0;1\n@B;R;1;0\n", (A, U)
    ),
    "substack": Export(
        "Email,Name,Stripe plan,Cancel date,Start date,Emails received (6mo)\n@A,Ada,Free,,2024-02-01,10\n"
        "@B,Ben,Monthly,2024-06-01,2024-02-01,10\n", (A, A)
    ),
    "substack, older": Export(
        "email,active_subscription,expiry,plan,email_disabled,created_at\n@A,false,,other,false,2024-01-01\n"
        "@B,true,2027-01-01,yearly,true,2024-01-01\n", (A, U)
    ),
    "beehiiv": Export(
        "id,email,status,created_at,tier\n1,@A,active,2024-01-01,free\n2,@B,inactive,,free\n3,@C,validating,,free\n"
        "4,@D,invalid,,free\n5,@E,needs_attention,,free\n", (A, U, P, B, P)
    ),
    "ghost": Export(
        "id,email,name,subscribed_to_emails,complimentary_plan,created_at,deleted_at\n1,@A,Ada,true,false,2024,\n"
        "2,@B,Ben,false,false,2024,\n3,@C,Cleo,true,false,2024,2024-02-01T00:00:00.000Z\n4,@D,,FALSE,false,,\n",
        (A, U, U, U)
    ),
    "ghost, ticked or empty": Export("email,name,subscribed_to_emails\n@A,Ada,true\n@B,Ben,\n", (A, P)),
    "consent, answered or empty": Export(
        "email,marketing_consent,consent_date\n@A,yes,2024-01-01\n@B,no,2024-01-01\n@C,,\n", (A, P, P)
    ),
    "consent, where a status speaks for the empty": Export(
        "email,status,marketing_consent\n@A,subscribed,yes\n@B,subscribed,\n@C,subscribed,no\n", (A, A, P)
    ),
    "excluded from campaigns": Export("email,name,isexcludedfromcampaigns\n@A,Ada,false\n@B,Ben,true\n", (A, U)),
    "activated or not yet": Export(
        "email;registered;activated;deactivated\n@A;1704186000;1704186100;0\n@B;1704186000;1704186100;1706186100\n"
        "@C;1704186000;0;0\n", (A, U, P)
    ),
    "buttondown": Export(
        "id,email_address,creation_date,type,metadata,unsubscription_date,churn_date,undeliverability_date\n"
        "1,@A,2024-01-01,regular,{},,,\n2,@B,,unsubscribed,,2024-02-02,,\n3,@C,,undeliverable,,,,2024-02-02\n"
        "4,@D,,unactivated,,,,\n5,@E,,complained,,,,\n", (A, U, B, P, C)
    ),
    "listmonk": Export(
        "uuid,email,name,attributes,status,created_at\n1,@A,Ada,{},enabled,2024\n2,@B,Ben,{},blocklisted,2024\n"
        "3,@C,Cleo,{},disabled,2024\n", (A, B, U)
    ),
    "keila": Export(
        "Email,First name,Last name,Data,Status,External ID\n@A,Ada,Q,{},active,\n@B,B,Q,,unsubscribed,\n"
        "@C,C,Q,,unreachable,\n", (A, U, B)
    ),
    "kit": Export(
        "id,first_name,email_address,state,created_at\n1,Ada,@A,active,2024\n2,B,@B,cancelled,2024\n3,C,@C,bounced,\n"
        "4,D,@D,complained,\n5,E,@E,inactive,\n", (A, U, B, C, U)
    ),
    "kit, the one who left stands last": Export(
        "email_address,state\n" + "".join(f"r{n}@example.org,active\n" for n in range(300)) + "@A,cancelled\n", (U,)
    ),
    "mailerlite": Export(
        "Subscriber,Name,Subscribed,Unsubscribed,Sent,Opens,Type\n@A,Ada,2024-01-01 10:00:00,,1,1,Active\n"
        "@B,B,2024-01-01 10:00:00,2024-03-01 10:00:00,1,1,Unsubscribed\n@C,C,2024-01-01 10:00:00,,1,1,Junk\n"
        "@D,D,2024-01-01 10:00:00,,1,1,Unconfirmed\n", (A, U, B, P)
    ),
    "campaign monitor": Export(
        '"Email Address","Name","State","Date Joined","Consent to Track"\n@A,Ada Q,Active,2024-01-01,No\n'
        "@B,B,Unsubscribed,2024-01-01,No\n@C,C,Bounced,2024,Yes\n@D,D,Deleted,2024,Yes\n@E,E,Unconfirmed,,No\n",
        (A, U, B, U, P)
    ),
    "klaviyo": Export(
        "Email,Email Marketing Consent,Email Suppressions\n@A,SUBSCRIBED,[]\n"
        '@B,UNSUBSCRIBED,"[""USER_SUPPRESSED""]"\n@C,SUBSCRIBED,"[""HARD_BOUNCE""]"\n@D,NEVER_SUBSCRIBED,\n'
        '@E,SUBSCRIBED,"[""SPAM_COMPLAINT""]"\n', (A, U, B, P, C)
    ),
    "postmark": Export(
        "EmailAddress,SuppressionReason,Origin,CreatedAt\n@A,HardBounce,Recipient,2024-01-01T00:00:00Z\n"
        "@B,SpamComplaint,Recipient,2024\n@C,ManualSuppression,Customer,2024\n", (B, C, U)
    ),
    "constant contact": Export(
        "Email address,First name,Email status,Email permission status,Confirmed Opt-Out Date\n@A,Ada,Active,Implied,\n"
        "@B,B,Active,Implied,2024-01-01 10:00:00\n@C,C,Bounced,Implied,\n", (A, U, B)
    ),
    "hubspot": Export(
        "Record ID,Email,Unsubscribed from all email,Opted out of email: Newsletter,Email hard bounce reason\n"
        "1,@A,,,\n2,@B,true,,\n3,@C,,,MAILBOX_NOT_FOUND\n4,@D,,true,\n", (A, U, B, U)
    ),
    "salesforce": Export(
        "Email,HasOptedOutOfEmail,EmailBouncedReason,EmailBouncedDate\n@A,false,,\n@B,true,,\n"
        "@C,false,550 no user,2024-01-01\n", (A, U, B)
    ),
    "civicrm": Export(
        "Email,NO BULK EMAILS (User Opt Out),Do Not Email,On Hold\n@A,No,No,No\n@B,Yes,No,No\n@C,No,Yes,No\n"
        "@D,No,No,On Hold Bounce\n", (A, U, U, B)
    ),
    "mailpoet": Export(
        "Email;First name;List status;Global status\n@A;A;subscribed;subscribed\n@B;B;unsubscribed;subscribed\n"
        "@C;C;subscribed;bounced\n@D;D;subscribed;unconfirmed\n", (A, U, B, P)
    ),
    "wix": Export(
        "First Name,Email 1,Email 2,Email subscriber status,SMS subscriber status\nAda,@A,,Subscribed,Unsubscribed\n"
        "B,@B,,Unsubscribed,Subscribed\nC,@C,,Never subscribed,\nD,@D,,Pending,\n", (A, U, P, P)
    ),
    "sender": Export(
        "Email,Firstname,Status Email,Transactional status\n@A,A,Active,Active\n@B,B,Unsubscribed,Active\n"
        "@C,C,Bounced,Active\n@D,D,Spam reported,Active\n@E,E,Non-subscribed,Active\n", (A, U, B, C, P)
    ),
    "omnisend": Export(
        "email,emailStatus,emailStatusChangedAt,smsStatus\n@A,subscribed,2024,nonSubscribed\n"
        "@B,unsubscribed,2024,subscribed\n@C,nonSubscribed,2024,\n", (A, U, P)
    ),
    "phplist": Export("email,is_confirmed,is_blacklisted\n@A,yes,no\n@B,yes,yes\n@C,no,no\n", (A, U, P)),
    "getresponse": Export("name,email,status,removal reason\nA,@A,active,\nB,@B,active,unsubscribe\n", (A, U)),
    "a shop": Export("Email,Newsletter,Accepts SMS Marketing\n@A,yes,no\n@B,no,yes\n", (A, P)),
    # Saved again by a spreadsheet, or put together by hand.
    "sep line": Export("sep=;\r\nE-Mail;Name;Status\r\n@A;Quill, Ada;Active\r\n@B;Roe, Ben;Abgemeldet\r\n", (A, U)),
    "sep line, UTF-16": Export(
        "sep=\t\r\nEmail\tFirst Name\tStatus\r\n@A\tÉlise\tActive\r\n@B\tBen\tUnsubscribed\r\n", (A, U),
        encoding="utf-16",
    ),
    "MacRoman": Export("Email,First Name,Status\r@A,José,Active\r@B,Zoë,Unsubscribed\r", (A, U), encoding="mac_roman"),
    "notes of several lines": Export(
        'Email,Notes,Status\n@A,"one\ntwo\n\nthree",Active\n@B,"wrote: x@y.com\nplease stop",Unsubscribed\n', (A, U)
    ),
    "a header of two lines": Export('"Email\nAddress","Name",Status\n@A,Ada,Active\n@B,B,Unsubscribed\n', (A, U)),
    "a title with an address": Export(
        "Exported by,admin@example.org,\nOn,2026-01-01,\n,,\nEmail,First Name,Status\n@A,Ada,Active\n"
        "@B,Ben,Unsubscribed\n", (A, U)
    ),
    "a lone address above": Export("me@example.org\n\nEmail,Name,Status\n@A,Ada,Active\n@B,Ben,Unsubscribed\n", (A, U)),
    "no header": Export("@A,Ada,active\n@B,Ben,unsubscribed\n@C,Cleo,cleaned\n", (A, U, B)),
    "two columns of one name": Export("Email,Email,Status\n,@A,Active\nx@example.org,@B,Unsubscribed\n", (A, U)),
    "the owner's address first": Export(
        "Owner Email,Contact Email,Status\nboss@example.org,@A,Active\nboss@example.org,@B,Unsubscribed\n", (A, U)
    ),
    "a stray delimiter": Export(
        "Email,Name,City,Status\n@A,Quill,Leeds,Active\n@B,Roe, Ben,Leeds,Unsubscribed\n", (A, U)
    ),
    "backslashes before quotes": Export('Email,Notes,Status\n@A,x,Active\n@B,"a \\"b\\", c",Unsubscribed\n', (A, U)),
    "each line one quoted cell": Export('"Email,Name,Status"\n"@A,Ada,Active"\n"@B,Ben,Unsubscribed"\n', (A, U)),
    "what databases write for nothing": Export(
        "Email,Status,Unsubscribed At\n@A,Active,#N/A\n@B,Active,NULL\n@C,Active,\\N\n@D,Active,0000-00-00\n"
        "@E,Active,2024-01-01\n", (A, A, A, A, U)
    ),
    # What sounds like it and is not about mail.
    "other matters": Export(
        "Email,Payment status,SMS unsubscribed,Unsubscribe link,Bounces,Cleaned name,City\n"
        "@A,cancelled,yes,https://example.org/u,2,Ada,Bounce\n@B,active,no,,0,,Leeds\n", (A, A)
    ),
    "tags": Export('Email,Tags,Status\n@A,"unsubscribed-from-shop, vip",Active\n', (A,)),
    "a province": Export("Email,Estado\n@A,Jalisco\n@B,Puebla\n", (A, A)),
}  # fmt: skip


@pytest.mark.parametrize("name", EXPORTS)
def test_each_person_stands_where_the_export_says(tmp_path: Path, name: str) -> None:
    export = EXPORTS[name]
    rows, refused = read(export.written(tmp_path))
    assert refused == []
    assert tuple(Standing(rows[email][1]) for email in WHO[: len(export.expected)]) == export.expected


LANGUAGES = {
    "de": ("E-Mail-Adresse", "Status", "Abonniert", "Abgemeldet", "Bereinigt", "Nicht abonniert"),
    "fr": ("Adresse e-mail", "Statut", "Abonné", "Désabonné", "Nettoyé", "Non abonné"),
    "es": ("Correo electrónico", "Estado", "Suscrito", "Dado de baja", "Rebotado", "Pendiente"),
    "pt": ("Endereço de e-mail", "Situação", "Inscrito", "Descadastrado", "Rejeitado", "Não inscrito"),
    "it": ("Indirizzo e-mail", "Stato", "Iscritto", "Disiscritto", "Rimbalzato", "Non confermato"),
    "nl": ("E-mailadres", "Status", "Geabonneerd", "Afgemeld", "Opgeschoond", "Niet bevestigd"),
    "pl": ("Adres e-mail", "Status", "Subskrybuje", "Wypisany", "Odbity", "Niepotwierdzony"),
    "uk": ("Електронна пошта", "Статус", "Активний", "Відписаний", "Недоставлено", "Непідтверджений"),
    "ja": ("メールアドレス", "ステータス", "購読中", "配信停止", "エラー", "仮登録"),
    "ar": ("البريد الإلكتروني", "الحالة", "مشترك", "ملغى الاشتراك", "مرتد", "قيد الانتظار"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_status_is_understood_in_the_languages_of_exports(tmp_path: Path, language: str) -> None:
    email, status, *said = LANGUAGES[language]
    text = f"{email};{status}\n" + "".join(f"@{letter};{word}\n" for letter, word in zip("ABCD", said, strict=True))
    rows, _ = read(Export(text, ()).written(tmp_path))
    assert [Standing(rows[email][1]) for email in WHO[:4]] == [A, U, B, P]


@pytest.mark.parametrize(
    ("header", "standing"),
    [
        *((header, U) for header in (
            "Abgemeldet am", "Abmeldedatum", "Date de désinscription", "Fecha de baja", "Data di disiscrizione",
            "Uitgeschreven op", "Data wypisania", "Data de cancelamento", "Дата відписки", "配信停止日",
            "Unsubscribed at (UTC)", "Date Unsubscribed", "unsubscribedAt", "optOutDate", "Has Opted Out Of Email",
            "Stop Date", "cancelled_at", "Reason for unsubscribe", "Global unsubscribe", "Blocklisted at", "Deleted At",
        )),
        *((header, B) for header in (
            "Bounce Date", "bounced_at", "CLEAN_TIME", "Bounce type", "hardBouncedAt", "Undeliverable since",
            "Unzustellbar", "Bounce-Datum", "Hard Bounced",
        )),
        *((header, C) for header in ("Spam complaint date", "Complained At", "Marked as spam at", "reportedSpamAt")),
    ],
)  # fmt: skip
def test_a_column_of_events_tells_who_left(tmp_path: Path, header: str, standing: Standing) -> None:
    rows, _ = read(Export(f"Email;{header}\n@A;\n@B;2024-03-01 10:00:00\n", ()).written(tmp_path))
    assert [Standing(rows[email][1]) for email in WHO[:2]] == [A, standing]


@pytest.mark.parametrize(
    "header",
    ["Newsletter", "Receives newsletter", "marketing_opt_in", "GDPR consent", "Newsletter-Einwilligung", "Consentement",
     "isSubscribed", "Email notifications", "can_email", "emailOptIn", "Permission", "Accepts Email Marketing"],
)  # fmt: skip
@pytest.mark.parametrize(("yes", "no"), [("Yes", "No"), ("1", "0"), ("ja", "nein"), ("tak", "nie"), ("Oui", "Non")])
def test_a_no_to_the_newsletter_is_no_consent(tmp_path: Path, header: str, yes: str, no: str) -> None:
    rows, _ = read(Export(f"Email;{header}\n@A;{yes}\n@B;{no}\n", ()).written(tmp_path))
    assert rows[WHO[0]][1] == A
    assert rows[WHO[1]][1] in (P, U)


@pytest.mark.parametrize(
    ("word", "standing"),
    [
        ("Unsubscribed (by admin)", U), ("Unsubscribed on 2024-01-01", U), ("UNSUBSCRIBED_BY_USER", U),
        ("Do Not Contact", U), ("GDPR deleted", U), ("Stopped", U), ("HardBounce", B), ("Bounced (hard)", B),
        ("Email invalid", B), ("SpamComplaint", C), ("Not subscribed", P), ("-1", P), ("Something new", P),
        ("Subscribed (confirmed)", A), ("Active subscriber", A), ("Confirmed opt-in", A),
    ],
)  # fmt: skip
def test_a_phrase_is_read_by_its_words(tmp_path: Path, word: str, standing: Standing) -> None:
    rows, _ = read(Export(f"Email,Status\n@A,Active\n@B,{word}\n", ()).written(tmp_path))
    assert rows[WHO[1]][1] == standing


@pytest.mark.parametrize(
    ("name", "standing"),
    [
        ("suppression_bounces", B), ("suppression_spam_reports", C), ("suppression_invalid_emails", B),
        ("global-unsubscribes", U), ("Abgemeldete Kontakte", U), ("désabonnés", U), ("do-not-mail", U),
        ("UnsubscribedUsers", U), ("opt-outs", U), ("wypisani", U), ("unconfirmed_subscribers", P),
        ("Non Subscribed Contacts", P), ("readers_cleaned", A), ("all_subscribers", A),
    ],
)  # fmt: skip
def test_the_file_s_name_counts(tmp_path: Path, name: str, standing: Standing) -> None:
    rows, _ = read(Export("Email,First Name\n@A,Ada\n", (), f"{name}.csv").written(tmp_path))
    assert rows[WHO[0]][1] == standing


def test_json_becomes_attributes(tmp_path: Path) -> None:
    text = (
        "email,city,attributes,status\n"
        '@A,Leeds,"{""City"": ""Berlin"", ""stack"": {""web"": [""go""]}, ""tags"": [""a"", ""b""], '
        '""vip"": true}",enabled\n'
        "@B,,{broken},enabled\n"
    )
    rows, _ = read(Export(text, ()).written(tmp_path))
    assert json.loads(rows[WHO[0]][10]) == {
        "city": "Leeds", "status": "enabled", "attributes_city": "Berlin", "stack": '{"web": ["go"]}', "tags": "a, b",
        "vip": "true",
    }  # fmt: skip
    assert json.loads(rows[WHO[1]][10]) == {"status": "enabled", "attributes": "{broken}"}


def test_a_header_in_the_midst_is_refused_and_another_one_stops_the_import(tmp_path: Path) -> None:
    rows, refused = read(Export("Email,Status\n@A,Active\nEmail,Status\n@B,Unsubscribed\n", ()).written(tmp_path))
    assert (rows[WHO[1]][1], [(one.line, one.reason) for one in refused]) == (U, [(3, "the header again")])
    with pytest.raises(AudienceError, match="two lists in one file"):
        read(Export("Email,Name\n@A,Ada\nEmail,UNSUB_TIME,Name\n@B,2024-01-01,Ben\n", ()).written(tmp_path))
