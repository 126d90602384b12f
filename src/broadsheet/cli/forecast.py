"""Say a forecast in words."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from broadsheet.deliver.forecast import Forecast

BY = {"speed": "", "": "by the limits alone; no speed was measured yet", "turns": "at the last reader's turn"}

_SHORTEST_HOLD = timedelta(seconds=2)


def forecast_line(forecast: Forecast, zone: ZoneInfo, now: datetime) -> str:
    """Write when those who wait are done, and how many today's limits leave over."""
    if not forecast.waiting:
        return "nobody waits"
    if forecast.done_at is None:
        end = f"no end in sight: {_holder(forecast)} leaves some waiting for more than a year"
    else:
        end = f"done at {_clock(forecast.done_at, zone, now)}"
    if is_held(forecast, now):
        end = f"held until {_clock(forecast.begins_at, zone, now)}, {end}"
    speed = f"{forecast.per_second:,.0f} a second" if forecast.per_second and forecast.limited_by == "speed" else ""
    why = ", ".join(part for part in (speed, _holder(forecast)) if part)
    line = f"{forecast.waiting:,} to send: {end}" + (f" ({why})" if why else "")
    if forecast.over_today:
        line += f"; over today's limit by {forecast.over_today:,}"
    return line


def is_held(forecast: Forecast, now: datetime) -> bool:
    """Tell whether the first mail waits."""
    return forecast.waiting > 0 and forecast.begins_at - now >= _SHORTEST_HOLD


def _clock(moment: datetime, zone: ZoneInfo, now: datetime) -> str:
    local = moment.astimezone(zone)
    return f"{local:%H:%M}" if local.date() == now.astimezone(zone).date() else f"{local:%H:%M on %a %d %b}"


def _holder(forecast: Forecast) -> str:
    if forecast.limited_by == "account":
        return "held by the account's limits"
    return BY.get(forecast.limited_by, f"held by the limits for {forecast.limited_by}")
