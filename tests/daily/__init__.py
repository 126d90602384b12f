"""The daily run over weeks, with everything that goes wrong in a month."""
