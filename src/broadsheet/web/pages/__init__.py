"""The public pages: Jinja2 templates and their style sheet."""
