"""The demo: a day at an invented newspaper, made by the very same run that a newsroom uses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from broadsheet.desk.daily import OUT, RunReport, Stage, run
from broadsheet.desk.opening import open_desk, system_clock
from broadsheet.desk.starting import start_demo
from broadsheet.desk.subscribing import import_subscribers
from broadsheet.errors import ConfigError
from broadsheet.plural import number_of


@dataclass(frozen=True)
class Demo:
    """What the demo made: the run's report, files to look at and commands to try, each with a word about it."""

    report: RunReport
    files: list[tuple[Path, str]]
    commands: list[tuple[str, str]]


def make_demo(folder: Path, *, program: str = "broadsheet", watch: Callable[[str, Stage], None] | None = None) -> Demo:
    """Do the whole job in a new folder. Raises ConfigError when something stands there already."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ConfigError(
            f"{folder} is not empty, and the demo overwrites nothing",
            advice=f"Remove it, or name another folder: broadsheet demo {folder}-2",
        )
    start_demo(folder, system_clock())
    with open_desk(folder) as desk:
        publication = desk.config.publication()
        people = import_subscribers(desk, publication, folder / "subscribers.csv", basis="made up for the demo")
        if watch:
            watch("", Stage("audience", f"{number_of(people.rows, 'subscriber')} imported from {people.file}"))
        report = run(desk, watch=watch)[0]
        place = folder / OUT
        edition = report.edition
    first_mail = next(iter(sorted((folder / "outbox" / "new").glob("*"))), folder / "outbox")
    at = f"{program} -C {folder}"
    return Demo(
        report,
        files=[
            (place / edition / "preview.html", "the digest: open it in a browser"),
            (place / f"{edition}-mailchimp" / "README.txt", "how to paste it into Mailchimp"),
            (first_mail, "one of the mails; open it in a mail program"),
            (folder / "broadsheet.toml", "the configuration, commented"),
        ],
        commands=[
            (f"{at} edition show", "what stands where, and why"),
            (f"{at} stories", "everything that was gathered"),
            (f"{at} run", "again: nothing is sent twice"),
            (f"{at} deliveries", "who got it"),
            (f"{at} export --list", "the platforms it can be exported to"),
            (f"{at} theme list", "other looks"),
        ],
    )
