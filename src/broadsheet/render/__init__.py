"""Edition to RenderedEdition: themes, Jinja2 to MJML to HTML, and text."""
