"""The documentation: the site is whole, and every command in it is one that works."""
