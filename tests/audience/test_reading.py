from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from broadsheet.audience.dialect import detect
from broadsheet.audience.file_names import doubtful_word, standing_of_file_name, standing_of_loose_name
from broadsheet.audience.reading import Refusal, Row, SubscriberFile
from broadsheet.audience.states import Standing
from broadsheet.audience.times import read_time
from broadsheet.errors import AudienceError

PEOPLE = """email,first name,city
ada@example.com,Élise,Zürich
ben@example.com,André,Málaga
cleo@example.com,Jürgen,Orléans
"""


def read(path: Path) -> tuple[SubscriberFile, list[Row], list[Refusal]]:
    refused: list[Refusal] = []
    found = SubscriberFile(path)
    return found, list(found.rows(refused.append)), refused


def written(tmp_path: Path, text: str, *, encoding: str = "utf-8", name: str = "list.csv") -> Path:
    file = tmp_path / name
    file.write_bytes(text.encode(encoding))
    return file


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "cp1252", "mac_roman"]
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_any_form_reads_the_same(tmp_path: Path, encoding: str, delimiter: str, line_end: str) -> None:
    text = PEOPLE.replace(",", delimiter).replace("\n", line_end)
    _, rows, refused = read(written(tmp_path, text, encoding=encoding))
    assert refused == []
    assert [(row[5], row[6], json.loads(row[10])["city"]) for row in rows] == [
        ("ada@example.com", "Élise", "Zürich"),
        ("ben@example.com", "André", "Málaga"),
        ("cleo@example.com", "Jürgen", "Orléans"),
    ]


def test_the_euro_sign_tells_windows_from_latin(tmp_path: Path) -> None:
    file = written(tmp_path, "email,price\nada@example.com,5 €\n", encoding="cp1252")
    assert detect(file).encoding == "cp1252"
    assert json.loads(read(file)[1][0][10]) == {"price": "5 €"}


def test_a_late_byte_that_is_not_utf8_changes_the_reading_of_all(tmp_path: Path) -> None:
    rows = "".join(f"reader{n}@example.com,Plain\n" for n in range(20_000))
    file = tmp_path / "list.csv"
    file.write_bytes(f"email,first name\n{rows}".encode() + "last@example.com,André\n".encode("cp1252"))
    assert read(file)[1][-1][6] == "André"


def test_a_mailbox_that_comes_again_is_marked_as_one_that_was_seen(tmp_path: Path) -> None:
    people = ["ada@example.com", "Ada@Example.com", "ben@example.com", "ada@example.com"]
    rows = read(written(tmp_path, "email\n" + "\n".join(people)))[1]
    marks = [row[2] for row in rows]
    assert marks[0] >= 0
    assert [marks[1], marks[3]] == [~marks[0]] * 2
    assert [row[4] for row in rows] == [one.lower() for one in people]


def test_titles_above_the_header_and_empty_rows_are_stepped_over(tmp_path: Path) -> None:
    found, rows, refused = read(
        written(tmp_path, "Our readers 2026,,\n,,\nName,E-Mail,City\nAda Quill,ada@example.com,Leeds\n\n,,\n")
    )
    assert (found.columns.email_name, len(rows), refused) == ("E-Mail", 1, [])
    assert rows[0][6:8] == ("Ada", "Quill")


def test_a_list_without_a_header_is_read_by_its_contents(tmp_path: Path) -> None:
    found, rows, _ = read(written(tmp_path, "Ada,ada@example.com\nBen,ben@example.com\n"))
    assert [row[5] for row in rows] == ["ada@example.com", "ben@example.com"]
    assert found.rows_read == 2


@pytest.mark.parametrize(
    ("head", "cells", "standing"),
    [
        ("Email Address,UNSUB_TIME", "2026-01-02 03:04:05", Standing.UNSUBSCRIBED),
        ("Email Address,CLEAN_TIME", "2026-01-02 03:04:05", Standing.BOUNCED),
        ("email,unsubscribed_at", "", Standing.ACTIVE),
        ("email,email_disabled", "true", Standing.UNSUBSCRIBED),
        ("email,email_disabled", "false", Standing.ACTIVE),
        ("email,subscribed_to_emails", "false", Standing.UNSUBSCRIBED),
        ("email,subscriber_type", "unactivated", Standing.PENDING),
        ("email,status", "blocklisted", Standing.BOUNCED),
        ("email,status", "disabled", Standing.UNSUBSCRIBED),
        ("email,Status", "Marked as spam", Standing.COMPLAINED),
        ("email,Email Marketing Consent", "NEVER_SUBSCRIBED", Standing.PENDING),
        ("email,Unsubscribed from all email", "Yes", Standing.UNSUBSCRIBED),
        ("email,Email hard bounce reason", "MAILBOX_NOT_FOUND", Standing.BOUNCED),
        ("EMAIL,BLACKLISTED", "1", Standing.UNSUBSCRIBED),
        ("E-Mail-Adresse,Status", "abgemeldet", Standing.UNSUBSCRIBED),
        ("email,state", "Bavaria", Standing.ACTIVE),
        ("email,state", "Unsubscribed", Standing.UNSUBSCRIBED),
        ("email,deleted_at", "0000-00-00 00:00:00", Standing.ACTIVE),
    ],
)
def test_what_the_platforms_say_about_a_person(tmp_path: Path, head: str, cells: str, standing: Standing) -> None:
    rows = read(written(tmp_path, f"{head}\nada@example.com,{cells}\n"))[1]
    assert rows[0][1] == standing


@pytest.mark.parametrize(
    ("name", "standing"),
    [
        ("cleaned_members_export_1a2b", Standing.BOUNCED),
        ("unsubscribed", Standing.UNSUBSCRIBED),
        ("subscribed_segment_export", Standing.ACTIVE),
        ("members_export", None),
        ("spam-complaints", Standing.COMPLAINED),
    ],
)
def test_what_the_name_of_an_export_says(name: str, standing: Standing | None) -> None:
    assert standing_of_file_name(name) == standing


@pytest.mark.parametrize(
    ("name", "standing", "word"),
    [
        ("left", Standing.UNSUBSCRIBED, "left"),
        ("Former readers 2024", Standing.UNSUBSCRIBED, "former"),
        ("archived_members_export", Standing.UNSUBSCRIBED, ""),
        ("dead addresses", Standing.BOUNCED, ""),
        ("left-bank-readers", None, "left"),
        ("ex-pats", None, ""),
        ("readers", None, ""),
    ],
)
def test_a_persons_word_for_those_who_are_gone(name: str, standing: Standing | None, word: str) -> None:
    assert (standing_of_loose_name(name), doubtful_word(name)) == (standing, word)


@pytest.mark.parametrize(
    ("text", "standings"),
    [
        ("Email Address,CLEAN_CAMPAIGN_TITLE,CLEAN_CAMPAIGN_ID\na@example.org,Friday,7\nb@example.org,,\n", [3, 0]),
        ("Email Address,UNSUB_CAMPAIGN_TITLE,UNSUB_REASON\na@b.example.com,Friday,\n", [2]),
        ("'email','name','status'\n'a@example.org','Ann, B.','unsubscribed'\n'b@example.org','O''Hara','active'\n",
         [2, 0]),
        ("email;name\n'a@example.org';'Ann'\n'b@example.org';'Bob'\n", [0, 0]),
    ],
)  # fmt: skip
def test_further_shapes_of_lists(tmp_path: Path, text: str, standings: list[int]) -> None:
    _, rows, refused = read(written(tmp_path, text))
    assert refused == []
    assert [row[1] for row in rows] == standings
    assert all("'" not in row[5] for row in rows)


def test_a_name_that_says_who_left_is_believed_or_asked_about(tmp_path: Path) -> None:
    file = tmp_path / "left.csv"
    file.write_text("email\na@example.org\n")
    assert [row[1] for row in read(file)[1]] == [Standing.UNSUBSCRIBED]
    assert [row[1] for row in SubscriberFile(file, Standing.ACTIVE).rows(lambda _: None)] == [Standing.ACTIVE]
    doubtful = file.rename(tmp_path / "left bank.csv")
    with pytest.raises(AudienceError, match="the name says 'left'"):
        SubscriberFile(doubtful)
    doubtful.write_text("email,status\na@example.org,active\nb@example.org,unsubscribed\n")
    assert [row[1] for row in read(doubtful)[1]] == [Standing.ACTIVE, Standing.UNSUBSCRIBED]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2018-02-05 19:28:23", "2018-02-05T19:28:23+00:00"),
        ("2018-08-27T15:06:27.713Z", "2018-08-27T15:06:27+00:00"),
        ("2021-02-04 07:55:20 +0000", "2021-02-04T07:55:20+00:00"),
        ("2023-03-24 10:23:10 UTC", "2023-03-24T10:23:10+00:00"),
        ("2024-01-02", "2024-01-02"),
        ("24.12.2023", "2023-12-24"),
        ("25/04/2024", "2024-04-25"),
        ("04/25/2024 1:05 PM", "2024-04-25T13:05:00+00:00"),
        ("03/04/2024", ""),
        ("Mar 24, 2023", "2023-03-24"),
        ("1700000000", "2023-11-14T22:13:20+00:00"),
        ("0000-00-00 00:00:00", ""),
        ("soon", ""),
        ("2024-13-45", ""),
    ],
)
def test_times_as_platforms_write_them(text: str, moment: str) -> None:
    assert read_time(text) == moment


def test_nuls_and_odd_letters_never_reach_a_name(tmp_path: Path) -> None:
    rows = read(written(tmp_path, "email,first name\nada@example.com,A\0d\x1ba\x07\n"))[1]
    assert rows[0][6] == "Ad a"


@pytest.mark.parametrize("head", [b"PK\x03\x04", b"%PDF-1.7", b"\xd0\xcf\x11\xe0", bytes(range(1, 32)) * 20])
def test_what_is_no_text_is_said_to_be_none(tmp_path: Path, head: bytes) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(head * 5)
    with pytest.raises(AudienceError):
        SubscriberFile(file)


def test_real_exports_are_read_as_their_readme_expects(shared_data: Path) -> None:
    folder = shared_data / "subscriber_csv"
    for line in (folder / "expected.jsonl").read_text(encoding="utf-8").splitlines():
        expected = json.loads(line)
        if expected.get("n_valid") is None:
            continue
        found, rows, refused = read(folder / expected["file"])
        keys = Counter(row[4] for row in rows)
        assert (found.columns.email_name, found.rows_read, len(rows), len(refused), len(rows) - len(keys)) == (
            expected["email_column"], expected["rows"], expected["n_valid"], expected["n_invalid"],
            expected["n_duplicate"],
        ), expected["file"]  # fmt: skip
