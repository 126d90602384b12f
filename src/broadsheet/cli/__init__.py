"""Typer: parse, call the desk, print. The only place that prints; the error boundary and the exit codes."""
