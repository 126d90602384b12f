"""Client support: what a good part of the readers' mail clients do not show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from broadsheet.check.clients import USUAL_CLIENTS, Support, client_table
from broadsheet.check.features import features_of
from broadsheet.check.mail import Context, Mail
from broadsheet.check.rule import Fault, rule
from broadsheet.model import Severity

GROUP = "Mail clients"
# From this share of the readers on, a missing feature is worth a word.
WORTH_SAYING = 0.15

# What the MJML engine writes into every mail by itself, with its fall-backs beside it.
BASELINE = frozenset(
    {"css-at-media", "css-background", "css-background-color", "css-background-image", "css-background-position"}
    | {"css-background-repeat", "css-background-size", "css-border", "css-border-collapse", "css-border-radius"}
    | {"css-border-spacing", "css-direction", "css-display-none", "css-font-size", "css-font-weight"}
    | {"css-height", "css-important", "css-line-height", "css-margin", "css-max-height", "css-max-width"}
    | {"css-opacity", "css-outline", "css-overflow", "css-padding", "css-table-layout", "css-text-align"}
    | {"css-text-decoration", "css-text-transform", "css-vertical-align", "css-width", "css-word-break"}
    | {"css-word-spacing", "html-align", "html-aria-label", "html-background", "html-body", "html-cellpadding"}
    | {"html-cellspacing", "html-dir", "html-div", "html-height", "html-img", "html-lang", "html-p", "html-role"}
    | {"html-style", "html-table", "html-target", "html-valign", "html-width"}
)  # fmt: skip

# What costs a nicety where it is missing, never a word or the layout: a page may use it as it likes.
GRACEFUL = frozenset(
    {"css-accent-color", "css-at-font-face", "css-at-media-device-pixel-ratio", "css-at-media-hover"}
    | {"css-at-media-prefers-color-scheme", "css-at-media-prefers-reduced-motion", "css-box-shadow"}
    | {"css-color-scheme", "css-comments", "css-cursor", "css-filter", "css-font-kerning"}
    | {"css-hyphenate-limit-chars", "css-hyphens", "css-letter-spacing", "css-list-style-image", "css-orphans"}
    | {"css-outline-offset", "css-overflow-wrap", "css-pseudo-class-active", "css-pseudo-class-focus"}
    | {"css-pseudo-class-focus-visible", "css-pseudo-class-hover", "css-pseudo-class-link"}
    | {"css-pseudo-class-visited", "css-selector-attribute", "css-selector-chaining"}
    | {"css-text-decoration-skip-ink", "css-text-decoration-thickness", "css-text-overflow", "css-text-shadow"}
    | {"css-text-underline-offset", "css-text-wrap", "css-transition", "css-user-select", "css-widows"}
    | {"css-word-wrap", "html-abbr", "html-acronym", "html-anchor-links", "html-aria-describedby"}
    | {"html-aria-hidden", "html-aria-labelledby", "html-comments", "html-hidden", "html-loading-attribute"}
    | {"html-meta-color-scheme"}
)  # fmt: skip

_INSTEAD: Mapping[str, str] = {
    "css-display-flex": "Use tables.",
    "css-display-grid": "Use tables.",
    "css-gap": "Use padding on table cells.",
    "css-flex-direction": "Use tables.",
    "css-flex-wrap": "Use tables.",
    "css-align-items": "Use valign on table cells.",
    "css-justify-content": "Use align on table cells.",
    "css-grid-template": "Use tables.",
    "css-position": "Use tables: nothing can be placed freely in a mail.",
    "css-left-right-top-bottom": "Use tables: nothing can be placed freely in a mail.",
    "css-z-index": "Use tables: nothing can be placed freely in a mail.",
    "css-variables": "Write the values out.",
    "css-nesting": "Write flat rules.",
    "css-linear-gradient": "Set a solid background colour as well.",
    "css-radial-gradient": "Set a solid background colour as well.",
    "css-unit-calc": "Write a fixed length in px.",
    "css-unit-rem": "Write px.",
    "css-function-clamp": "Write a fixed length in px.",
    "css-at-import": "Write the rules into the mail.",
    "css-at-supports": "Write what works everywhere first, outside of @supports.",
    "css-animation": "Let the first frame say it all, or use a GIF.",
    "css-object-fit": "Crop the picture before.",
    "css-aspect-ratio": "Set width and height.",
    "css-box-sizing": "Reckon padding and borders into the width.",
    "html-link": "Write the rules into the mail.",
    "html-svg": "Use a PNG.",
    "html-picture": "Use one <img> that suits all.",
    "html-srcset": "Use one <img>, twice as large as it is shown.",
    "html-video": "Use a still picture that links to the video.",
    "html-audio": "Link to the recording.",
    "html-semantics": "Use table, p and headings; they are kept.",
    "image-webp": "Use JPEG or PNG.",
    "image-avif": "Use JPEG or PNG.",
    "image-svg": "Use PNG.",
    "image-base64": "Put the picture on a server.",
}


@rule("client-support", GROUP, Severity.WARN)
def client_support(mail: Mail, context: Context) -> Iterator[Fault]:
    """No part of the mail depends on what 15 % of the readers' mail clients lack, by the data of caniemail."""
    table = client_table()
    weights = context.clients or USUAL_CLIENTS
    found = []
    for feature, (first, times) in features_of(mail, table.features).items():
        if feature in BASELINE or feature in GRACEFUL:
            continue
        support = table.support(feature, weights)
        if support.none >= WORTH_SAYING:
            found.append((support, feature, first, times))
    found.sort(key=lambda item: -item[0].none)
    for support, feature, first, times in found:
        yield Fault(
            f"{support.title}{_often(times)} is missing for {support.none:.0%} of the readers: {_names(support)}",
            _INSTEAD.get(feature, "Make sure that nothing is lost without it, or do without."),
            mail.place(first),
        )


def _often(times: int) -> str:
    return f" ({times} times)" if times > 1 else ""


def _names(support: Support) -> str:
    shown = list(support.without[:5])
    return ", ".join(shown) + (f" and {len(support.without) - 5} more" if len(support.without) > 5 else "")


RULES = (client_support,)
