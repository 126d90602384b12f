"""`broadsheet subscribers`: the audience."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from broadsheet.cli.options import AsJson, PublicationName, SegmentText
from broadsheet.cli.output import document, say, table, tell
from broadsheet.model import SuppressionReason
from broadsheet.plural import number_of

app = typer.Typer(no_args_is_help=True)

Email = Annotated[str, typer.Argument(help="The address.", metavar="ADDRESS")]
MOST_LINES = 20


class Everybody(StrEnum):
    """Where all the people of a list stand at best."""

    ACTIVE = "active"
    PENDING = "pending"
    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"
    COMPLAINED = "complained"


@app.callback()
def subscribers() -> None:
    """Who may be written to: lists in and out, and what is known about one person."""


@app.command("import")
def import_(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(help="A list in any platform's form.", metavar="FILE")] = None,
    publication: PublicationName = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change; change nothing.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take the newest import back.")] = False,
    basis: Annotated[str, typer.Option(help="On what ground these people may be written to.")] = "import",
    everybody: Annotated[
        Everybody | None,
        typer.Option("--as", help="What all of them are at best, instead of what the file's name says."),
    ] = None,
    refused: Annotated[
        Path | None, typer.Option(help="Write the rows that were left out to this CSV, to mend.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Bring a list in: encoding, delimiter and columns are found; nobody who left is brought back.

    Example: broadsheet subscribers import subscribers.csv --dry-run
    """
    from broadsheet.desk import open_desk
    from broadsheet.desk.subscribing import import_subscribers, undo_import

    if (file is None) is not undo:
        raise typer.BadParameter("name a FILE to import, or --undo to take the newest import back")
    with open_desk(context.obj) as desk:
        chosen = desk.config.publication(publication)
        if file is None:
            record, undone = undo_import(desk, chosen)
            if as_json:
                document({"import": record.id, "file": record.file, **undone})
            else:
                say(f"Undone: the import of {record.file} on {record.at:%Y-%m-%d %H:%M} UTC.")
                table((name.replace("_", " "), count) for name, count in undone.items())
            return
        report = import_subscribers(
            desk, chosen, file, basis=basis, dry_run=dry_run, refused_file=refused, everybody=everybody or "",
            progress=_progress(),
        )  # fmt: skip
        by_name = everybody is None and bool(report.everybody)
        if sys.stderr.isatty():
            print(file=sys.stderr)
        if as_json:
            document({**_as_json(report), "by_file_name": by_name})
        else:
            if by_name and report.everybody != "active":
                back = "" if dry_run else "take it back with --undo and "
                tell(
                    f"{file.name}: by its name all are {report.everybody}, or worse;"
                    f" if they are not, {back}import it with --as active"
                )
            _print(report, refused)
            if report.number is not None and (report.difference.new or report.difference.changed):
                say(f"Kept. To take it back: broadsheet subscribers import --undo -p {chosen.name}")
    if report.refused or report.difference.suppressed or report.difference.would_revive:
        raise typer.Exit(4)


def _progress() -> Any:
    if not sys.stderr.isatty():
        return None
    return lambda count: print(f"\r{number_of(count, 'row')} read", end="", file=sys.stderr, flush=True)


def _as_json(report: Any) -> dict[str, object]:
    difference = report.difference
    return {
        "file": report.file,
        "encoding": report.encoding,
        "delimiter": report.delimiter,
        "email_column": report.email_column,
        "dry_run": report.dry_run,
        "import": report.number,
        "everybody": report.everybody,
        "rows": report.rows,
        **{name: getattr(difference, name) for name in difference.__slots__ if name != "rows"},
        "refused": report.refused,
        "refusals": [{"line": r.line, "column": r.column, "reason": r.reason} for r in report.refusals],
        "left_out": [{"line": line, "reason": reason} for line, reason in report.left_out],
        "rows_with_too_many_cells": report.notes.surplus,
        "role_addresses": report.notes.role,
        "disposable_addresses": report.notes.disposable,
        "typos": [{"line": line, "email": email, "meant": meant} for line, email, meant in report.notes.few_typos],
        "unknown_status_words": dict(report.notes.unknown_words),
    }


def _print(report: Any, refused: Path | None) -> None:
    difference, notes = report.difference, report.notes
    delimiter = {"\t": "tabs", ",": "commas", ";": "semicolons", "|": "bars"}[report.delimiter]
    tell(f"{report.file}: {report.encoding}, {delimiter}, addresses in {report.email_column!r}")
    say(number_of(report.rows, "row") + (" (nothing is changed: a dry run)" if report.dry_run else ""))
    kinds = ("active", "pending", "unsubscribed", "bounced", "complained")
    among = ", ".join(f"{getattr(difference, kind)} {kind}" for kind in kinds if getattr(difference, kind))
    rows = [
        ("new", difference.new, among),
        ("changed", difference.changed, f"{difference.ended} unsubscribed by it" if difference.ended else ""),
        ("unchanged", difference.unchanged, ""),
    ]
    rows += [
        ("duplicate", difference.duplicates, "the first row of a mailbox stands for all"),
        ("suppressed", difference.suppressed, "never written to, so left out"),
        ("would revive", difference.would_revive, "they left, so left out"),
        ("refused", report.refused, "not an address"),
    ]
    table((f"  {name}", count, words if count else "") for name, count, words in rows)
    for refusal in report.refusals[:MOST_LINES]:
        tell(f"{report.file}:{refusal.line}: {refusal.column}: {refusal.reason}")
    if report.refused > MOST_LINES:
        tell(f"... and {report.refused - MOST_LINES} more" + ("" if refused else "; --refused FILE writes them all"))
    for line, email, meant in notes.few_typos:
        tell(f"{report.file}:{line}: {email}: was {meant} meant? Kept as it is.")
    if notes.unknown_words:
        words = ", ".join(f"{word!r} ({count})" for word, count in notes.unknown_words.most_common(10))
        tell(f"status words nobody taught us, taken as not confirmed: {words}")
    if notes.surplus:
        tell(f"more cells than the header in {number_of(notes.surplus, 'row')}; what is left over was not read")
    if notes.disposable or notes.role:
        role = number_of(notes.role, "role address", "role addresses")
        thrown_away = number_of(notes.disposable, "throw-away mailbox", "throw-away mailboxes")
        tell(f"{role}, {thrown_away}: kept, but worth a look")
    if refused:
        left_out = report.refused + difference.duplicates + difference.suppressed + difference.would_revive
        tell(f"{refused}: {number_of(left_out, 'row')} that were left out, each with its reason; mend and import it")


@app.command()
def export(
    context: typer.Context,
    out: Annotated[Path | None, typer.Option("--out", help="The file to write; stdout if left out.")] = None,
    everyone: Annotated[
        bool, typer.Option("--all", help="Everyone with their state, not only the active ones.")
    ] = False,
    platform: Annotated[str, typer.Option("--for", help="Write the columns of a platform: mailchimp, brevo, ...")] = "",
    segment: SegmentText = "",
    publication: PublicationName = None,
) -> None:
    """Write the list as CSV; cells that a spreadsheet would run are made inert.

    Example: broadsheet subscribers export --all --out everyone.csv
    """
    from broadsheet.desk import open_desk
    from broadsheet.desk.subscribing import export_subscribers

    with open_desk(context.obj) as desk:
        count = export_subscribers(
            desk,
            desk.config.publication(publication),
            out,
            everyone=everyone,
            segment=segment,
            platform=platform,
        )
    tell(number_of(count, "row"))


@app.command()
def add(
    context: typer.Context,
    email: Email,
    first_name: Annotated[str, typer.Option(help="The first name, for greetings.")] = "",
    last_name: Annotated[str, typer.Option(help="The last name.")] = "",
    basis: Annotated[str, typer.Option(help="On what ground the person may be written to.")] = "added by hand",
    publication: PublicationName = None,
    as_json: AsJson = False,
) -> None:
    """Subscribe one person.

    Example: broadsheet subscribers add ada@example.com --first-name Ada
    """
    from broadsheet.desk import open_desk
    from broadsheet.desk.subscribing import add_subscriber

    with open_desk(context.obj) as desk:
        chosen = desk.config.publication(publication)
        number = add_subscriber(desk, chosen, email, first_name=first_name, last_name=last_name, basis=basis)
    if as_json:
        document({"subscription": number, "email": email})
    else:
        say(f"{email} is subscribed to {chosen.name} (subscription {number})")


@app.command()
def show(context: typer.Context, email: Email, as_json: AsJson = False) -> None:
    """Show all that is kept about a person, with the proof of consent: what they may ask for.

    Example: broadsheet subscribers show ada@example.com --json
    """
    from broadsheet.desk import open_desk
    from broadsheet.desk.subscribing import show_person

    with open_desk(context.obj) as desk:
        person = show_person(desk, email)
    if as_json:
        document(
            {
                "email": person.email,
                "subscriber": person.subscriber,
                "subscriptions": [{"subscription": s, "history": history} for s, history in person.subscriptions],
                "suppression": person.suppression,
                "liftings": person.liftings,
            }
        )
        return
    say(person.email)
    if known := person.subscriber:
        facts = {"name": f"{known.first_name} {known.last_name}".strip()}
        facts |= {"language": known.language, "timezone": known.timezone}
        table((f"  {name}", value) for name, value in {**facts, **known.attributes}.items() if value)
    for subscription, history in person.subscriptions:
        say(f"  {subscription.publication}: {subscription.state.value} (subscription {subscription.id})")
        table((f"    {s.at:%Y-%m-%d %H:%M}", s.state.value, s.basis, s.source, s.wording) for s in history)
    if person.suppression:
        say(f"  suppressed: {person.suppression.reason.value} since {person.suppression.at:%Y-%m-%d}")
        known_by = " ".join(filter(None, (person.suppression.source, person.suppression.evidence)))
        say(f"    {known_by}" if known_by else "    (nothing is noted about why)")
    for lifting in person.liftings:
        was = lifting.suppression
        say(f"  a suppression ({was.reason.value}, {was.at:%Y-%m-%d}) was lifted {lifting.at:%Y-%m-%d} by {lifting.by}")
        say(f"    {lifting.why}")


@app.command()
def remove(context: typer.Context, email: Email, publication: PublicationName = None, as_json: AsJson = False) -> None:
    """End a person's subscription; the proof stays.

    Example: broadsheet subscribers remove ada@example.com
    """
    from broadsheet.desk import open_desk
    from broadsheet.desk.subscribing import remove_subscriber

    with open_desk(context.obj) as desk:
        chosen = desk.config.publication(publication)
        ended = remove_subscriber(desk, chosen, email)
    if as_json:
        document({"email": email, "ended": ended})
    else:
        say(f"{email} {'no longer gets' if ended else 'had already left'} {chosen.name}")


@app.command()
def count(
    context: typer.Context, segment: SegmentText = "", publication: PublicationName = None, as_json: AsJson = False
) -> None:
    """Count the subscriptions by state, and say who an edition of today would go to.

    Example: broadsheet subscribers count --segment 'country == "DE"'
    """
    from broadsheet.desk import open_desk
    from broadsheet.desk.subscribing import count_audience

    with open_desk(context.obj) as desk:
        counts = count_audience(desk, desk.config.publication(publication), segment)
    if as_json:
        document(counts)
        return
    table(counts["states"].items())
    say(f"{counts['recipients']} would get an edition today")
    table((f"  excluded: {reason}", number) for reason, number in counts["excluded"].items())


@app.command()
def sample(
    context: typer.Context,
    segment: SegmentText = "",
    size: Annotated[int, typer.Option("-n", "--size", min=1, max=1000, help="How many.")] = 10,
    publication: PublicationName = None,
    as_json: AsJson = False,
) -> None:
    """Show a few of those an edition of today would go to: the same ones each time.

    Example: broadsheet subscribers sample --segment '"Politics" in sections' -n 5
    """
    from broadsheet.desk import open_desk
    from broadsheet.desk.subscribing import sample as choose

    with open_desk(context.obj) as desk:
        found, readers = choose(desk, desk.config.publication(publication), segment, size)
    if as_json:
        document({"found": found, "sample": readers})
        return
    table((r.email, r.first_name, r.last_name, r.language, ", ".join(r.sections)) for r in readers)
    tell(f"{len(readers)} of {found}")


@app.command()
def suppress(
    context: typer.Context,
    email: Email,
    reason: Annotated[SuppressionReason, typer.Option(help="Why.")] = SuppressionReason.MANUAL,
    evidence: Annotated[str, typer.Option(help="What shows it: a letter, a ticket.")] = "",
    as_json: AsJson = False,
) -> None:
    """Never write to an address again, whatever an import says.

    Example: broadsheet subscribers suppress ada@example.com --reason request
    """
    from broadsheet.desk import open_desk
    from broadsheet.desk.subscribing import suppress as suppress_address

    with open_desk(context.obj) as desk:
        new = suppress_address(desk, email, reason, evidence=evidence)
    if as_json:
        document({"email": email, "new": new})
    else:
        say(f"{email} {'is suppressed' if new else 'was suppressed already'}")


@app.command()
def erase(context: typer.Context, email: Email, as_json: AsJson = False) -> None:
    """Remove a person and everything about them; a keyed hash stays, so that no import brings them back.

    Example: broadsheet subscribers erase ada@example.com
    """
    from broadsheet.desk import open_desk
    from broadsheet.desk.subscribing import erase as erase_person

    with open_desk(context.obj) as desk:
        gone = erase_person(desk, email)
    if as_json:
        document({"email": email, "gone": gone})
        return
    if any(gone.values()):
        kinds = {
            "subscribers": "person", "subscriptions": "subscription",
            "consent_history": "line of consent history", "deliveries": "address in the ledger of deliveries",
        }  # fmt: skip
        plurals = {"subscribers": "people", "consent_history": "lines of consent history",
                   "deliveries": "addresses in the ledger of deliveries"}  # fmt: skip
        say("Erased: " + ", ".join(
            number_of(number, kinds[name], plurals.get(name, "")) for name, number in gone.items() if number
        ))  # fmt: skip
    else:
        say(f"Nothing was kept about {email}.")
    say("Suppressed by a keyed hash: an import cannot bring the address back.")
