"""Starlette pages: preview for editors, public pages for readers."""
