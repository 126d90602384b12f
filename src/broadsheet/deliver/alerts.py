"""Tell people by webhook, and ping a dead man's switch. Every call gives None, or the reason why it failed.

The addresses are often secrets: no reason ever repeats them.
"""

from __future__ import annotations

from typing import Any

import httpx2

_SECONDS = 10.0


def post_webhook(url: str, form: str, *, title: str, lines: list[str], facts: dict[str, Any]) -> str | None:
    """Post a message: plain JSON (`title`, `lines` and the facts), or the `text` that Slack and its kin take."""
    if form == "slack":
        # Slack's control characters are these three; nothing else needs escaping there.
        text = "\n".join([f"*{title}*", *lines]).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        body: dict[str, Any] = {"text": text}
    else:
        body = {"title": title, "lines": lines, **facts}
    return _answered("POST", url, json=body)


def ping(url: str, stage: str, text: str = "") -> str | None:
    """Ping a dead man's switch: the address itself for success, `/start` and `/fail` below it for those."""
    target = url if stage == "success" else f"{url.rstrip('/')}/{stage}"
    return _answered("POST", target, content=text.encode()[:10_000])


def _answered(method: str, url: str, **body: Any) -> str | None:
    try:
        answer = httpx2.request(method, url, timeout=_SECONDS, follow_redirects=False, **body)
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        return f"no answer ({type(error).__name__})"
    return None if answer.is_success else f"answered {answer.status_code}"
