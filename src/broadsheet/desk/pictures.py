"""An edition's pictures: copied into the project where asked, and fitted to their places where they lie there.

A picture of ours is a file in the `[pictures]` folder, or a copy of somebody's that `broadsheet pictures` made there.
Fitted ones lie in its `sized` folder under a name made of their content, so that publishing is copying the folder.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from broadsheet.desk.opening import Desk
from broadsheet.desk.whole_file import write_whole
from broadsheet.errors import ConfigError, RenderError
from broadsheet.model import Edition, Image

FETCHED, SIZED = "fetched", "sized"
_LARGEST = 30_000_000


@dataclass(frozen=True)
class CopyReport:
    """What became of an edition's remote pictures: addresses copied now, there before, and refused with the reason."""

    copied: tuple[str, ...]
    kept: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]


def copy_pictures(desk: Desk, edition: Edition) -> CopyReport:
    """Fetch an edition's remote pictures into the project, each once.

    Raises ConfigError where nobody could see them.
    """
    from broadsheet.gather.fetch import Fetcher, FetchError, Limits, Request
    from broadsheet.render.picture_size import picture_size

    settings = desk.config.pictures
    if not settings.url:
        raise ConfigError(
            "copies would be seen by nobody", key="pictures.url",
            advice="Set [pictures] url to the https address that the folder is published at.",
        )  # fmt: skip
    remote = {
        pick.story.image.url: copy_of(desk, pick.story.image.url)
        for pick in edition.picks
        if pick.story.image and settings.file_of(pick.story.image.url) is None
    }
    kept = tuple(url for url, file in remote.items() if file.is_file())
    wanted = [Request(url=url, source="pictures") for url in remote if url not in kept]
    gathering = desk.config.gathering
    limits = Limits(
        seconds=gathering.timeout,
        bytes=_LARGEST,
        allowed_hosts=tuple(host.lower() for host in gathering.allow_hosts),
        spacing=gathering.spacing,
    )
    copied, refused = [], []
    with Fetcher(limits) as fetcher:
        for request, answer in fetcher.fetch_all(wanted):
            if isinstance(answer, FetchError):
                refused.append((request.url, answer.reason))
            elif answer.status != 200 or picture_size(answer.content) is None:
                refused.append((request.url, f"is no picture (status {answer.status})"))
            else:
                _keep(remote[request.url], answer.content)
                copied.append(request.url)
    return CopyReport(tuple(sorted(copied)), kept, tuple(sorted(refused)))


def copy_of(desk: Desk, url: str) -> Path:
    """Name the file that a copy of somebody's picture is kept in."""
    return _folder(desk) / FETCHED / hashlib.sha256(url.encode()).hexdigest()[:32]


def fitter(desk: Desk) -> Callable[[Image, int, float], Image | None]:
    """Give what fits a picture to a place so many pixels wide: our own is resized, somebody's is left as it is.

    A file of ours that is no picture gives None: it is left out. Without Pillow only the size is filled in.
    """

    def fit(image: Image, width: int, ratio: float) -> Image | None:
        file = _file_of(desk, image.url)
        if file is None:
            return image
        content = file.read_bytes()
        try:
            return _fitted(desk, image, content, width, ratio)
        except ImportError:
            return _measured(image, content) if file.parent.name != FETCHED else image
        except RenderError:
            return None

    return fit


def _file_of(desk: Desk, url: str) -> Path | None:
    if not desk.config.pictures.url:
        return None
    own = desk.config.pictures.file_of(url)
    file = desk.folder / own if own else copy_of(desk, url)
    return file if file.is_file() and file.stat().st_size <= _LARGEST else None


def _fitted(desk: Desk, image: Image, content: bytes, width: int, ratio: float) -> Image:
    from broadsheet.render.picture_size import picture_size
    from broadsheet.render.resizing import resize

    stem = f"{hashlib.sha256(content).hexdigest()[:16]}-{width}-{round(ratio * 100)}"
    folder = _folder(desk) / SIZED
    for file in (folder / f"{stem}.jpg", folder / f"{stem}.png"):
        if file.is_file() and (size := picture_size(file.read_bytes()[:65_536])):
            return _placed(desk, image, file.name, *size)
    made = resize(content, width, ratio)
    _keep(folder / (stem + made.suffix), made.content)
    return _placed(desk, image, stem + made.suffix, made.width, made.height)


def _placed(desk: Desk, image: Image, name: str, width: int, height: int) -> Image:
    return replace(image, url=f"{desk.config.pictures.url}/{SIZED}/{name}", width=width, height=height)


def _measured(image: Image, content: bytes) -> Image | None:
    from broadsheet.render.picture_size import picture_size

    size = picture_size(content)
    return replace(image, width=size[0], height=size[1]) if size else None


def _folder(desk: Desk) -> Path:
    return desk.folder / desk.config.pictures.folder


def _keep(file: Path, content: bytes) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, content)
    except OSError as error:
        raise ConfigError(f"{file.parent} cannot be written to: {error.strerror}", key="pictures.folder") from None
