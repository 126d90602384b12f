"""Let `python -m broadsheet` be the same as `broadsheet`."""

from broadsheet.cli.main import main

if __name__ == "__main__":  # processes that gathering starts import this module under another name
    main()
