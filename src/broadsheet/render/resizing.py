"""Fit a photograph to its place with Pillow (the extra `pictures`): cropped to a ratio, twice as wide as shown, light.

Bytes in, bytes out. Mail clients know no srcset, so one file of double width serves dense and plain screens. Whatever
comes, JPEG leaves (PNG for drawings of few colours): WebP and AVIF are not shown by all clients.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from broadsheet.errors import RenderError

READ = ("JPEG", "PNG", "GIF", "WEBP", "AVIF")
MOST_PIXELS = 80_000_000  # more would only be a bomb
DENSITY = 2
FEW_COLOURS = 256
WEIGHT, LEAST, FULL_WIDTH = 200_000, 24_000, 600
QUALITIES = (82, 74, 66, 58, 50)


@dataclass(frozen=True, slots=True)
class Resized:
    """A finished picture: its bytes, its file name's ending, and its size in pixels."""

    content: bytes
    suffix: str
    width: int
    height: int


def weight_for(width: int) -> int:
    """Give the bytes that a picture so many CSS pixels wide may weigh: a share of the area of one that fills a mail."""
    return max(LEAST, round(WEIGHT * min(1, width / FULL_WIDTH) ** 2))


def resize(content: bytes, width: int, ratio: float) -> Resized:
    """Crop to `ratio` (width by height), scale down to twice `width`, compress to `weight_for` it, if that can be.

    Never scales up. The crop keeps a little more of the upper part, where faces are. Raises RenderError for bytes that
    are no picture, or one of too many pixels.
    """
    try:
        with Image.open(BytesIO(content), formats=READ) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise RenderError(f"the picture is too large: {opened.width} x {opened.height} pixels")
            is_drawing = opened.format in ("PNG", "GIF") and opened.getcolors(FEW_COLOURS) is not None
            upright = ImageOps.exif_transpose(opened)
            picture = _on_white(upright)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise RenderError(f"the picture cannot be read: {error}") from None
    room = min(picture.width, round(picture.height * ratio))
    across = max(1, min(width * DENSITY, room))
    size = (across, max(1, round(across / ratio)))
    picture = ImageOps.fit(picture, size, method=Image.Resampling.LANCZOS, centering=(0.5, 0.4))
    out, weight = BytesIO(), weight_for(width)
    if is_drawing:
        picture.quantize(FEW_COLOURS).save(out, "PNG", optimize=True)
        if out.tell() <= weight:
            return Resized(out.getvalue(), ".png", *size)
    for quality in QUALITIES:
        out = BytesIO()
        picture.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
        if out.tell() <= weight:
            break
    return Resized(out.getvalue(), ".jpg", *size)


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode == "RGB":
        return picture.copy()
    if "A" in picture.getbands() or "transparency" in picture.info:
        clear = picture.convert("RGBA")
        ground = Image.new("RGBA", clear.size, "white")
        return Image.alpha_composite(ground, clear).convert("RGB")
    return picture.convert("RGB")
