"""The error boundary: known errors become a sentence, a tip and an exit code. A traceback is a bug of ours."""

from __future__ import annotations

import os
import sys

from broadsheet.cli.app import app
from broadsheet.cli.output import tell
from broadsheet.errors import BroadsheetError


def main() -> None:
    """Run the command line and leave the process with the exit code that the documentation promises."""
    try:
        app(prog_name="broadsheet")
    except BroadsheetError as error:
        tell(f"broadsheet: {error.message}")
        if error.advice:
            tell(f"  {error.advice}")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        tell("broadsheet: stopped by the keyboard")
        sys.exit(130)
    except BrokenPipeError:
        # The reader of our output went away (`| head`): nothing to report, and nothing more to flush.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


if __name__ == "__main__":
    main()
