"""Pictures: words for those who do not see them, room for those still loading, and forms that clients can show."""

from __future__ import annotations

import re
from collections.abc import Iterator

from broadsheet.check.counts import is_relative
from broadsheet.check.css import declarations
from broadsheet.check.mail import Context, Mail
from broadsheet.check.rule import Fault, rule
from broadsheet.check.rules.links import is_to_be_filled
from broadsheet.check.tree import Element
from broadsheet.model import Severity
from broadsheet.plural import number_of

GROUP = "Pictures"
WIDEST = 700
HEAVIEST, HEAVIEST_ALL = 200_000, 1_000_000
_FORMATS = {
    "svg": "Gmail and Outlook do not show SVG",
    "svgz": "Gmail and Outlook do not show SVG",
    "webp": "Outlook for Windows does not show WebP",
    "avif": "many clients do not show AVIF",
    "apng": "Gmail does not show APNG",
    "bmp": "BMP is heavy, and many clients do not show it",
    "tif": "clients do not show TIFF",
    "tiff": "clients do not show TIFF",
    "heic": "only Apple shows HEIC",
    "ico": "many clients do not show ICO",
}
_SUFFIX = re.compile(r"\.([a-z0-9]{2,5})(?:[?#]|$)", re.IGNORECASE)
_FILE_NAME = re.compile(r"[\w-]+\.(?:jpe?g|png|gif|webp|svg)", re.IGNORECASE)
_EMPTY_WORDS = frozenset({"image", "img", "picture", "photo", "logo.png", "alt", "alt text", "untitled", "placeholder"})


def _is_pixel(image: Element) -> bool:
    """Tell whether a picture is there to count openings, not to be seen."""
    return image.get("width") in ("0", "1") and image.get("height") in ("", "0", "1")


def _seen(mail: Mail) -> Iterator[Element]:
    return (image for image in mail.images if not _is_pixel(image))


@rule("image-alt", GROUP, Severity.WARN)
def image_alt(mail: Mail, context: Context) -> Iterator[Fault]:
    """Every picture has an alt text that says something; one that only decorates has an empty one."""
    for image in mail.images:
        alt = image.get("alt")
        if "alt" not in image.attributes:
            yield Fault(
                f"a picture has no alt text: {_short(image.get('src'))}",
                'Say in a few words what it shows; write alt="" where it only decorates.',
                mail.place(image),
            )
        elif alt.lower() in _EMPTY_WORDS or _FILE_NAME.fullmatch(alt):
            yield Fault(
                f"an alt text says nothing: “{alt}”", "Say in a few words what the picture shows.", mail.place(image)
            )


@rule("image-dimensions", GROUP, Severity.WARN)
def image_dimensions(mail: Mail, context: Context) -> Iterator[Fault]:
    """Every picture says how wide it is, in an attribute: Outlook shows it at its own size otherwise."""
    for image in _seen(mail):
        width = image.get("width").removesuffix("px")
        if not width.isdigit():
            styled = any(d.name == "width" and d.value.endswith("px") for d in declarations(image.get("style")))
            told = "only in its style" if styled else f"as {width!r}" if width else "nowhere"
            yield Fault(
                f"a picture says {told} how wide it is: {_short(image.get('src'))}",
                'Add width="…" in pixels, and height="…" so that nothing jumps while it loads.',
                mail.place(image),
            )


@rule("image-wide", GROUP, Severity.WARN)
def image_wide(mail: Mail, context: Context) -> Iterator[Fault]:
    """No picture is set wider than the mail: 700 px."""
    for image in mail.images:
        width = image.get("width").removesuffix("px")
        if width.isdigit() and len(width) < 9 and int(width) > WIDEST:
            yield Fault(
                f"a picture is {int(width)} px wide", "Set it to the width of the column, 640 px at most.",
                mail.place(image),
            )  # fmt: skip


@rule("image-format", GROUP, Severity.WARN)
def image_format(mail: Mail, context: Context) -> Iterator[Fault]:
    """Pictures are JPEG, PNG or GIF, which every client shows."""
    for image in mail.images:
        found = _SUFFIX.search(image.get("src")[:2000])
        problem = _FORMATS.get(found[1].lower()) if found else None
        if problem:
            yield Fault(f"{problem}: {_short(image.get('src'))}", "Convert it to JPEG or PNG.", mail.place(image))


@rule("image-data", GROUP, Severity.WARN)
def image_data(mail: Mail, context: Context) -> Iterator[Fault]:
    """No picture is written into the HTML (`data:`): Gmail does not show it, and it weighs on the mail."""
    for image in mail.images:
        source = image.get("src")
        if source[:5].lower() == "data:":
            yield Fault(
                f"a picture of {len(source):,} bytes is written into the HTML",
                "Put it on a server, and link it.",
                mail.place(image),
            )


@rule("image-address", GROUP, Severity.BLOCK, in_template=Severity.WARN)
def image_address(mail: Mail, context: Context) -> Iterator[Fault]:
    """Every picture has a whole address: one that is empty or relative shows as a broken frame."""
    for image in mail.images:
        source = image.get("src")
        if not source and "src" not in image.attributes and "srcset" in image.attributes:
            continue
        if not source or (is_relative(source) and not is_to_be_filled(source)) or source[:5].lower() == "file:":
            yield Fault(
                f"a picture has no whole address: {_short(source) or '(empty)'}", "Write it with https:// and host.",
                mail.place(image),
            )  # fmt: skip


@rule("image-http", GROUP, Severity.WARN)
def image_http(mail: Mail, context: Context) -> Iterator[Fault]:
    """Pictures come by https: several clients refuse those that do not."""
    for image in mail.images:
        if image.get("src")[:7].lower() == "http://":
            yield Fault(
                f"a picture comes by plain http: {_short(image.get('src'))}", "Use https:// where the server has it.",
                mail.place(image),
            )  # fmt: skip


@rule("image-weight", GROUP, Severity.WARN)
def image_weight(mail: Mail, context: Context) -> Iterator[Fault]:
    """No picture weighs over 200 KB, all of them not over 1 MB. Others' are weighed only when servers are asked."""
    total = 0
    for source, image in {image.get("src"): image for image in reversed(mail.images)}.items():
        answer = context.answers.get(source)
        if answer is None:
            continue
        if answer.is_dead:
            yield Fault(
                f"a picture is dead ({answer.reason}): {_short(source)}", "Mend its address.", mail.place(image)
            )
        total += answer.size or 0
        if (answer.size or 0) > HEAVIEST:
            yield Fault(
                f"a picture weighs {answer.size:,} bytes: {_short(source)}",
                "Resize it to twice the width it is shown at, and recompress it.",
                mail.place(image),
            )
    if total > HEAVIEST_ALL:
        yield Fault(f"all pictures weigh {total:,} bytes", "Resize or drop some.", "html")


@rule("image-only", GROUP, Severity.WARN)
def image_only(mail: Mail, context: Context) -> Iterator[Fault]:
    """The mail says something without its pictures, which many clients hide at first."""
    seen = sum(1 for _ in _seen(mail))
    if seen and mail.page.elements and len(mail.shown_words) < 80 * min(seen, 3):
        yield Fault(
            f"{number_of(seen, 'picture')} and only {number_of(len(mail.shown_words), 'character')} of text",
            "Say in text what the pictures say.",
            "html",
        )


def _short(source: str) -> str:
    return source if len(source) <= 80 else source[:79] + "…"


RULES = (
    image_alt, image_dimensions, image_wide, image_format, image_data, image_address, image_http, image_weight,
    image_only,
)  # fmt: skip
