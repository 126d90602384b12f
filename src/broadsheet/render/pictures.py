"""How a picture stands in a column: always with a width and a height, never larger than it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from broadsheet.model import Image
from broadsheet.render.cleaning import clean
from broadsheet.render.links import web_address

Fit = Callable[[Image, int, float], Image | None]
"""Fits a picture to a place so many pixels wide, of a ratio; gives None for one that cannot be shown."""


def as_it_is(image: Image, width: int, ratio: float) -> Image | None:
    """Leave a picture where and how it is."""
    return image


@dataclass(slots=True)  # as in views: made for every story
class Frame:
    """A picture in its place: address, alternative text, and the size in CSS pixels at which it is shown."""

    url: str
    alt: str
    width: int
    height: int


def frame(image: Image | None, width: int, ratio: float, fit: Fit = as_it_is) -> Frame | None:
    """Fit a picture to a column `width` pixels wide, `ratio` being width by height.

    A picture of unknown size is taken to have the theme's ratio; one that is known to be too small for its place, or
    nearly a line, is left out rather than blown up.
    """
    image = fit(image, width, ratio) if image else None
    if image is None or not (address := web_address(image.url)):
        return None
    height = round(width / ratio)
    if image.width and image.height:
        shape = image.width / image.height
        if image.width < width * 0.6 or not 0.4 <= shape <= 4:
            return None
        height = round(width / shape) if 0.8 * ratio <= shape <= 1.25 * ratio else height
    return Frame(url=address, alt=clean(image.alt, 180), width=width, height=height)
