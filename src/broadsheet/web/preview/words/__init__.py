"""The words of the editors' page, one file a language."""
