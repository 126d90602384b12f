"""Asking a real server on this machine. It answers by the path it is asked for and notes what it heard."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from broadsheet.check import AnswerState
from broadsheet.desk.asking import ask, is_public
from broadsheet.desk.checking import counted

HEARD: list[str] = []


class Handler(BaseHTTPRequestHandler):
    """`/404` answers 404; `/once404` does so once to GET; `/nohead` knows no HEAD; `/to/PATH` redirects."""

    def do_HEAD(self) -> None:
        HEARD.append(f"HEAD {self.path}")
        self._answer(is_head=True)

    def do_GET(self) -> None:
        HEARD.append(f"GET {self.path}")
        self._answer(is_head=False)

    def _answer(self, *, is_head: bool) -> None:
        status, place = 200, ""
        if self.path.startswith("/to/"):
            status, place = 302, self.path[3:]
        elif self.path == "/circle":
            status, place = 301, "/circle"
        elif self.path == "/inside":
            status, place = 302, "http://localhost.invalid/x"
        elif self.path == "/nohead":
            status = 405 if is_head else 200
        elif self.path == "/once404":
            status = 404 if is_head or HEARD.count("GET /once404") == 1 else 200
        elif self.path[1:].isdigit():
            status = int(self.path[1:])
        self.send_response(status)
        if place:
            self.send_header("Location", place)
        self.send_header("Content-Length", "1234" if is_head else "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("path", "state", "heard"),
    [
        ("/200", AnswerState.ALIVE, ["HEAD /200"]),
        ("/nohead", AnswerState.ALIVE, ["HEAD /nohead", "GET /nohead"]),
        ("/404", AnswerState.DEAD, ["HEAD /404", "GET /404", "GET /404"]),
        ("/410", AnswerState.DEAD, ["HEAD /410", "GET /410", "GET /410"]),
        ("/once404", AnswerState.ALIVE, ["HEAD /once404", "GET /once404", "GET /once404"]),
        ("/403", AnswerState.CLOSED, ["HEAD /403", "GET /403"]),
        ("/429", AnswerState.CLOSED, ["HEAD /429", "GET /429"]),
        ("/500", AnswerState.UNSURE, ["HEAD /500", "GET /500"]),
        ("/to/200", AnswerState.ALIVE, ["HEAD /to/200", "HEAD /200"]),
        ("/a%20b/ü?q=ü", AnswerState.ALIVE, ["HEAD /a%20b/%C3%BC?q=%C3%BC"]),
    ],
)
def test_answers_are_taken_as_they_are_meant(server: str, path: str, state: AnswerState, heard: list[str]) -> None:
    HEARD.clear()
    link = server + path
    assert ask([link], allowed=lambda address: True)[link].state is state
    assert heard == HEARD


def test_the_length_is_kept(server: str) -> None:
    assert ask([server + "/200"], allowed=lambda address: True)[server + "/200"].size == 1234


@pytest.mark.parametrize(("path", "reason"), [("/circle", "circles"), ("/inside", "no address")])
def test_redirects_that_lead_nowhere_are_unsure(server: str, path: str, reason: str) -> None:
    answer = ask([server + path], allowed=lambda address: True)[server + path]
    assert answer.state is AnswerState.UNSURE
    assert reason in answer.reason


def test_the_own_network_is_never_asked(server: str) -> None:
    HEARD.clear()
    answer = ask([server + "/200"])[server + "/200"]
    assert answer.reason == "its host is not on the open internet"
    assert HEARD == []


def test_a_host_that_does_not_answer_is_left_alone(server: str) -> None:
    links = [f"http://127.0.0.1:1/{number}" for number in range(5)]
    answers = ask([*links, server + "/200", "mailto:a@b.c", "sLoT7viewurl7tOLs", "http://["], allowed=lambda a: True)
    assert [answers[link].reason for link in links[1:3]] == [
        "its server refuses the connection",
        "not asked: its host does not answer",
    ]
    assert counted(answers) == (
        "asked about 6 addresses: 1 alive, 0 dead, 0 closed to robots, 5 without a usable answer"
    )


@pytest.mark.parametrize(
    ("address", "expected"),
    [("93.184.215.14", True), ("2606:2800:21f::1", True)]
    + [(private, False) for private in ("127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fe80::1", "100.64.0.1")]
    + [(special, False) for special in ("::ffff:127.0.0.1", "0.0.0.0", "224.0.0.1", "fd00::1")],
)
def test_only_the_open_internet_is_public(address: str, expected: bool) -> None:
    assert is_public(address) is expected
