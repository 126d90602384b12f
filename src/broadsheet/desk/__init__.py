"""The use cases: the only place where rooms and store meet. A decision about the domain belongs to a room."""

from broadsheet.desk.opening import Desk, open_desk, open_store

__all__ = ["Desk", "open_desk", "open_store"]
