"""How the pages of this folder become a site: `python -m sphinx -W --keep-going -b dirhtml docs site`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from broadsheet import __version__

project = "broadsheet"
author = "the authors of broadsheet"
project_copyright = "the authors of broadsheet"
version = release = __version__
html_title = "broadsheet"
language = "en_GB"

extensions = ["myst_parser"]
myst_heading_anchors = 3
exclude_patterns = ["_build", "Thumbs.db", ".DS_Store"]

# Indented blocks are what one types and what is printed, in no one language.
highlight_language = "none"
nitpicky = True

# Furo draws with the reader's own fonts and asks no other host for anything, so the site can be read offline.
html_theme = "furo"
html_copy_source = False
html_show_sphinx = False
