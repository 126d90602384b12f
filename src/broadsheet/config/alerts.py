"""`[alerts]`: who is told when a person is needed."""

from __future__ import annotations

from typing import Literal

from pydantic import field_validator

from broadsheet.config.table import Table


class Alerts(Table):
    """Where problems are told, once each: by mail, by a webhook, and by a dead man's ping.

    A webhook's or ping's address is often a secret: `webhook_env` and `ping_env` name the variable that holds it.
    """

    mail: tuple[str, ...] = ()
    webhook: str = ""
    webhook_env: str = ""
    webhook_form: Literal["json", "slack"] = "json"
    ping: str = ""
    ping_env: str = ""

    @field_validator("webhook", "ping")
    @classmethod
    def _address(cls, value: str) -> str:
        if value and not value.startswith(("https://", "http://")):
            raise ValueError("expected an address that begins with https://")
        return value
