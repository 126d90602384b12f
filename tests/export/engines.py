"""The real template engines that platforms run, as far as they can be had here: each renders a text with values."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

PROGRAMS = Path(__file__).parent / "programs"
Values = Mapping[str, Any]
Render = Callable[[str, Values], str]


def jinja(template: str, values: Values) -> str:
    """Render by Jinja2, as HubL, Brevo and others of its family."""
    from jinja2 import Environment

    return Environment(keep_trailing_newline=True, autoescape=False).from_string(template).render(values)


def django(template: str, values: Values) -> str:
    """Render by Django's own engine, with the tags that Klaviyo adds."""
    from django.template import Context, Engine

    engine = Engine(builtins=["tests.export.django_tags"], autoescape=False)
    return str(engine.from_string(template).render(Context(dict(values))))


def liquid(template: str, values: Values) -> str:
    """Render by python-liquid; `tags` in the values are tags that write an address, as Customer.io has them."""
    from liquid import Environment
    from liquid.ast import Node
    from liquid.tag import Tag

    environment = Environment()
    for tag_name, value in values.get("tags", {}).items():

        class Address(Node):
            written = value

            def render_to_output(self, context: Any, buffer: Any) -> int:
                return int(buffer.write(self.written))

        class AddressTag(Tag):
            name = tag_name
            node = Address

            def parse(self, stream: Any) -> Node:
                return self.node(stream.current)

        environment.add_tag(AddressTag)
    return environment.from_string(template).render(**values)


@cache
def node_modules() -> str:
    """Find the folder whose node_modules hold the engines, or skip and say so."""
    places = [os.environ.get("BROADSHEET_NODE_MODULES", ""), str(Path(sys.prefix) / "node")]
    for place in places:
        if shutil.which("node") and place and (Path(place) / "node_modules" / "handlebars").is_dir():
            return place
    pytest.skip("needs node with handlebars, mustache and liquidjs")


@cache
def go_program(folder: str) -> str:
    """Compile the Go program once, or skip and say so."""
    go = shutil.which("go", path=os.pathsep.join([os.environ.get("PATH", ""), str(Path(sys.executable).parent)]))
    if go is None:
        pytest.skip("needs a Go toolchain")
    program = str(Path(folder) / "render")
    environment = {**os.environ, "GO111MODULE": "off", "GOFLAGS": "", "GOCACHE": str(Path(folder) / "cache")}
    subprocess.run([go, "build", "-o", program, str(PROGRAMS / "render.go")], check=True, env=environment)
    return program


def through_node(jobs: Sequence[Mapping[str, Any]]) -> list[str]:
    """Render jobs (engine, template, values) by handlebars, mustache or liquidjs."""
    return _through(["node", str(PROGRAMS / "render.js"), node_modules()], jobs)


def through_go(jobs: Sequence[Mapping[str, Any]], folder: str) -> list[str]:
    """Render jobs by Go's html/template (engine `html`) and text/template (engine `subject`)."""
    return _through([go_program(folder)], jobs)


def _through(command: list[str], jobs: Sequence[Mapping[str, Any]]) -> list[str]:
    outcome = subprocess.run(
        command, input=json.dumps(list(jobs)), capture_output=True, text=True, check=False, timeout=60
    )
    assert outcome.returncode == 0, outcome.stderr[-2000:]
    results: list[str] = json.loads(outcome.stdout)
    return results
