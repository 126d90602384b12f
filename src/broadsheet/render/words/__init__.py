"""The catalogues: the frame's words and the dates of one language a file."""
