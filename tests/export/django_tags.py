"""The tags that Klaviyo adds to Django's: each writes one address, which the context carries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import template

register = template.Library()


def _tag(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    register.simple_tag(function, takes_context=True)
    return function


@_tag
def unsubscribe_link(context: Any) -> Any:
    return context["unsubscribe"]


@_tag
def web_view_link(context: Any) -> Any:
    return context["view"]


@_tag
def manage_preferences_link(context: Any) -> Any:
    return context["preferences"]


def lookup(mapping: Any, key: str) -> Any:
    """Klaviyo's filter for a profile's own properties."""
    return mapping.get(key)


register.filter("lookup", lookup)
