"""Let `python -m broadsheet` be the same as `broadsheet`."""

from broadsheet.cli.main import main

main()
