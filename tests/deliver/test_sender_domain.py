from __future__ import annotations

import base64
import socket
import threading
from collections.abc import Iterator

import dns.flags
import dns.message
import dns.rdatatype
import dns.rrset
import pytest

from broadsheet.deliver.resolver import DnsResolver
from broadsheet.deliver.sender_domain import DomainRecords, judge, look_up

KEY = base64.b64encode(b"a public key" * 20).decode()

ZONE = {
    ("good.example.", "TXT"): ['"v=spf1 include:_spf.relay.example ~all"', '"other=1"'],
    ("_spf.relay.example.", "TXT"): ['"v=spf1 a mx include:_more.relay.example -all"'],
    ("_more.relay.example.", "TXT"): ['"v=spf1 ip4:192.0.2.0/24 -all"'],
    ("_dmarc.good.example.", "TXT"): ['"v=DMARC1; p=none"'],
    ("good.example.", "MX"): ["10 mail.good.example."],
    ("s1._domainkey.good.example.", "TXT"): [f'"v=DKIM1; k=rsa; p={KEY[:200]}" "{KEY[200:]}"'],
    ("null.example.", "MX"): ["0 ."],
}


@pytest.fixture
def resolver() -> Iterator[DnsResolver]:
    """A real name server on loopback that knows ZONE; `broken.example` is never answered."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            wire, peer = server.recvfrom(4096)
            if not wire:
                return
            query = dns.message.from_wire(wire)
            question = query.question[0]
            name, kind = str(question.name), dns.rdatatype.to_text(question.rdtype)
            if name == "broken.example.":
                continue
            answer = dns.message.make_response(query)
            answer.flags |= dns.flags.RA
            if (name, kind) in ZONE:
                answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *ZONE[name, kind]))
            server.sendto(answer.to_wire(), peer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield DnsResolver(["127.0.0.1"], port=server.getsockname()[1], seconds=1.0)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as waker:
        waker.sendto(b"", server.getsockname())
    thread.join(timeout=5)
    server.close()


def test_a_good_domain_has_no_fault(resolver: DnsResolver) -> None:
    records = look_up("good.example", resolver, selectors=["s1"])
    assert records.spf_asks == 4
    assert records.mail_hosts == ("mail.good.example",)
    assert judge(records, public_keys={"s1": f"v=DKIM1; k=rsa; p={KEY}"}) == []


def test_the_dmarc_record_of_the_domain_above_counts(resolver: DnsResolver) -> None:
    assert look_up("news.good.example", resolver).dmarc == ("v=DMARC1; p=none",)


def test_a_null_mx_takes_no_mail(resolver: DnsResolver) -> None:
    assert look_up("null.example", resolver).mail_hosts == ()


def test_a_dns_that_does_not_answer_is_no_verdict(resolver: DnsResolver) -> None:
    with pytest.raises(LookupError, match=r"broken\.example"):
        look_up("broken.example", resolver)


def test_an_empty_domain_is_told_line_by_line() -> None:
    faults = judge(DomainRecords("bare.example"), public_keys={"s1": f"v=DKIM1; k=rsa; p={KEY}"})
    assert [(fault.record, fault.grave) for fault in faults] == [
        ("SPF", True), ("DMARC", True), ("MX", False), ("DKIM", True),
    ]  # fmt: skip
    assert any(KEY in fault.advice for fault in faults)


@pytest.mark.parametrize(
    ("records", "words"),
    [
        (DomainRecords("d", spf=("v=spf1 -all", "v=spf1 ~all")), "2 SPF records"),
        (DomainRecords("d", spf=("v=spf1 +all",)), "lets anybody send"),
        (DomainRecords("d", spf=("v=spf1 all",)), "lets anybody send"),
        (DomainRecords("d", spf=("v=spf1 ~all",), spf_asks=11), "11 look-ups"),
        (DomainRecords("d", dmarc=("v=DMARC1; rua=mailto:x@d",)), "no policy"),
        (DomainRecords("d", dmarc=("v=DMARC1; p=none", "v=DMARC1; p=reject")), "several DMARC"),
        (DomainRecords("d", dkim={"s1": ("v=DKIM1; p=",)}), "revoked"),
        (DomainRecords("d", dkim={"s1": ("v=DKIM1; p=AAAA",)}), "does not belong"),
    ],
)
def test_each_fault_is_found(records: DomainRecords, words: str) -> None:
    assert any(words in fault.message for fault in judge(records, public_keys={"s1": f"v=DKIM1; k=rsa; p={KEY}"}))
