"""Edition to RenderedEdition: themes, Jinja2 to MJML to HTML, and text."""

from broadsheet.render.edition import hash_of, render_edition
from broadsheet.render.themes import Theme, ThemeEntry, find_theme, list_themes

__all__ = ["Theme", "ThemeEntry", "find_theme", "hash_of", "list_themes", "render_edition"]
