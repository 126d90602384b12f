"""A name server on loopback that answers from a table."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

Records = Mapping[tuple[str, str], list[str]]
"""By name and kind: ("example.org", "TXT") -> ['"v=spf1 -all"']."""


@contextmanager
def nameserver(records: Records) -> Iterator[int]:
    """Answer on 127.0.0.1; gives the port. A name that is not in the table does not exist."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            packet, link = self.request
            query = dns.message.from_wire(packet)
            answer = dns.message.make_response(query)
            answer.flags |= dns.flags.RA
            question = query.question[0]
            name = question.name.to_text(omit_final_dot=True).lower()
            kind = dns.rdatatype.to_text(question.rdtype)
            if values := records.get((name, kind)):
                answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *values))
            elif not any(known == name for known, _kind in records):
                answer.set_rcode(dns.rcode.NXDOMAIN)
            link.sendto(answer.to_wire(), self.client_address)

    with socketserver.ThreadingUDPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()
