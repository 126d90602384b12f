"""Count what is in a mail's HTML: the bare facts that rules judge, in one place and with exact meanings."""

from __future__ import annotations

import re
from collections.abc import Mapping

from broadsheet.check.mail import Mail
from broadsheet.check.tags import TAGS
from broadsheet.check.tree import Element, Page, Text
from broadsheet.check.weight import CUT_BY_GMAIL, weight

# What stands alone as a target, or is a platform's to fill in. `[name]` is a relative address by any standard.
_ABSOLUTE = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)
_TO_BE_FILLED = ("{", "*", "%", "<", "$", "&lt;")

Count = int | bool | str | None


def is_relative(address: str) -> bool:
    """Tell whether an address has no scheme and no host, and is neither a place in the page nor a merge tag."""
    return bool(address) and not _ABSOLUTE.match(address) and not address.startswith(("#", *_TO_BE_FILLED))


def text_length(page: Page) -> int:
    """Count the characters that the HTML holds as text, hidden or shown, title included; runs of blanks count once."""
    words = [
        node.data for node in page.root.walk() if isinstance(node, Text) and node.parent.name not in ("script", "style")
    ]
    return len(" ".join(" ".join(words).split()))


def _lets_leave(mail: Mail, links: list[Element]) -> bool:
    said = any("unsub" in f"{link.get('href')} {mail.link_words.get(link, '')}".lower() for link in links)
    return said or any("unsub" in tag.lower() for tag in TAGS.findall(mail.words))


def count(mail: Mail) -> Mapping[str, Count]:
    """Count one mail's HTML.

    `images_without_alt` lack the attribute (an empty one is right for decoration); `images_without_width` have neither
    the attribute nor a width in their style; `empty_links` lead nowhere ('' or '#'); `tables_without_role` are not
    marked as layout; `event_handlers` counts `on...` attributes; `unsubscribe_link` is a link whose address or words
    say so, or a platform's tag that becomes one. Outlook's markup inside comments is not counted.
    """
    page = mail.page
    html = page.first("html")
    tables = list(page.named("table"))
    links = [link for link in page.named("a") if "href" in link.attributes or "name" not in link.attributes]
    targets = [link.get("href") for link in links]
    sources = [image.get("src") for image in mail.images]
    metas = list(page.named("meta"))
    size = weight(mail.html)
    return {
        "html_bytes": size,
        "over_102400_bytes": size > CUT_BY_GMAIL,
        "doctype": bool(page.doctype),
        "charset_declared": any("charset" in m.attributes or "charset=" in m.get("content").lower() for m in metas),
        "viewport": any(meta.get("name").lower() == "viewport" for meta in metas),
        "lang": html.attributes.get("lang") if html else None,
        "images": len(mail.images),
        "images_without_alt": sum("alt" not in image.attributes for image in mail.images),
        "images_without_width": sum(
            "width" not in image.attributes and "width" not in image.get("style").lower() for image in mail.images
        ),
        "relative_image_src": sum(is_relative(source) for source in sources),
        "links": len(links),
        "empty_links": sum(target in ("", "#") for target in targets),
        "http_links": sum(target.lower().startswith("http://") for target in targets),
        "relative_links": sum(is_relative(target) for target in targets),
        "scripts": sum(1 for _ in page.named("script")),
        "external_css": sum("stylesheet" in link.get("rel").lower() for link in page.named("link")),
        "style_blocks": sum(1 for _ in page.named("style")),
        "forms": sum(1 for _ in page.named("form")),
        "iframes": sum(1 for _ in page.named("iframe")),
        "video_audio": sum(1 for _ in page.named("video", "audio")),
        "tables": len(tables),
        "tables_without_role": sum(table.get("role").lower() != "presentation" for table in tables),
        "event_handlers": sum(name.startswith("on") for e in page.elements for name in e.attributes),
        "unsubscribe_link": _lets_leave(mail, links),
        "text_chars": text_length(page),
    }
