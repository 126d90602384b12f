"""`[pictures]`: where the project's own pictures lie, and where the web sees them."""

from __future__ import annotations

from pydantic import field_validator

from broadsheet.config.table import Table


class Pictures(Table):
    """Files in `folder` (relative to the project) are public at `url`: publishing them is copying the folder there."""

    folder: str = "pictures"
    url: str = ""

    @field_validator("url")
    @classmethod
    def _public(cls, value: str) -> str:
        if value and not value.startswith("https://"):
            raise ValueError("expected an address that begins with https://; mail clients fetch pictures from there")
        return value.rstrip("/")

    def file_of(self, address: str) -> str | None:
        """Give the file, relative to the project, that the web sees at an address; None for anybody else's picture."""
        name = address.removeprefix(f"{self.url}/").partition("?")[0]
        if not self.url or name == address or ".." in name.split("/"):
            return None
        return f"{self.folder}/{name}"
