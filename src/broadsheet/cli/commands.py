"""Every command and the module it lives in, in the order in which `broadsheet --help` lists them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """Where a command lives: a module whose `app` holds it. A `group` entry is the whole app under one name."""

    module: str
    group: bool = False


COMMANDS: dict[str, Entry] = {
    "init": Entry("broadsheet.cli.init"),
    "demo": Entry("broadsheet.cli.demo"),
    "gather": Entry("broadsheet.cli.gather"),
    "stories": Entry("broadsheet.cli.stories"),
    "story": Entry("broadsheet.cli.stories"),
    "source": Entry("broadsheet.cli.source", group=True),
    "pick": Entry("broadsheet.cli.pick"),
    "explain": Entry("broadsheet.cli.explain"),
    "edition": Entry("broadsheet.cli.edition", group=True),
    "categories": Entry("broadsheet.cli.categories", group=True),
    "render": Entry("broadsheet.cli.render"),
    "check": Entry("broadsheet.cli.check"),
    "preview": Entry("broadsheet.cli.preview"),
    "export": Entry("broadsheet.cli.export"),
    "pictures": Entry("broadsheet.cli.pictures"),
    "theme": Entry("broadsheet.cli.theme", group=True),
    "run": Entry("broadsheet.cli.run"),
    "status": Entry("broadsheet.cli.report"),
    "report": Entry("broadsheet.cli.report"),
    "log": Entry("broadsheet.cli.report"),
    "doctor": Entry("broadsheet.cli.doctor"),
    "backup": Entry("broadsheet.cli.backup"),
    "restore": Entry("broadsheet.cli.restore"),
    "upgrade": Entry("broadsheet.cli.care"),
    "prune": Entry("broadsheet.cli.care"),
    "plan": Entry("broadsheet.cli.plan"),
    "schedule": Entry("broadsheet.cli.schedule", group=True),
    "subscribers": Entry("broadsheet.cli.subscribers", group=True),
    "suppressions": Entry("broadsheet.cli.suppressions", group=True),
    "pull": Entry("broadsheet.cli.pull"),
    "bounces": Entry("broadsheet.cli.bounces", group=True),
    "serve": Entry("broadsheet.cli.serve"),
    "send": Entry("broadsheet.cli.send"),
    "deliveries": Entry("broadsheet.cli.deliveries"),
    "settle": Entry("broadsheet.cli.settle"),
}
