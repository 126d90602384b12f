"""What every transport keeps: what was opened and handed over arrives whole, what was only opened does not arrive."""

from __future__ import annotations

from broadsheet.deliver.transport import Transport
from broadsheet.model import Recipient
from tests.deliver.material import composer

FIRST, SECOND = (composer().compose(Recipient(id=n, email=f"reader{n}@example.com")) for n in (1, 2))


class TransportContract:
    """Inherit it, and say which transport and what arrived."""

    transport: Transport

    def arrived(self) -> list[bytes]:
        """Give the contents that arrived, with CRLF line ends."""
        raise NotImplementedError

    def test_what_is_opened_and_handed_over_arrives_whole(self) -> None:
        session = self.transport.open()
        handed, opened = session.exchange(None, FIRST)
        assert handed is None
        assert opened is not None
        assert opened.is_yes
        handed, opened = session.exchange(FIRST, SECOND)
        assert handed is not None
        assert handed.is_yes
        assert opened is not None
        handed, opened = session.exchange(SECOND, None)
        assert handed is not None
        assert handed.is_yes
        assert opened is None
        session.close()
        assert sorted(self.arrived()) == sorted([FIRST.content, SECOND.content])

    def test_what_is_only_opened_does_not_arrive(self) -> None:
        session = self.transport.open()
        session.exchange(None, FIRST)
        session.close()
        assert self.arrived() == []

    def test_a_transport_knows_or_says_that_it_does_not(self) -> None:
        assert self.transport.took(FIRST.message_id) in (False, None)
        session = self.transport.open()
        session.exchange(None, FIRST)
        session.exchange(FIRST, None)
        session.close()
        assert self.transport.took(FIRST.message_id) in (True, None)
        assert self.transport.name
        assert self.transport.sessions >= 1
