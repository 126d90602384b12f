"""What every platform that drafts are pushed to must keep: one draft, whatever gets lost. Inherited by each."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from broadsheet.config import Account
from broadsheet.errors import BroadsheetError, ConfigError, ExportError, PlatformBusy
from broadsheet.export import Choices, exported, find_platform
from broadsheet.export.push import FROM_THE_WEB, Draft, Place, Pushed, Sent, draft_of, open_place, push, send_draft
from broadsheet.slots import Slot
from tests.export.awkward import PUBLICATION, awkward_edition
from tests.export.doubles import Double


class Notebook:
    """A memory that lives as long as a test."""

    def __init__(self) -> None:
        self.remote_id = ""
        self.attempted_at: datetime | None = None
        self.send_asked_at: datetime | None = None

    def claim_send(self, now: datetime) -> bool:
        mine, self.send_asked_at = self.send_asked_at is None, self.send_asked_at or now
        return mine

    def forget_send(self) -> None:
        self.send_asked_at = None

    def claim_attempt(self, now: datetime, since: datetime) -> bool:
        if self.attempted_at and self.attempted_at > since:
            return False
        self.attempted_at = now
        return True

    def forget_attempt(self) -> None:
        self.attempted_at = None

    def keep(self, remote_id: str) -> None:
        self.remote_id, self.attempted_at = remote_id, None


class Bench:
    """A double that serves, a draft, a memory and a clock."""

    def __init__(self, name: str, double: Double, url: str, lead: int = 0) -> None:
        self.double, self.notebook, self.naps = double, Notebook(), list[float]()
        self._lead = lead
        self.name, self.url = name, url
        self.now = datetime(2026, 11, 24, 5, tzinfo=UTC)
        platform = find_platform(name)
        lacking = frozenset(slot for slot in Slot if slot not in platform.tags)
        self.draft: Draft = draft_of(exported(awkward_edition(), platform, Choices(drop=lacking)), PUBLICATION)

    def fail(self, fault: str) -> None:
        """Plan what goes wrong with the next request that makes a draft."""
        self.double.faults.extend([*[""] * self._lead, fault])

    def place(self, key: str = "") -> Place:
        account = Account(url=self.url, **self.double.account)
        web = {"show_edition": self.double.show_edition} if self.name in FROM_THE_WEB else {}
        return open_place(self.name, account, key or self.double.key, sleep=self.naps.append, timeout=5.0, **web)

    def push(self, *, after: timedelta = timedelta(0)) -> Pushed:
        self.now += after
        return push(self.place(), self.draft, self.notebook, lambda: self.now)

    def send(self, *, after: timedelta = timedelta(0)) -> Sent:
        self.now += after
        return send_draft(self.place(), self.notebook, lambda: self.now)


LATER = timedelta(minutes=3)


class PushContract:
    """Set `name` and `kind`; `untold` is what every push says of what the platform does not tell."""

    name: str
    kind: type[Double]
    untold: tuple[str, ...] = ()
    keeps_id: bool = True  # a draft that is renewed stays the same one; else it is taken away and made anew
    lead: int = 0  # writing requests that come before the one that makes a draft
    others: int = 450  # drafts of other people that the mark has to be found behind: several pages

    @pytest.fixture
    def bench(self) -> Iterator[Bench]:
        double = self.kind()
        with double.serving() as url:
            yield Bench(self.name, double, url, self.lead)

    def test_a_draft_is_made_once_and_kept_whole(self, bench: Bench) -> None:
        pushed = bench.push()
        assert pushed.created
        assert pushed.differences == self.untold
        assert list(bench.double.items) == [pushed.remote_id]

    def test_a_second_push_renews_the_same_draft(self, bench: Bench) -> None:
        first = bench.push()
        before, cell, after = bench.draft.html.rpartition("</td>")
        bench.draft = replace(bench.draft, subject="Another subject", html=f"{before}Good evening{cell}{after}")
        second = bench.push()
        assert (second.created, second.differences) == (False, self.untold)
        assert (second.remote_id == first.remote_id) is self.keeps_id
        assert list(bench.double.items) == [second.remote_id]
        there = bench.place().read(second.remote_id)
        assert there is not None
        assert there.subject in ("Another subject", None)
        assert there.html is None or "Good evening" in there.html

    def test_a_lost_memory_finds_the_draft_by_its_mark(self, bench: Bench) -> None:
        first = bench.push()
        bench.notebook = Notebook()
        assert bench.push().remote_id == first.remote_id
        assert len(bench.double.items) == 1

    def test_the_mark_is_found_behind_many_others(self, bench: Bench) -> None:
        first = bench.push()
        bench.double.crowd(bench.draft.mark, self.others)
        bench.notebook = Notebook()
        assert bench.push().remote_id == first.remote_id
        assert len(bench.double.items) == self.others + 1

    def test_the_mark_outlives_a_name_that_is_too_long(self, bench: Bench) -> None:
        bench.draft = replace(bench.draft, name=f"{'A long title ' * 12}{bench.draft.mark}")
        first = bench.push()
        bench.notebook = Notebook()
        assert bench.push().remote_id == first.remote_id
        assert len(bench.double.items) == 1

    def test_another_edition_is_another_draft(self, bench: Bench) -> None:
        bench.push()
        bench.notebook = Notebook()
        mark = "[broadsheet daily-2026-11-2]"
        bench.draft = replace(bench.draft, mark=mark, name=f"The Daily Sheet 2026-11-02 {mark}")
        bench.push()
        assert len(bench.double.items) == 2

    @pytest.mark.parametrize("fault", ["lose", "cut", "break"])
    def test_an_answer_that_got_lost_is_asked_after(self, bench: Bench, fault: str) -> None:
        bench.fail(fault)
        pushed = bench.push()
        assert list(bench.double.items) == [pushed.remote_id]

    def test_a_request_that_got_lost_is_made_again_later_only(self, bench: Bench) -> None:
        bench.fail("drop")
        with pytest.raises(PlatformBusy, match="no answer"):
            bench.push()
        asked = len(bench.double.requests)
        with pytest.raises(PlatformBusy, match="may still be working"):
            bench.push(after=timedelta(seconds=20))
        assert all(method == "GET" for method, _path in bench.double.requests[asked:])
        assert bench.push(after=LATER).created
        assert len(bench.double.items) == 1

    def test_a_search_that_lags_makes_no_second_draft(self, bench: Bench) -> None:
        bench.fail("lose")
        bench.double.blind = True
        with pytest.raises(PlatformBusy):
            bench.push()
        with pytest.raises(PlatformBusy):
            bench.push(after=timedelta(seconds=60))
        bench.double.blind = False
        assert not bench.push(after=LATER).created
        assert len(bench.double.items) == 1

    def test_a_short_wait_is_waited(self, bench: Bench) -> None:
        bench.fail("busy")
        bench.double.retry_after = "7"
        assert bench.push().created
        assert bench.naps == [7.0]
        assert len(bench.double.items) == 1

    def test_a_long_wait_is_left_to_a_later_run(self, bench: Bench) -> None:
        bench.fail("busy")
        bench.double.retry_after = "3600"
        with pytest.raises(PlatformBusy) as error:
            bench.push()
        assert "3,600 seconds" in error.value.advice
        assert error.value.exit_code == 75
        assert bench.push().created  # nothing was made, so there is nothing to wait for

    def test_a_wrong_key_is_named_and_not_shown(self, bench: Bench) -> None:
        wrong = bench.double.key.replace("0", "1") + ("" if "0" in bench.double.key else "x")
        with pytest.raises(ExportError, match="refuses the key") as error:
            push(bench.place(wrong), bench.draft, bench.notebook, lambda: bench.now)
        assert wrong not in error.value.message

    @pytest.mark.parametrize("status", ["400", "401", "403", "404", "409", "422"])
    def test_each_refusal_is_a_clear_outcome(self, bench: Bench, status: str) -> None:
        bench.fail(status)
        with pytest.raises(ExportError) as error:
            bench.push()
        assert bench.double.key not in error.value.message
        assert error.value.advice
        assert not bench.double.items
        assert bench.push().created
        assert len(bench.double.items) == 1

    @pytest.mark.parametrize("fault", ["down", "drop", "cut"])
    def test_a_question_without_an_answer_makes_nothing(self, bench: Bench, fault: str) -> None:
        bench.double.read_faults.append(fault)
        with pytest.raises(PlatformBusy):
            bench.push()
        assert not bench.double.items

    def test_what_was_removed_there_is_made_anew(self, bench: Bench) -> None:
        first = bench.push()
        bench.double.items.clear()
        second = bench.push()
        assert second.created
        assert second.remote_id != first.remote_id

    def test_what_the_platform_cuts_off_is_told(self, bench: Bench) -> None:
        bench.double.cuts = len(bench.draft.html) // 2
        said = " ".join(bench.push().differences)
        assert "links are missing or changed" in said

    def test_a_platform_that_cannot_be_reached_is_a_clear_line(self, bench: Bench) -> None:
        bench.url = "http://127.0.0.1:9"
        with pytest.raises(PlatformBusy, match="cannot be reached"):
            bench.push()

    @pytest.mark.parametrize("seed", range(6))
    def test_one_draft_whatever_gets_lost(self, bench: Bench, seed: int) -> None:
        """Push until it works, through a storm of faults: exactly one draft stands there, and it is whole."""
        chance = random.Random(seed)
        kinds = ["", "lose", "cut", "break", "drop", "busy", "down"]
        bench.double.faults.extend(chance.choice(kinds) for _ in range(8))
        bench.double.read_faults.extend(chance.choice(["", "", "drop", "down", "cut"]) for _ in range(6))
        for _ in range(40):
            try:
                pushed = bench.push(after=timedelta(seconds=chance.choice([5, 50, 200])))
            except BroadsheetError:
                continue
            if not bench.double.faults:
                break
            if chance.random() < 0.3:
                bench.notebook = Notebook()
        assert list(bench.double.items) == [pushed.remote_id]
        assert bench.push(after=LATER).differences == self.untold


class DraftContract(PushContract):
    """What takes drafts leaves alone what went out."""

    def test_what_went_out_is_left_alone(self, bench: Bench) -> None:
        first = bench.push()
        bench.double.mark_sent(first.remote_id)
        asked = len(bench.double.requests)
        with pytest.raises(ExportError, match="left alone"):
            bench.push()
        bench.notebook = Notebook()
        with pytest.raises(ExportError, match="left alone"):
            bench.push()
        assert all(method == "GET" for method, _path in bench.double.requests[asked:])


class ByHandContract(DraftContract):
    """What takes drafts and is not known to send any says so."""

    def test_nothing_can_be_sent_there(self, bench: Bench) -> None:
        bench.push()
        asked = len(bench.double.requests)
        with pytest.raises(ConfigError, match="not sent from here"):
            bench.place().send(bench.notebook.remote_id)
        assert len(bench.double.requests) == asked


class PlaceContract(DraftContract):
    """What takes drafts can be asked to send them, too."""

    def test_a_draft_is_sent_once(self, bench: Bench) -> None:
        pushed = bench.push()
        sent = bench.send()
        assert sent.remote_id == pushed.remote_id
        assert sent.state
        assert bench.double.sends == [pushed.remote_id]
        assert bench.send(after=LATER) == sent
        assert bench.double.sends == [pushed.remote_id]

    @pytest.mark.parametrize("fault", ["lose", "cut", "break"])
    def test_a_lost_answer_to_sending_is_asked_after(self, bench: Bench, fault: str) -> None:
        pushed = bench.push()
        bench.double.faults.append(fault)
        assert bench.send().state
        assert bench.double.sends == [pushed.remote_id]

    @pytest.mark.parametrize("fault", ["drop", "down"])
    def test_a_request_to_send_that_got_lost_is_not_made_again(self, bench: Bench, fault: str) -> None:
        bench.push()
        bench.double.faults.append(fault)
        for _ in range(3):
            with pytest.raises(PlatformBusy, match="not be asked a second time"):
                bench.send(after=LATER)
        assert bench.double.sends == []
        bench.double.mark_sent(bench.notebook.remote_id)  # a person sent it there
        assert bench.send().state

    def test_a_platform_that_still_shows_a_draft_is_not_asked_again(self, bench: Bench) -> None:
        bench.push()
        bench.double.tardy = True
        bench.double.faults.append("lose")
        with pytest.raises(PlatformBusy):
            bench.send()
        with pytest.raises(PlatformBusy):
            bench.send(after=timedelta(days=1))
        assert len(bench.double.sends) == 1

    def test_a_short_wait_before_sending_is_waited(self, bench: Bench) -> None:
        bench.push()
        bench.double.faults.append("busy")
        bench.double.retry_after = "7"
        assert bench.send().state
        assert len(bench.double.sends) == 1

    @pytest.mark.parametrize("status", ["400", "401", "403", "404", "409", "422"])
    def test_a_refusal_to_send_may_be_tried_again(self, bench: Bench, status: str) -> None:
        bench.push()
        bench.double.faults.append(status)
        with pytest.raises(ExportError) as error:
            bench.send()
        assert bench.double.key not in error.value.message
        assert bench.double.sends == []
        assert bench.send().state
        assert len(bench.double.sends) == 1

    def test_a_long_wait_before_sending_is_left_to_a_later_run(self, bench: Bench) -> None:
        bench.push()
        bench.double.faults.append("busy")
        bench.double.retry_after = "3600"
        with pytest.raises(PlatformBusy):
            bench.send()
        assert bench.send(after=timedelta(hours=1)).state
        assert len(bench.double.sends) == 1

    def test_what_a_person_sent_meanwhile_is_left_alone(self, bench: Bench) -> None:
        bench.push()
        bench.double.mark_sent(bench.notebook.remote_id)
        with pytest.raises(ExportError, match="left alone"):
            bench.send()
        assert bench.double.sends == []

    def test_a_question_before_sending_without_an_answer_sends_nothing(self, bench: Bench) -> None:
        bench.push()
        bench.double.read_faults.append("drop")
        with pytest.raises(PlatformBusy):
            bench.send()
        assert bench.double.sends == []
        assert bench.notebook.send_asked_at is None

    def test_two_processes_ask_once(self, bench: Bench) -> None:
        """The claim is one process's: the other one, which saw a draft a moment ago, is told so."""
        bench.push()
        bench.notebook.claim_send = lambda now: False  # type: ignore[method-assign]  # as if another had claimed it
        with pytest.raises(PlatformBusy, match="another process"):
            bench.send()
        assert bench.double.sends == []

    @pytest.mark.parametrize("seed", range(6))
    def test_never_sent_twice_whatever_gets_lost(self, bench: Bench, seed: int) -> None:
        chance = random.Random(seed)
        bench.push()
        bench.double.tardy = chance.random() < 0.3
        bench.double.faults.extend(chance.choice(["lose", "cut", "break", "drop", "busy", "down"]) for _ in range(4))
        bench.double.read_faults.extend(chance.choice(["", "", "drop", "down", "cut"]) for _ in range(6))
        for _ in range(15):
            try:
                bench.send(after=timedelta(seconds=chance.choice([5, 50, 200, 90_000])))
            except BroadsheetError:
                continue
        assert len(bench.double.sends) <= 1


class TemplateContract(PushContract):
    """What takes templates finds them by their name, and sends nothing."""

    def test_what_was_removed_there_is_made_anew(self, bench: Bench) -> None:
        bench.push()
        bench.double.items.clear()
        assert bench.push().created
        assert len(bench.double.items) == 1

    def test_nothing_can_be_sent_there(self, bench: Bench) -> None:
        bench.push()
        asked = len(bench.double.requests)
        with pytest.raises(ConfigError, match="is a template"):
            bench.place().send(bench.notebook.remote_id)
        assert len(bench.double.requests) == asked
