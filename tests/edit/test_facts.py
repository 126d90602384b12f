from __future__ import annotations

import pytest

from broadsheet.edit.facts import unsupported

SOURCE = (
    "Mayor Anna Berg opened the new harbour in Norwick on Tuesday after 3,500 tonnes of stone were laid. Berg, 52, said"
    " the work cost £4.2m. The union NAUT, led by Tom Field, had asked for twelve more jobs. More at https://norwick.example/h."
)


@pytest.mark.parametrize(
    "text",
    [
        "Norwick opens its harbour",
        "Berg's harbour opens at £4.2m",
        "Mayor Berg, 52, opened it on Tuesday after 3500 tonnes of stone were laid.",
        "A union asked for 12 jobs. Stone was laid by the tonne.",
        "See norwick.example/h for more",
        "Harbour opens after long work",
    ],
)
def test_what_the_sources_say_is_supported(text: str) -> None:
    assert unsupported(text, [SOURCE]) == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Berg opens harbour in Oslo", "Oslo"),
        ("The harbour cost £4.3m", "£4.3m"),
        ("After 35,000 tonnes of stone", "35,000"),
        ("Three jobs were asked for", "Three"),
        ("Mayor Anna Field opened it", "Anna Field"),
        ("Read https://evil.example/x", "https://evil.example/x"),
        ("Write to me@evil.example", "me@evil.example"),
        ("Critics such as obama doubt it", "obama"),
        ("The UNESCO agrees", "UNESCO"),
        ("Obama opens harbour", "Obama"),
        ("Norwick opens its harbour 港", "港"),
    ],
)
def test_what_they_lack_is_found(text: str, found: str) -> None:
    assert found in unsupported(text, [SOURCE])
