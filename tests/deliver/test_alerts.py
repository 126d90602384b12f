from __future__ import annotations

import json

from broadsheet.deliver.alerts import ping, post_webhook
from tests.listener import Listener


def test_the_two_forms_of_a_webhook(listener: tuple[str, type[Listener]]) -> None:
    url, handler = listener
    assert post_webhook(url, "json", title="daily", lines=["a <b>"], facts={"over": False}) is None
    assert post_webhook(url, "slack", title="daily", lines=["a <b> & <!channel>"], facts={}) is None
    plain, slack = (json.loads(body) for _path, body in handler.heard)
    assert plain == {"title": "daily", "lines": ["a <b>"], "over": False}
    assert slack == {"text": "*daily*\na &lt;b&gt; &amp; &lt;!channel&gt;"}


def test_a_ping_says_its_stage_in_the_path(listener: tuple[str, type[Listener]]) -> None:
    url, handler = listener
    assert [ping(url, stage) for stage in ("start", "success", "fail")] == [None, None, None]
    assert [path for path, _body in handler.heard] == ["/hook/s3cret/start", "/hook/s3cret", "/hook/s3cret/fail"]


def test_a_refusal_gives_a_reason_that_keeps_the_secret(listener: tuple[str, type[Listener]]) -> None:
    url, handler = listener
    handler.status = 403
    assert post_webhook(url, "json", title="t", lines=[], facts={}) == "answered 403"
    reason = ping("http://127.0.0.1:1/s3cret", "success")
    assert reason is not None
    assert "s3cret" not in reason
