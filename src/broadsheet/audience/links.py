"""Signed links: what a reader may do, named by a number and proved by a signature, with no address in them.

A token is ``itsdangerous``' signature over a subscription's number, with a salt a purpose: a link to view an edition
cannot unsubscribe. Tokens to leave or to choose never expire; a token to confirm does (RFC 8058 asks for an
unguessable, self-contained address; the laws ask that leaving works long after sending).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import blake2b
from hmac import compare_digest

from itsdangerous import BadSignature, Signer

CONFIRM_GOOD_FOR = timedelta(days=3)
LONGEST = 300
_LEAVE = "leave-"


class Purpose(StrEnum):
    """What a token allows. Each has a salt of its own."""

    UNSUBSCRIBE = "u"
    PREFERENCES = "p"
    CONFIRM = "c"
    VIEW = "v"
    UNDO = "r"
    FORM = "f"
    MAIL = "m"
    LEAVE_BY_MAIL = "l"
    APPROVAL = "e"


class LinkSigner:
    """Make and read the tokens of a project. `secrets` is oldest first: the last signs, all verify."""

    def __init__(self, secrets: Sequence[str]) -> None:
        if not secrets:
            raise ValueError("a signer needs a secret")
        self._signers = {
            purpose: Signer(list(secrets), salt=f"broadsheet.{purpose.name.lower()}", sep=".") for purpose in Purpose
        }

    def token(self, purpose: Purpose, recipient: int, detail: str = "") -> str:
        """Sign a recipient's number, and a detail such as an edition's id, for one purpose."""
        return self._signers[purpose].sign(f"{recipient}.{detail}" if detail else str(recipient)).decode("ascii")

    def read(self, purpose: Purpose, token: str) -> tuple[int, str] | None:
        """Give the recipient's number and the detail of a token; None for one that is forged, cut, old or for else."""
        if len(token) > LONGEST or not token.isascii():
            return None
        try:
            value = self._signers[purpose].unsign(token)
        except BadSignature:
            return None
        number, _, detail = value.decode("ascii").partition(".")
        return (int(number), detail) if number.isdecimal() else None

    def unsubscribe_url(self, base_url: str, recipient: int) -> str:
        """Address the page, and the RFC 8058 POST, that ends one subscription."""
        return f"{base_url.rstrip('/')}/u/{self.token(Purpose.UNSUBSCRIBE, recipient)}"

    def preferences_url(self, base_url: str, recipient: int) -> str:
        """Address the page where a reader chooses sections, cadence, a pause and the language."""
        return f"{base_url.rstrip('/')}/p/{self.token(Purpose.PREFERENCES, recipient)}"

    def confirm_url(self, base_url: str, recipient: int, now: datetime) -> str:
        """Address the page that confirms a sign-up; good for three days from `now`."""
        return f"{base_url.rstrip('/')}/c/{self.dated(Purpose.CONFIRM, recipient, now)}"

    def dated(self, purpose: Purpose, recipient: int, now: datetime) -> str:
        """Sign a recipient's number together with the time."""
        return self.token(purpose, recipient, str(int(now.timestamp())))

    def read_dated(
        self, purpose: Purpose, token: str, now: datetime, most: timedelta, least: timedelta = timedelta()
    ) -> int | None:
        """Give the recipient's number of a dated token that is ours and neither too old nor too young; else None."""
        found = self.read(purpose, token)
        if found is None or not found[1].isdecimal():
            return None
        age = timedelta(seconds=now.timestamp() - int(found[1]))
        return found[0] if least <= age <= most else None

    def read_confirmation(self, token: str, now: datetime) -> int | None:
        """Give the recipient's number of a confirmation that is ours and not too old; else None."""
        return self.read_dated(Purpose.CONFIRM, token, now, CONFIRM_GOOD_FOR)

    def view_url(self, base_url: str, recipient: int, edition: str) -> str:
        """Address an edition in the browser, as this recipient got it."""
        return f"{base_url.rstrip('/')}/v/{self.token(Purpose.VIEW, recipient, edition)}"

    def approval_url(self, base_url: str, edition: str, rendered_hash: str, editor: str) -> str:
        """Address the page where an editor approves one rendering of an edition."""
        token = self.token(Purpose.APPROVAL, 0, f"{edition}.{rendered_hash[:24]}.{self.mark_of(editor)}")
        return f"{base_url.rstrip('/')}/e/{token}"

    def read_approval(self, token: str) -> tuple[str, str, str] | None:
        """Give the edition, the beginning of the rendering's hash and the editor's mark of a link, or None."""
        found = self.read(Purpose.APPROVAL, token)
        parts = found[1].split(".") if found else []
        return (parts[0], parts[1], parts[2]) if len(parts) == 3 else None

    def mark_of(self, editor: str) -> str:
        """Make a short mark of an editor's address, which tells it from others' without naming it."""
        return blake2b(editor.casefold().encode(), digest_size=6).hexdigest()

    def mail_tag(self, recipient: int, edition: str = "") -> str:
        """Make the tag of an envelope address (VERP): survives a change of case.

        Mail systems may change the case of a local part, so the signature is lower-case hexadecimal.
        """
        return self._tag(self._signers[Purpose.MAIL], f"{recipient}-{edition.lower()}")

    def read_mail_tag(self, tag: str) -> tuple[int, str] | None:
        """Give the recipient's number and the edition of a mail tag; None where it is not ours."""
        text = tag.lower()
        if len(text) > LONGEST or not text.isascii():
            return None
        head, _, _ = text.rpartition("-")
        number, _, edition = head.partition("-")
        if not number.isdecimal():
            return None
        return (int(number), edition) if self._verifies(Purpose.MAIL, head, text[len(head) + 1 :]) else None

    def leave_tag(self, recipient: int) -> str:
        """Make the tag of a mail that ends one subscription (the mailto of RFC 2369); at most 45 characters."""
        return self._tag(self._signers[Purpose.LEAVE_BY_MAIL], f"{_LEAVE}{recipient}")

    def read_leave_tag(self, tag: str) -> int | None:
        """Give the recipient's number of a tag to leave by mail; None where it is forged, cut or for something else."""
        head, _, given = tag.lower().rpartition("-")
        number = head.removeprefix(_LEAVE)
        if len(tag) > LONGEST or not tag.isascii() or not number.isdecimal() or not head.startswith(_LEAVE):
            return None
        return int(number) if self._verifies(Purpose.LEAVE_BY_MAIL, head, given) else None

    def _verifies(self, purpose: Purpose, value: str, given: str) -> bool:
        signer = self._signers[purpose]
        return any(compare_digest(given, _hex_signature(signer, value, key)) for key in reversed(signer.secret_keys))

    @staticmethod
    def _tag(signer: Signer, value: str) -> str:
        return f"{value}-{_hex_signature(signer, value, signer.secret_keys[-1])}"


def _hex_signature(signer: Signer, value: str, key: bytes) -> str:
    return signer.algorithm.get_signature(signer.derive_key(key), value.encode("ascii")).hex()[:20]


__all__ = ["LinkSigner", "Purpose"]
