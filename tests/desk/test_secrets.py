"""Secrets come from a variable, a file or the keyring, and reach nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.backends.null import Keyring as EmptyKeyring
from keyring.errors import KeyringLocked

from broadsheet.config import Account
from broadsheet.desk import Desk, open_desk
from broadsheet.desk.mailing import way_out
from broadsheet.desk.pushing import key_of
from broadsheet.desk.secrets import read_secret
from broadsheet.desk.starting import start_project
from broadsheet.errors import ConfigError
from tests.cli.test_init import broadsheet
from tests.export.doubles import ListmonkDouble

KEY = "listmonk-token"


class InMemory(KeyringBackend):
    """A keyring that lives as long as a test."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring has no types
        self.entries: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.entries[service, username] = password


class Locked(InMemory):
    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked("the words of the backend")


@pytest.fixture(autouse=True)
def put_back() -> Iterator[None]:
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    start_project(tmp_path)
    with open_desk(tmp_path, clock=lambda: datetime(2026, 11, 24, 5, tzinfo=UTC)) as desk:
        yield desk


def test_each_place_is_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    keyring.set_keyring(InMemory())
    keyring.set_password("broadsheet", "relay", "from the keyring")
    monkeypatch.setenv("RELAY_PASSWORD", "from the variable")
    (desk.folder / "relay").write_text("from the file\r\n")
    assert read_secret(desk, "smtp.password", keyring="relay") == "from the keyring"
    assert read_secret(desk, "smtp.password", env="RELAY_PASSWORD") == "from the variable"
    assert read_secret(desk, "smtp.password", file="relay") == "from the file"


@pytest.mark.parametrize(
    ("backend", "words", "advice"),
    [
        (InMemory, "no entry broadsheet relay", "keyring set broadsheet relay"),
        (EmptyKeyring, "no entry broadsheet relay", "keyring set broadsheet relay"),
        (NoKeyring, "cannot be read", "password_env or password_file"),
        (Locked, r"cannot be read \(KeyringLocked\)", "Unlock it"),
    ],
)
def test_a_keyring_that_cannot_tell_is_a_clear_line(
    desk: Desk, backend: type[KeyringBackend], words: str, advice: str
) -> None:
    keyring.set_keyring(backend())
    with pytest.raises(ConfigError, match=words) as error:
        read_secret(desk, "smtp.password", keyring="relay")
    assert error.value.message.startswith("smtp.password_keyring")
    assert advice in error.value.advice


def test_what_is_no_secret_is_refused_and_not_shown(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMPTY", "  ")
    with pytest.raises(ConfigError, match=r"password_env: the variable EMPTY is empty"):
        read_secret(desk, "smtp.password", env="EMPTY")
    with pytest.raises(ConfigError, match=r"NOT_SET is not set"):
        read_secret(desk, "smtp.password", env="NOT_SET")
    (desk.folder / "two").write_text("first-half\nsecond-half\n")
    with pytest.raises(ConfigError, match="more than one line") as error:
        read_secret(desk, "smtp.password", file="two")
    assert "half" not in error.value.message
    (desk.folder / "bytes").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="it is no text"):
        read_secret(desk, "smtp.password", file="bytes")
    with pytest.raises(ConfigError, match="No such file"):
        read_secret(desk, "smtp.password", file="absent")


def test_the_relay_and_a_platform_read_the_keyring(tmp_path: Path) -> None:
    keyring.set_keyring(InMemory())
    keyring.set_password("broadsheet", "relay", "relay-secret")
    keyring.set_password("broadsheet", "listmonk", KEY)
    start_project(tmp_path)
    with (tmp_path / "broadsheet.toml").open("a") as file:
        file.write('\n[smtp]\nhost = "mail.example.com"\nuser = "u"\npassword_keyring = "relay"\n')
    with open_desk(tmp_path, clock=lambda: datetime(2026, 11, 24, 5, tzinfo=UTC)) as desk:
        assert "relay-secret" not in repr(desk.config)
        way_out(desk)
        assert key_of(desk, "listmonk", Account(key_keyring="listmonk")) == KEY


def test_the_command_reads_a_file_backend_and_shows_no_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second process, a keyring on the disk: the key is in no output, log or database."""
    from keyrings.alt.file import PlaintextKeyring

    project = tmp_path / "project"
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyrings.alt.file.PlaintextKeyring")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("BROADSHEET_LISTMONK_KEY", raising=False)
    keyring.set_keyring(PlaintextKeyring())
    keyring.set_password("broadsheet", "listmonk", KEY)
    start_project(project)
    double = ListmonkDouble()
    with double.serving() as url, (project / "broadsheet.toml").open("a") as file:
        file.write(f'\n[platforms.listmonk]\nurl = "{url}"\nuser = "api_user"\nlist = 3\nkey_keyring = "listmonk"\n')
        file.flush()
        said = []
        for command in (
            ("gather",),
            ("pick", "--date", "2026-11-24"),
            ("export", "daily-2026-11-24", "--for", "listmonk", "--push", "--json"),
            ("doctor", "--json"),
            ("status", "--json"),
        ):
            outcome = broadsheet("-C", str(project), *command)
            said.append(outcome.stdout + outcome.stderr)
        assert len(double.items) == 1, said
        double.faults.append("401")
        outcome = broadsheet("-C", str(project), "export", "daily-2026-11-24", "--for", "listmonk", "--push", "--json")
        assert outcome.returncode == 1
        said.append(outcome.stdout + outcome.stderr)
        assert "refused with the key … in it" in said[-1]
    assert KEY not in "".join(said)
    for path in project.rglob("*"):
        assert not path.is_file() or KEY.encode() not in path.read_bytes(), path
