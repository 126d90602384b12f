"""One sender at a time: who holds the lease, whether it is alive, and the fencing number that settles an argument."""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

FRESH_SECONDS = 120.0
RESTORED = "restored"  # the home of a database that a backup was put into, until a person adopts it


@dataclass(frozen=True, slots=True)
class Holder:
    """A process that sends: the host, the pid, and when the system started it (a pid alone is used again)."""

    host: str
    pid: int
    process: str

    @property
    def words(self) -> str:
        """Name it for a person."""
        return f"process {self.pid} on {self.host}"


def this_process() -> Holder:
    """Name the process we are."""
    return Holder(socket.gethostname(), os.getpid(), _started(os.getpid()))


def is_alive(holder: Holder, heartbeat_at: datetime, now: datetime) -> bool:
    """Tell whether a holder still works.

    On this host the system knows, whatever the clock says. On another only the heartbeat speaks; a heartbeat from the
    future is as stale as an old one, since the clock was changed: the fencing number keeps a mistake from doing harm.
    """
    fresh = abs((now - heartbeat_at).total_seconds()) < FRESH_SECONDS
    if holder.host != socket.gethostname():
        return fresh
    if not _exists(holder.pid):
        return False
    started = _started(holder.pid)
    return started == holder.process if started and holder.process else fresh


def _exists(pid: int) -> bool:
    if os.name == "nt":
        return True  # signal 0 would end the process there; the heartbeat decides
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _started(pid: int) -> str:
    """Give when a process was started, in the system's own units; '' where the system does not tell."""
    with suppress(OSError, IndexError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        if fields[0] not in ("Z", "X"):
            return f"{_boot()}/{fields[19]}"
        return "dead"
    return ""


def _boot() -> str:
    with suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return ""


def home_of(database: Path) -> str:
    """Name the file itself: a copy is another file, while a file that was moved stays the same."""
    return str(database.stat().st_ino)


def witness_of(database: Path) -> Path:
    """Name the file beside the database that remembers the newest fencing number, should the database forget it."""
    return database.with_name(f"{database.name}.fence")


def witnessed(database: Path) -> int:
    """Read the newest fencing number that was ever given out here; 0 where none was."""
    try:
        return int(witness_of(database).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0


def witness(database: Path, fence: int) -> None:
    """Remember a fencing number outside of the database."""
    draft = witness_of(database).with_suffix(".new")
    with draft.open("w", encoding="ascii") as file:
        file.write(str(fence))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(witness_of(database))


def moment(seconds: float) -> datetime:
    """Turn a stored time into an aware one."""
    return datetime.fromtimestamp(seconds, UTC)
