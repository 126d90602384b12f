from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from broadsheet.desk import Desk
from broadsheet.desk.subscribing import (
    ImportReport,
    add_subscriber,
    count_audience,
    erase,
    import_subscribers,
    remove_subscriber,
    show_person,
    suppress,
    undo_import,
)
from broadsheet.errors import AudienceError
from broadsheet.model import Consent, SuppressionReason

TODAY = date(2026, 11, 24)


def bring(desk: Desk, text: str, *, name: str = "list.csv", dry_run: bool = False) -> ImportReport:
    file = desk.folder / name
    file.write_text(text, encoding="utf-8")
    return import_subscribers(desk, desk.config.publication("daily"), file, dry_run=dry_run)


def emails(desk: Desk, publication: str = "daily") -> list[str]:
    return [recipient.email for recipient in desk.store.subscribers.recipients(publication, TODAY)]


def state(desk: Desk, email: str) -> Consent:
    return show_person(desk, email).subscriptions[0][0].state


def test_a_list_comes_in_with_names_and_attributes(desk: Desk) -> None:
    report = bring(desk, "email,first name,last name,city,shoe size\nada@example.com,Ada,Quill,Leeds,38\n")
    assert (report.difference.new, report.refused) == (1, 0)
    (recipient,) = desk.store.subscribers.recipients("daily", TODAY)
    assert (recipient.email, recipient.first_name, recipient.last_name) == ("ada@example.com", "Ada", "Quill")
    assert recipient.attributes == {"city": "Leeds", "shoe_size": "38"}


def test_bad_rows_are_reported_by_line_column_and_reason(desk: Desk) -> None:
    report = bring(desk, "name,email\nAda,ada@example.com\nBen,ben@@example.com\n\nCleo,\n")
    assert [(r.line, r.column) for r in report.refusals] == [(3, "email"), (5, "email")]
    assert all(r.reason for r in report.refusals)
    assert emails(desk) == ["ada@example.com"]


def test_a_second_import_of_the_same_list_changes_nothing(desk: Desk) -> None:
    text = "email,first name,city\nada@example.com,Ada,Leeds\nben@example.com,Ben,\n"
    bring(desk, text)
    difference = bring(desk, text).difference
    assert (difference.new, difference.changed, difference.unchanged) == (0, 0, 2)


def test_a_changed_row_changes_the_person_and_keeps_what_the_list_does_not_know(desk: Desk) -> None:
    bring(desk, "email,first name,city\nada@example.com,Ada,Leeds\n")
    assert bring(desk, "email,first name,country\nADA@example.com,Adah,GB\n").difference.changed == 1
    person = show_person(desk, "ada@example.com")
    assert person.subscriber is not None
    assert person.subscriber.first_name == "Adah"
    assert person.subscriber.attributes == {"city": "Leeds", "country": "GB"}


def test_duplicates_are_counted_and_the_most_restrictive_word_holds(desk: Desk) -> None:
    report = bring(
        desk, "email,status\nada@example.com,subscribed\nADA@EXAMPLE.COM,unsubscribed\nben@example.com,active\n"
    )
    assert report.difference.duplicates == 1
    assert emails(desk) == ["ben@example.com"]


def test_nobody_who_left_is_brought_back(desk: Desk) -> None:
    bring(desk, "email\nada@example.com\n")
    remove_subscriber(desk, desk.config.publication("daily"), "ada@example.com")
    report = bring(desk, "email,first name\nada@example.com,Ada\n")
    assert report.difference.would_revive == 1
    assert report.left_out == ((2, "would revive somebody who left"),)
    assert emails(desk) == []
    with pytest.raises(AudienceError, match="left"):
        add_subscriber(desk, desk.config.publication("daily"), "ada@example.com")


def test_a_suppression_beats_consent_import_and_addition(desk: Desk) -> None:
    bring(desk, "email\nada@example.com\nben@example.com\n")
    assert suppress(desk, "Ada@Example.com", SuppressionReason.COMPLAINT)
    assert emails(desk) == ["ben@example.com"]
    assert bring(desk, "email\nada@example.com\n").difference.suppressed == 1
    with pytest.raises(AudienceError, match="suppressed"):
        add_subscriber(desk, desk.config.publication("weekend"), "ada@example.com")
    assert not suppress(desk, "ada@example.com", SuppressionReason.MANUAL)


def test_an_erased_person_leaves_a_hash_and_nothing_else(desk: Desk) -> None:
    bring(desk, "email,first name\nada.unmistakable@example.com,Unmistakable\nben@example.com,Ben\n")
    assert erase(desk, "ada.unmistakable@example.com") == {
        "subscribers": 1, "subscriptions": 1, "consent_history": 1, "deliveries": 0,
    }  # fmt: skip
    assert bring(desk, "email\nada.unmistakable@example.com\n").difference.suppressed == 1
    assert show_person(desk, "ada.unmistakable@example.com").subscriber is None
    for file in desk.folder.glob("broadsheet.db*"):
        assert b"unmistakable" not in file.read_bytes().lower()


def test_numbers_of_the_erased_are_never_used_again(desk: Desk) -> None:
    bring(desk, "email\nada@example.com\n")
    old = next(desk.store.subscribers.recipients("daily", TODAY)).id
    erase(desk, "ada@example.com")
    bring(desk, "email\nben@example.com\n")
    assert next(desk.store.subscribers.recipients("daily", TODAY)).id > old


def test_one_person_two_publications(desk: Desk) -> None:
    bring(desk, "email,first name\nada@example.com,Ada\n")
    add_subscriber(desk, desk.config.publication("weekend"), "ada@example.com")
    remove_subscriber(desk, desk.config.publication("daily"), "ada@example.com")
    assert emails(desk) == []
    assert emails(desk, "weekend") == ["ada@example.com"]
    assert len(show_person(desk, "ada@example.com").subscriptions) == 2


def test_a_dry_run_changes_nothing_and_tells_the_same(desk: Desk) -> None:
    text = "email,status\nada@example.com,active\nben@example.com,cleaned\ncleo@example.com,unsubscribed\n"
    dry = bring(desk, text, dry_run=True)
    assert desk.store.subscribers.count("daily")["imported"] == 0
    assert not desk.store.suppressions.any()
    assert dry.difference == bring(desk, text).difference


def test_what_left_bounced_or_complained_elsewhere_is_never_active(desk: Desk) -> None:
    report = bring(
        desk,
        "email,status\na@example.com,subscribed\nb@example.com,Unsubscribed\nc@example.com,cleaned\n"
        "d@example.com,Spam Complaint\ne@example.com,pending\nf@example.com,Frobnicated\n",
    )
    assert emails(desk) == ["a@example.com"]
    assert report.notes.unknown_words == {"Frobnicated": 1}
    assert desk.store.suppressions.count() == {"bounce": 1, "complaint": 1}


def test_an_import_says_who_left_the_platform(desk: Desk) -> None:
    bring(desk, "email\nada@example.com\nben@example.com\n")
    report = bring(desk, "Email Address,UNSUB_TIME\nada@example.com,2026-01-02 10:00:00\n", name="unsubscribed.csv")
    assert report.difference.changed == 1
    assert emails(desk) == ["ben@example.com"]
    history = show_person(desk, "ada@example.com").subscriptions[0][1]
    assert [step.state for step in history] == [Consent.IMPORTED, Consent.UNSUBSCRIBED]


def test_an_undo_takes_back_what_the_import_did_and_nothing_that_happened_since(desk: Desk) -> None:
    daily = desk.config.publication("daily")
    bring(desk, "email,first name\nold@example.com,Old\n")
    bring(
        desk,
        "email,first name,status\nold@example.com,New,unsubscribed\n"
        "x@example.com,X,\ny@example.com,Y,\nz@example.com,Z,cleaned\n",
    )
    remove_subscriber(desk, daily, "y@example.com")
    record, done = undo_import(desk, daily)
    assert record.counts["new"] == 3
    assert done == {"removed": 2, "restored": 1, "kept": 1, "suppressions_lifted": 1}
    assert state(desk, "old@example.com") is Consent.IMPORTED
    assert emails(desk) == ["old@example.com"]
    assert state(desk, "y@example.com") is Consent.UNSUBSCRIBED
    person = show_person(desk, "old@example.com")
    assert person.subscriber is not None
    assert person.subscriber.first_name == "Old"
    undo_import(desk, daily)
    with pytest.raises(AudienceError, match="no import"):
        undo_import(desk, daily)


def test_an_undo_leaves_those_alone_who_came_under_numbers_that_the_list_did_not_use(desk: Desk) -> None:
    daily, weekend = (desk.config.publication(name) for name in ("daily", "weekend"))
    text = "email\n" + "".join(f"r{number}@example.com\n" for number in range(9))
    bring(desk, text)
    bring(desk, text)  # nothing new: its numbers stay free
    add_subscriber(desk, daily, "by.hand@example.com")
    other = desk.folder / "list.csv"
    other.write_text("email\nweekend@example.com\nr1@example.com\n", encoding="utf-8")
    import_subscribers(desk, weekend, other)
    assert undo_import(desk, daily)[1] == {"removed": 0, "restored": 0, "kept": 0, "suppressions_lifted": 0}
    assert len(emails(desk)) == 10
    assert emails(desk, "weekend") == ["weekend@example.com", "r1@example.com"]
    assert undo_import(desk, daily)[1]["removed"] == 9
    assert emails(desk) == ["by.hand@example.com"]
    assert emails(desk, "weekend") == ["weekend@example.com", "r1@example.com"]
    assert undo_import(desk, weekend)[1]["removed"] == 2
    with pytest.raises(AudienceError, match="nothing is kept"):
        show_person(desk, "weekend@example.com")


def test_counts_add_up(desk: Desk) -> None:
    bring(
        desk, "email,status\na@example.com,active\nb@example.com,bounced\nc@example.com,pending\nd@example.com,left\n"
    )
    counts = count_audience(desk, desk.config.publication("daily"))
    assert counts["recipients"] + sum(counts["excluded"].values()) == sum(counts["states"].values()) == 4


def test_the_late_check_names_those_who_are_no_longer_wanted(desk: Desk) -> None:
    bring(desk, "email\na@example.com\nb@example.com\nc@example.com\n")
    numbers = {r.email: r.id for r in desk.store.subscribers.recipients("daily", TODAY)}
    remove_subscriber(desk, desk.config.publication("daily"), "a@example.com")
    suppress(desk, "b@example.com", SuppressionReason.BOUNCE)
    assert desk.store.subscribers.is_still_wanted([*numbers.values(), 999], TODAY) == {
        numbers["a@example.com"]: "unsubscribed",
        numbers["b@example.com"]: "suppressed: bounce",
        999: "erased",
    }


def test_the_history_of_consent_cannot_be_rewritten(desk: Desk) -> None:
    import sqlite3

    bring(desk, "email\na@example.com\n")
    with pytest.raises(sqlite3.IntegrityError, match="never rewritten"):
        desk.store.connection.execute("UPDATE consent_history SET basis = 'other'")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"PK\x03\x04rest", "no CSV"),
        (b"a,b\n1,2\n", "no column holds"),
        (b"\x00" * 500, "no column holds|binary"),
    ],
)
def test_what_is_no_list_is_one_clear_line(desk: Desk, content: bytes, words: str) -> None:
    file = desk.folder / "bad.csv"
    file.write_bytes(content)
    with pytest.raises(AudienceError, match=words):
        import_subscribers(desk, desk.config.publication("daily"), file)


def test_an_open_quote_swallows_nobody(desk: Desk) -> None:
    with pytest.raises(AudienceError, match="quotation mark"):
        bring(desk, 'email,name\na@example.com,"Ada\nb@example.com,Ben\nc@example.com,Cleo\n')
    assert emails(desk) == []


def test_a_missing_file_is_named(desk: Desk) -> None:
    with pytest.raises(AudienceError, match=r"nowhere\.csv"):
        import_subscribers(desk, desk.config.publication("daily"), desk.folder / "nowhere.csv")


def test_the_example_list_has_twenty_readers(desk: Desk) -> None:
    example = Path(__file__).resolve().parents[2] / "subscribers.example.csv"
    report = import_subscribers(desk, desk.config.publication("daily"), example)
    assert (report.difference.active, report.refused) == (20, 0)
