"""`broadsheet check`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from broadsheet.cli.options import AsJson
from broadsheet.cli.output import document, say, tell

app = typer.Typer()


@app.command()
def check(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A mail to check: .html, or .eml.", metavar="FILE")],
    strict: Annotated[bool, typer.Option("--strict", help="Let warnings block, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Check a mail and say how to mend what is wrong; exit 3 when a finding blocks.

    Example: broadsheet check newsletter.eml --strict
    """
    from broadsheet.config import FILE_NAME, load_config
    from broadsheet.desk.checking import check_file
    from broadsheet.desk.opening import system_clock
    from broadsheet.model import Severity

    folder: Path = context.obj
    config = load_config(folder) if (folder / FILE_NAME).exists() else None
    findings = check_file(file, now=system_clock(), config=config)
    blocking = [finding for finding in findings if strict or finding.severity is Severity.BLOCK]
    if as_json:
        document(findings)
    else:
        for finding in findings:
            say(
                f"{finding.severity.value:5}  {finding.rule}: {finding.message}"
                + (f"  [{finding.place}]" if finding.place else "")
            )
            if finding.advice:
                say(f"       {finding.advice}")
        tell(f"{len(findings)} findings, {len(blocking)} of them block")
    if blocking:
        raise typer.Exit(3)
