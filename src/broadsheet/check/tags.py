"""Template and merge tags, in the forms in which engines and platforms write them."""

from __future__ import annotations

import re

# Each form is bounded in length, so that no input makes the search slow.
TAGS = re.compile(
    r"\{\{[^{}\n]{0,200}\}\}|\{%[^{}\n]{0,200}%\}|\*\|[^|\n]{1,80}\|\*|%%[A-Za-z_][\w.=() -]{0,80}%%|<%[^%\n]{0,200}%>|"
    r"\$\{[^{}\n]{1,80}\}|\[\[[A-Z_a-z][\w.: -]{0,60}\]\]"
)
