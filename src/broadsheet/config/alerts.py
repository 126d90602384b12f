"""`[alerts]`: who is told when a person is needed."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from broadsheet.config.table import Table


class Alerts(Table):
    """Where problems are told, once each: by mail, by a webhook, and by a dead man's ping.

    A webhook's or ping's address is often a secret: `webhook_env` and `ping_env` name the variable that holds it.
    """

    mail: tuple[str, ...] = Field(default=(), description="addresses")
    webhook: str = Field(default="", description="an address that a problem is posted to")
    webhook_env: str = ""
    webhook_form: Literal["json", "slack"] = Field(default="json", description="the posted JSON: ours, or Slack's")
    ping: str = Field(
        default="", description="an address that each run asks as it begins and ends, so that silence is noticed"
    )
    ping_env: str = ""

    @field_validator("webhook", "ping")
    @classmethod
    def _address(cls, value: str) -> str:
        if value and not value.startswith(("https://", "http://")):
            raise ValueError("expected an address that begins with https://")
        return value
