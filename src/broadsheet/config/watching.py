"""`[log]` and `[metrics]`: what a run leaves for machines and for whoever looks into it later."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from broadsheet.config.table import Table


class Log(Table):
    """Log files: one a day, a JSON object a line. `[retention] reports` says for how long they are kept."""

    folder: str = Field(default="logs", description="where the files are written; '' writes none")
    level: Literal["normal", "debug"] = Field(
        default="normal", description="at `normal` no address of a person is written; at `debug` they are"
    )


class Metrics(Table):
    """Figures in the textfile format of Prometheus, for its node exporter to collect."""

    textfile: str = Field(default="", description="the file, ending in .prom; '' writes none")
