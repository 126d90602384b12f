"""Run broadsheet at a given time: the moment comes first, the command line after it."""

import sys
from datetime import datetime, tzinfo

from broadsheet.cli.main import main
from broadsheet.desk import opening

if __name__ == "__main__":  # processes that gathering starts import this module under another name
    moment = datetime.fromisoformat(sys.argv.pop(1))

    class Stopped(datetime):
        """A clock that stands: the desk's is the only one that tells a command what day it is."""

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # the desk asks for no other
            """Give the moment."""
            return moment.astimezone(tz)

    vars(opening)["datetime"] = Stopped
    main()
