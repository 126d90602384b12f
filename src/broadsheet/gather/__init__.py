"""Source to Story: fetch, parse, clean, identify."""
