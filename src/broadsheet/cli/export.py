"""`broadsheet export`."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from broadsheet.cli.options import AsJson, Day, PublicationName
from broadsheet.cli.output import document, say, table, tell

if TYPE_CHECKING:
    from broadsheet.desk import Desk
    from broadsheet.export import Choices, Platform
    from broadsheet.model import Bundle, Edition
    from broadsheet.slots import Slot

app = typer.Typer()


@app.command()
def export(
    context: typer.Context,
    edition_id: Annotated[
        str | None, typer.Argument(metavar="EDITION", help="Such as daily-2026-11-24; today's if left out.")
    ] = None,
    platform: Annotated[
        str | None, typer.Option("--for", metavar="PLATFORM", help="The platform to write for.")
    ] = None,
    publication: PublicationName = None,
    day: Day = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Where bundles go; `-` prints the HTML alone.")
    ] = None,
    as_archive: Annotated[bool, typer.Option("--zip", help="Write one ZIP file instead of a folder.")] = False,
    drop: Annotated[
        list[str] | None, typer.Option("--drop", metavar="SLOT", help="Leave out the block around a slot.")
    ] = None,
    words: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="SLOT=TEXT", help="Print fixed words, or an address, in place of a slot."),
    ] = None,
    fallback: Annotated[str, typer.Option("--fallback", help="Printed where a reader's first name is unknown.")] = "",
    sections: Annotated[
        list[str] | None,
        typer.Option("--section", metavar="CATEGORY", help="Only this section, for readers who chose it; repeatable."),
    ] = None,
    unchecked: Annotated[bool, typer.Option("--unchecked", help="Export although a check blocks the edition.")] = False,
    push: Annotated[
        bool,
        typer.Option("--push", help="Make, or renew, the draft at the platform ([platforms.NAME] in broadsheet.toml)."),
    ] = False,
    send: Annotated[
        bool,
        typer.Option("--send", help="With --push: have the platform send the approved edition to its readers, once."),
    ] = False,
    also: Annotated[
        bool,
        typer.Option("--also", help="With --send: although it is sent another way, too; the lists are kept apart."),
    ] = False,
    copy: Annotated[bool, typer.Option("--copy", help="Put the HTML on the clipboard, too.")] = False,
    list_platforms: Annotated[
        bool, typer.Option("--list", help="Name the platforms, what each supports and how sure that is.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write an edition in the words of an e-mail platform: HTML, text, subject, and what to do with them.

    With --push it becomes a draft in the platform's account instead; nothing is sent to readers. With --push --send
    the platform is asked to send an approved edition, after the draft was read back and found whole.

    Example: broadsheet export --for mailchimp --out bundles
    """
    if list_platforms:
        _show(as_json)
        return
    if platform is None:
        raise typer.BadParameter("name a platform: --for mailchimp (export --list names them all)")
    if push and sections:
        raise typer.BadParameter("one edition is one draft: --section makes bundles only", param_hint="--push")
    if send and not push:
        raise typer.BadParameter("nothing is sent without a draft: type --push --send", param_hint="--send")
    if also and not send:
        raise typer.BadParameter("it says that sending is meant: type --push --send --also", param_hint="--also")
    if send and unchecked:
        raise typer.BadParameter(
            "what a check blocks is not sent to readers: leave out --unchecked", param_hint="--send"
        )
    from broadsheet.desk import open_desk
    from broadsheet.desk.editing import find_edition
    from broadsheet.desk.exporting import bundle_of, write_bundle
    from broadsheet.export.bundling import body_of

    choices = _choices(drop or [], words or [], fallback)
    with open_desk(context.obj) as desk:
        edition = find_edition(desk, edition_id, publication, day)
        if send:
            _send(desk, edition, platform, choices, also=also, as_json=as_json)
            return
        if push:
            _push(desk, edition, platform, choices, unchecked=unchecked, as_json=as_json)
            return
        bundle = bundle_of(desk, edition, platform, choices, sections=sections or (), unchecked=unchecked)
        folder = desk.folder / "bundles"
    if copy:
        from broadsheet.cli.clipboard import copy_text

        tell(f"copied to the clipboard by {copy_text(body_of(bundle).decode())}")
    if out is not None and str(out) == "-":
        for note in bundle.notes:
            tell(f"note: {note}")
        sys.stdout.buffer.write(body_of(bundle))
        return
    target = write_bundle(bundle, out or folder, zip=as_archive)
    if as_json:
        document(_report(bundle, target))
        return
    for note in bundle.notes:
        tell(f"note: {note}")
    say(f"wrote {target}")
    tell("README.txt in it says where each piece goes.")


def _push(desk: Desk, edition: Edition, platform: str, choices: Choices, *, unchecked: bool, as_json: bool) -> None:
    from broadsheet.desk.pushing import push_edition
    from broadsheet.export.push import TEMPLATES

    pushed, notes = push_edition(desk, edition, platform, choices, unchecked=unchecked)
    if as_json:
        document({"edition": edition.id, **asdict(pushed), "notes": notes})
    else:
        for note in notes:
            tell(f"note: {note}")
        for difference in pushed.differences:
            tell(f"differs: {difference}")
        did = "made" if pushed.created else "brought up to date"
        what, then = ("template", "use it where you send") if platform in TEMPLATES else ("draft", "send it there")
        say(f"{what} {pushed.remote_id} {did} at {pushed.platform}; look at it there, then {then}")
    if pushed.differences:
        raise typer.Exit(4)


def _send(desk: Desk, edition: Edition, platform: str, choices: Choices, *, also: bool, as_json: bool) -> None:
    from broadsheet.desk.pushing import send_edition

    sent, notes = send_edition(desk, edition, platform, choices, also=also)
    if as_json:
        document({"edition": edition.id, **asdict(sent), "notes": notes})
        return
    for note in notes:
        tell(f"note: {note}")
    say(f"{sent.platform} took draft {sent.remote_id} for sending" + (f": it is {sent.state}" if sent.state else ""))


def _choices(drop: list[str], words: list[str], fallback: str) -> Choices:
    from broadsheet.export import Choices, parse_slot, parse_slots

    fixed = {}
    for word in words:
        name, sign, text = word.partition("=")
        if not sign:
            raise typer.BadParameter(f"expected SLOT=TEXT, not {word!r}", param_hint="--set")
        fixed[parse_slot(name)] = text
    return Choices(drop=parse_slots(drop), words=fixed, fallback=fallback)


def _report(bundle: Bundle, target: Path) -> dict[str, object]:
    files = [{"path": file.path, "bytes": len(file.content)} for file in bundle.files]
    return {
        "platform": bundle.platform,
        "edition": bundle.edition,
        "path": target,
        "files": files,
        "notes": bundle.notes,
    }


def _show(as_json: bool) -> None:
    from broadsheet.export import platforms
    from broadsheet.export.pull import TELLING
    from broadsheet.export.push import TEMPLATES
    from broadsheet.export.push.places import DRAFTS
    from broadsheet.slots import Slot

    known = platforms()
    if as_json:
        document([_described(platform) for platform in known])
        return
    links = [slot for slot in Slot if slot.is_url]
    reader = [slot for slot in Slot if not slot.is_url]
    rows = (
        (
            platform.name,
            str(platform.takes).removeprefix("full ").removeprefix("body ").removesuffix(" file"),
            " ".join(_support(platform, slot) for slot in links),
            " ".join(_support(platform, slot) for slot in reader),
            platform.conditions[0].sure if platform.conditions else "-",
            "yes" if platform.name in DRAFTS else "template" if platform.name in TEMPLATES else "-",
            "yes" if platform.name in TELLING else "-",
            platform.title,
        )
        for platform in known
    )
    table(rows, head=("name", "takes", "links", "reader", "sections", "drafts", "pull", "platform"))
    say()
    say("links: to unsubscribe, to the mail in a browser, to preferences;")
    say("reader: first name, last name, address;")
    say("sections: it can leave out what a reader did not choose;")
    say("drafts: --push makes them there, --push --send has most of them sent;")
    say("        a template is used by who or what sends there;")
    say("pull: `broadsheet pull` reads who left there.")
    say("D read in the platform's own documents or source; P seen in public use;")
    say("M from memory, send a test first; + the platform adds it itself;")
    say("- it has none: drop the block around it, or print fixed words.")


def _support(platform: Platform, slot: Slot) -> str:
    if slot in platform.tags:
        return platform.tags[slot].sure
    return "+" if slot in platform.supplied or slot in platform.samples else "-"


def _described(platform: Platform) -> dict[str, object]:
    from broadsheet.export.pull import TELLING
    from broadsheet.export.push import TEMPLATES
    from broadsheet.export.push.places import DRAFTS

    return {
        "name": platform.name,
        "title": platform.title,
        "takes": platform.takes,
        "engine": platform.engine.name,
        "certainty": platform.certainty,
        "tags": {slot: {"code": tag.in_html(""), "certainty": tag.sure} for slot, tag in platform.tags.items()},
        "supplied": sorted(platform.supplied),
        "required": sorted(platform.required),
        "demands": [code for code, _purpose in platform.demands],
        "conditions": [{"code": one.begins, "certainty": one.sure} for one in platform.conditions],
        "drafts": platform.name in DRAFTS,
        "template": platform.name in TEMPLATES,
        "pull": platform.name in TELLING,
        "limit": platform.limit or None,
        "preheader": platform.preheader,
        "keeps_style": platform.keeps_style,
        "hosts_images": platform.hosts_images,
    }
