from __future__ import annotations

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.errors import RenderError
from broadsheet.render.picture_size import picture_size

PIL_Image = pytest.importorskip("PIL.Image", reason="needs the extra pictures")


def picture(width: int, height: int, kind: str = "JPEG", mode: str = "RGB", noise: bool = False) -> bytes:
    made = PIL_Image.new(mode, (width, height), 128 if mode in ("L", "P") else (40, 90, 160, 128)[: len(mode)])
    if noise:
        made = PIL_Image.effect_noise((width, height), 90).convert(mode)
    out = BytesIO()
    made.save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_a_size_is_read_without_a_library(kind: str) -> None:
    assert picture_size(picture(321, 123, kind)) == (321, 123)
    assert picture_size(picture(321, 123, kind)[:9]) is None


@given(
    st.binary(max_size=60),
    st.sampled_from([b"", b"\xff\xd8\xff", b"RIFF1234WEBPVP8X", b"GIF89a", b"\x89PNG\r\n\x1a\n"]),
)
def test_bytes_that_are_no_picture_have_a_size_or_none(tail: bytes, head: bytes) -> None:
    size = picture_size(head + tail)
    assert size is None or min(size) > 0


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "AVIF"])
def test_every_format_leaves_as_one_that_all_clients_show(kind: str) -> None:
    from broadsheet.render.resizing import WEIGHT, resize

    made = resize(picture(900, 720, kind, noise=True), 254, 1.5)
    assert (made.width, made.height) == (508, 339)
    assert picture_size(made.content) == (508, 339)
    assert made.suffix == (".png" if made.content.startswith(b"\x89PNG") else ".jpg")
    assert len(made.content) <= WEIGHT


def test_a_small_picture_may_weigh_less_than_a_large_one() -> None:
    from broadsheet.render.resizing import LEAST, WEIGHT, resize, weight_for

    assert (weight_for(640), weight_for(300), weight_for(120)) == (WEIGHT, WEIGHT // 4, LEAST)
    made = resize(picture(1500, 1000, noise=True), 120, 1.5)
    assert len(made.content) <= LEAST


def test_of_an_animation_the_first_frame_is_printed() -> None:
    from broadsheet.render.resizing import resize

    frames = [PIL_Image.new("RGB", (600, 400), colour) for colour in ("red", "green", "blue")]
    out = BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=100, loop=0)
    made = resize(out.getvalue(), 254, 1.5)
    still = PIL_Image.open(BytesIO(made.content))
    assert getattr(still, "n_frames", 1) == 1
    assert still.convert("RGB").getpixel((100, 100)) == (255, 0, 0)


def test_a_photograph_is_light_and_never_scaled_up() -> None:
    from broadsheet.render.resizing import WEIGHT, resize

    heavy = resize(picture(1500, 1000, noise=True), 300, 1.5)
    assert len(heavy.content) <= WEIGHT
    small = resize(picture(300, 200), 552, 1.5)
    assert (small.width, small.height) == (300, 200)
    tall = resize(picture(400, 1200), 552, 1.5)
    assert (tall.width, tall.height) == (400, 267)


def test_a_drawing_stays_sharp_and_a_clear_ground_becomes_white() -> None:
    from broadsheet.render.resizing import resize

    assert resize(picture(900, 600, "PNG"), 300, 1.5).suffix == ".png"
    clear = resize(picture(900, 600, "PNG", "RGBA", noise=True), 300, 1.5)
    assert PIL_Image.open(BytesIO(clear.content)).mode in ("RGB", "P")


def test_a_picture_that_lies_on_its_side_is_set_upright() -> None:
    from broadsheet.render.resizing import resize

    turned = PIL_Image.new("RGB", (800, 1200), "red")
    exif = turned.getexif()
    exif[0x0112] = 6
    out = BytesIO()
    turned.save(out, "JPEG", exif=exif)
    made = resize(out.getvalue(), 300, 1.5)
    assert (made.width, made.height) == (600, 400)
    assert b"Exif" not in made.content[:200]


@pytest.mark.parametrize("content", [b"", b"<html>", b"\xff\xd8\xff\xe0 cut", picture(50, 50)[:80]])
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    from broadsheet.render.resizing import resize

    with pytest.raises(RenderError, match="cannot be read"):
        resize(content, 300, 1.5)


def test_a_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from broadsheet.render import resizing

    monkeypatch.setattr(resizing, "MOST_PIXELS", 1000)
    with pytest.raises(RenderError, match="too large"):
        resizing.resize(picture(100, 100), 300, 1.5)


def test_the_same_picture_gives_the_same_bytes() -> None:
    from broadsheet.render.resizing import resize

    assert resize(picture(1000, 800, noise=False), 300, 1.5) == resize(picture(1000, 800), 300, 1.5)
