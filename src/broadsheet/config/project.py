"""The whole of broadsheet.toml."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from broadsheet.config.alerts import Alerts
from broadsheet.config.audience import Bounces
from broadsheet.config.categories import Category
from broadsheet.config.checks import Checks
from broadsheet.config.mail import Provider, Smtp
from broadsheet.config.pictures import Pictures
from broadsheet.config.platforms import Account
from broadsheet.config.publication import Publication
from broadsheet.config.retention import Retention
from broadsheet.config.sources import Gathering, Source
from broadsheet.config.table import Table
from broadsheet.config.watching import Log, Metrics
from broadsheet.errors import ConfigError


class Config(Table):
    """A project's configuration: `folder` is where broadsheet.toml stands; every relative path starts there."""

    folder: Path = Path()
    publications: dict[str, Publication] = Field(min_length=1)
    sources: dict[str, Source] = Field(default_factory=dict)
    gathering: Gathering = Gathering()
    smtp: Smtp | None = None
    providers: dict[str, Provider] = Field(default_factory=dict)
    bounces: Bounces | None = None
    checks: Checks = Field(default_factory=dict)
    alerts: Alerts = Alerts()
    retention: Retention = Retention()
    log: Log = Log()
    metrics: Metrics = Metrics()
    categories: dict[str, Category] = Field(default_factory=dict)
    pictures: Pictures = Pictures()
    platforms: dict[str, Account] = Field(default_factory=dict)

    def publication(self, name: str | None = None) -> Publication:
        """Find a publication by name; the only one when no name is given. Raises ConfigError."""
        known = ", ".join(self.publications)
        if name is None:
            if len(self.publications) == 1:
                return next(iter(self.publications.values()))
            raise ConfigError("there are several publications", advice=f"Name one with -p: {known}.")
        if name not in self.publications:
            raise ConfigError(f"no publication is called {name!r}", advice=f"Known ones: {known}.")
        return self.publications[name]
