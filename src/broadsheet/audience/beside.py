"""Read a long list in a process of its own: one core reads and checks while another writes what was read."""

from __future__ import annotations

import marshal
import os
import signal
from collections.abc import Callable, Generator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection

from broadsheet.audience.reading import Notes, Refusal, Row, SubscriberFile
from broadsheet.errors import AudienceError

WORTHWHILE = 16 * 1024 * 1024  # bytes: starting a process for a shorter list costs about what it saves
BATCH = 1000


@dataclass(frozen=True, slots=True)
class _End:
    """How the reading ended: what is to be said about the list, and the error that stopped it."""

    rows_read: int
    notes: Notes
    error: AudienceError | None


def read_rows(source: SubscriberFile, refuse: Callable[[Refusal], None]) -> Generator[Row]:
    """Yield what `source.rows` yields, and leave in `source` what it leaves there; faster where there are two cores.

    Close it if you do not exhaust it. Raises AudienceError.
    """
    if source.path.stat().st_size < WORTHWHILE or (os.cpu_count() or 1) == 1:
        yield from source.rows(refuse)
        return
    context = get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    reader = context.Process(target=_read, args=(source, theirs), daemon=True)
    reader.start()
    theirs.close()  # the reader has the only end that is written to, so that its death is heard
    end = None
    try:
        while end is None:
            rows, is_more = marshal.loads(ours.recv_bytes())  # noqa: S302 - our own process wrote it
            yield from rows
            for one in ours.recv() if is_more else ():
                if isinstance(one, _End):
                    end = one
                else:
                    refuse(one)
    except EOFError:
        raise AudienceError(
            "the process that read the list was ended from outside",
            file=str(source.path),
            advice="Nothing was changed. Import it again; where memory is short, cut the list into several.",
        ) from None
    finally:
        ours.close()  # a reader that is not done hears it at its next batch
        reader.join()
    source.rows_read, source.notes = end.rows_read, end.notes
    if end.error is not None:
        raise end.error


def _read(source: SubscriberFile, answer: Connection) -> None:
    """Send the rows in batches, after each what was refused meanwhile, and at last the end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever asked hears it, and closes the pipe
    rows: list[Row] = []
    refused: list[Refusal | _End] = []

    def send() -> None:
        answer.send_bytes(marshal.dumps((rows, bool(refused))))
        if refused:
            answer.send(refused)
        rows.clear()
        refused.clear()

    with suppress(BrokenPipeError):  # nobody listens any more
        error = None
        try:
            for row in source.rows(refused.append):
                rows.append(row)
                if len(rows) == BATCH:
                    send()
        except AudienceError as fault:
            error = fault
        refused.append(_End(source.rows_read, source.notes, error))
        send()
