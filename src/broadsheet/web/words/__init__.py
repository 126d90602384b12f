"""The words of the public pages, one file a language."""
