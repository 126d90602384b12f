from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.render.links import mark, web_address


@pytest.mark.parametrize(
    ("given_", "written"),
    [
        ("https://a.example/x?y=1&z=2#f", "https://a.example/x?y=1&z=2#f"),
        ("HTTPS://A.example/Path", "https://a.example/Path"),
        ("https://bücher.example/straße?q=ü", "https://xn--bcher-kva.example/stra%C3%9Fe?q=%C3%BC"),
        ("https://a.example/a b/%20c", "https://a.example/a%20b/%20c"),
        ("  https://a.example/\n ", "https://a.example/"),
        ("https://[2001:db8::1]:8080/x", "https://[2001:db8::1]:8080/x"),
        ("https://a.example/{x}|\"<>'", "https://a.example/%7Bx%7D%7C%22%3C%3E%27"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("//a.example/x", ""),
        ("/x", ""),
        ("https://", ""),
        ("https://[::1", ""),
        ("https://a.example:99999/", ""),
        ("https://bank.example@evil.example/", ""),
        ("https://a.example/" + "x" * 2000, ""),
        ("", ""),
        (None, ""),
    ],
)
def test_only_web_addresses_pass_and_are_written_in_ascii(given_: str | None, written: str) -> None:
    assert web_address(given_) == written


@given(st.text(max_size=60), st.sampled_from(["https://a.example/", "http://ü.example?", "", "https:"]))
def test_an_address_is_ascii_or_nothing_and_stays_as_it_is(text: str, head: str) -> None:
    address = web_address(head + text)
    assert address.isascii()
    assert not set(address) & set("\"'<> \\^`{|}\n")
    assert web_address(address) == address


def test_a_rule_adds_what_is_not_there_and_overwrites_nothing() -> None:
    rule = {"utm_source": "daily", "utm_content": "a b", "utm_term": ""}
    assert mark("https://a.example/x", rule) == "https://a.example/x?utm_source=daily&utm_content=a%20b"
    assert (
        mark("https://a.example/x?UTM_Source=own#f", rule) == "https://a.example/x?UTM_Source=own&utm_content=a%20b#f"
    )
    assert (
        mark("https://a.example/x?utm_source=&utm_content=1", rule) == "https://a.example/x?utm_source=&utm_content=1"
    )
    assert mark("", rule) == ""
    assert mark("https://a.example/x", {}) == "https://a.example/x"
