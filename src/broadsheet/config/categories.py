"""`[categories.NAME]`: what a category is called elsewhere, and the rules that put a story into it."""

from __future__ import annotations

from broadsheet.config.table import Table


class Category(Table):
    """A category's rules. It need not be listed: a section's category works without any.

    `within` names the wider category it belongs to; `aliases` other names that feeds have for it; `urls` parts of an
    address's path (``/markets/``); `keywords` words and phrases that settle it where headline or dek holds them.
    """

    within: str = ""
    aliases: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
