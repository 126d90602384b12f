from __future__ import annotations

from pathlib import Path

import pytest

from broadsheet.config import Config, load_config, parse_config
from broadsheet.errors import ConfigError

GOOD = """\
[publications.daily]
title = "The Daily"
sender = "The Daily <news@example.org>"
postal_address = "1 Press Lane, London"

[[publications.daily.sections]]
category = "Politics"
max = 3

[sources.wire]
path = "stories"
"""


def parse(text: str) -> Config:
    return parse_config(text, folder=Path("project"))


def test_a_good_file_is_typed_and_frozen() -> None:
    config = parse(GOOD)
    publication = config.publication()
    assert (publication.name, publication.sender_email, publication.list_id) == (
        "daily",
        "news@example.org",
        "daily.example.org",
    )
    assert config.sources["wire"].name == "wire"
    with pytest.raises(ValueError):
        publication.title = "Other"  # type: ignore[misc]  # the point of the test


def test_a_senders_domain_is_written_as_mail_writes_it() -> None:
    """As A-labels (RFC 5891): in From, in a Message-ID, in `d=` of a signature."""
    publication = parse(GOOD.replace("news@example.org", "news@bücher.example")).publication()
    assert publication.sender_email == "news@xn--bcher-kva.example"
    assert publication.list_id == "daily.xn--bcher-kva.example"


@pytest.mark.parametrize(
    ("change", "line", "words"),
    [
        (("max = 3", "maxx = 3"), 8, "did you mean `max`"),
        (("title =", "titel ="), 2, "did you mean `title`"),
        (("max = 3", "max = 'three'"), 8, "integer"),
        (('"The Daily <news@example.org>"', '"The Daily"'), 3, "expected an address"),
        (('path = "stories"', 'path = "s"\nurl = "https://example.org"'), 10, "exactly one of"),
        (("[sources.wire]", "[sources.wire"), 10, "not valid TOML"),
        (("[sources.wire]", "[smtp]\nhost = 'mail'\nuser = 'me'\n[sources.wire]"), 10, "password_env"),
        (("[publications.daily]", "[publications.daily]\ntimezone = 'Mars/Base'"), 2, "no timezone"),
        (("[publications.daily]", "[publications.daily]\nname = 'x'"), 2, "the table's own"),
        (("news@example.org", "jö@example.org"), 3, "letters of ASCII"),
        (("news@example.org", "news@example..org"), 3, "is no domain"),
        (("[publications.daily]", "[publications.daily]\nlist = 'The Daily'"), 2, "RFC 2919"),
        (("[publications.daily]", "[publications.daily]\nbase_url = 'news.example.org'"), 2, "a header can hold"),
        (("[publications.daily]", "[publications.daily]\nbase_url = 'https://bücher.example'"), 2, "xn--"),
        (("[sources.wire]", "[smtp]\nhost = 'mail'\nbounce_address = 'bounces'\n[sources.wire]"), 12, "no address"),
    ],
)
def test_a_fault_is_named_with_file_line_and_what_was_expected(change: tuple[str, str], line: int, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(GOOD.replace(*change))
    assert f"broadsheet.toml:{line}: " in str(caught.value)
    assert words in str(caught.value)


def test_every_fault_is_reported_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        parse(GOOD.replace("title =", "titel =").replace("max = 3", "max = -3"))
    assert "titel" in str(caught.value)
    assert "greater than or equal to 1" in str(caught.value)


def test_a_missing_file_says_how_to_begin(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(tmp_path)
    assert "broadsheet init" in caught.value.advice


def test_an_unknown_publication_names_the_known_ones() -> None:
    with pytest.raises(ConfigError) as caught:
        parse(GOOD).publication("weekly")
    assert "daily" in caught.value.advice
