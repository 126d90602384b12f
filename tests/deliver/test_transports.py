from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from broadsheet.deliver.maildir import Maildir, file_name
from broadsheet.deliver.smtp import Account, Smtp
from broadsheet.deliver.transport import Refusal
from tests.contracts.transport import FIRST, TransportContract
from tests.deliver.relay import Relay


class TestMaildir(TransportContract):
    @pytest.fixture(autouse=True)
    def _begin(self, tmp_path: Path) -> None:
        self.folder = tmp_path / "outbox"
        self.transport = Maildir(self.folder)

    def arrived(self) -> list[bytes]:
        files = [path.read_bytes() for path in (self.folder / "new").glob("*")]
        return [content.split(b"\n", 2)[2].replace(b"\n", b"\r\n") for content in files]

    def test_a_message_that_a_mail_program_has_read_is_still_found(self) -> None:
        session = self.transport.open()
        session.exchange(FIRST, None)
        name = file_name(FIRST.message_id)
        (self.folder / "new" / name).rename(self.folder / "cur" / f"{name}:2,S")
        assert self.transport.took(FIRST.message_id) is True

    def test_a_second_attempt_writes_the_same_file(self) -> None:
        session = self.transport.open()
        session.exchange(FIRST, None)
        session.exchange(FIRST, None)
        assert self.arrived() == [FIRST.content]

    def test_a_folder_that_cannot_be_is_a_refusal(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("x")
        with pytest.raises(Refusal):
            Maildir(tmp_path / "file" / "outbox").open()


@pytest.mark.parametrize("_offers", [("PIPELINING",), ("PIPELINING", "CHUNKING"), ()], indirect=True)
class TestSmtp(TransportContract):
    @pytest.fixture(autouse=True)
    def _offers(self, request: pytest.FixtureRequest) -> Iterator[None]:
        with Relay(extensions=request.param) as relay:
            self.relay = relay
            self.transport = Smtp(Account(host="127.0.0.1", port=relay.port, security="none", timeout=3.0))
            yield

    def arrived(self) -> list[bytes]:
        return [taken.content for taken in self.relay.taken]
