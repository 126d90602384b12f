"""Sign messages (DKIM: RFC 6376, 8301, 8463), relaxed/relaxed, with as many keys as are given.

What the composer writes is canonical already as far as the body goes (see `encoding`), so the body is hashed as it is.
`l=` is never used. Fields that a forger could add a second time are named once more than they are present.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from broadsheet.errors import ConfigError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

SIGNED = (
    "From", "Subject", "Date", "To", "Reply-To", "Message-ID", "MIME-Version", "Content-Type",
    "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "Feedback-ID",
)  # fmt: skip
OVERSIGNED = ("From", "Subject", "Date", "To", "Reply-To")
SHORTEST_RSA = 1024


@dataclass(frozen=True)
class Key:
    """A private key, and where its public half is published: `selector`._domainkey.`domain`."""

    domain: str
    selector: str
    algorithm: str
    sign: Callable[[bytes], bytes] = field(repr=False)
    record: str = ""


def load_key(domain: str, selector: str, pem: bytes) -> Key:
    """Read a private key (PEM, RSA or Ed25519). Raises ConfigError; no part of the key is ever in the message."""
    try:
        from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
        from cryptography.hazmat.primitives.serialization import load_pem_private_key
    except ImportError:
        raise ConfigError(
            "signing needs a package that is not installed", key="smtp.dkim",
            advice="Type: pip install 'broadsheet[dkim]'",
        ) from None  # fmt: skip
    try:
        private = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError):
        private = None
    if isinstance(private, rsa.RSAPrivateKey) and private.key_size >= SHORTEST_RSA:
        return Key(domain, selector, "rsa-sha256", _rsa(private), _record("rsa", _der(private)))
    if isinstance(private, ed25519.Ed25519PrivateKey):
        public = private.public_key().public_bytes_raw()
        return Key(domain, selector, "ed25519-sha256", _ed25519(private), _record("ed25519", public))
    raise ConfigError(
        "expected a private key in PEM form, RSA of 1024 bits or more (better 2048) or Ed25519, without a password",
        key=f"smtp.dkim.{selector}",
        advice="Make one: openssl genrsa -out dkim.pem 2048",
    )


class DkimSigner:
    """Sign for every key given. Threads may share it: the arithmetic runs beside Python."""

    def __init__(self, keys: Sequence[Key], at: datetime) -> None:
        self._keys, self._at = tuple(keys), int(at.timestamp())

    def sign(self, header: Sequence[bytes], body: Sequence[bytes]) -> bytes:
        """Give one DKIM-Signature field a key, to stand above the header."""
        digest = hashlib.sha256()
        for part in body:
            digest.update(part)
        body_hash = base64.b64encode(digest.digest()).decode("ascii")
        present = {one[: one.index(b":")].decode("ascii").lower(): one for one in header}
        names = [name for name in SIGNED if name.lower() in present]
        signed = b"".join(canonical(present[name.lower()]) for name in names)
        listed = ":".join([*names, *OVERSIGNED])
        return b"".join(self._field(key, listed, body_hash, signed) for key in self._keys)

    def _field(self, key: Key, listed: str, body_hash: str, signed: bytes) -> bytes:
        start = (
            f"DKIM-Signature: v=1; a={key.algorithm}; c=relaxed/relaxed;\r\n d={key.domain}; s={key.selector};"
            f" t={self._at};\r\n h={_folded(listed)};\r\n bh={body_hash};\r\n b="
        ).encode("ascii")
        value = base64.b64encode(key.sign(signed + canonical(start + b"\r\n")[:-2]))
        lines = [value[n : n + 72] for n in range(0, len(value), 72)]
        return start + b"\r\n ".join(lines) + b"\r\n"


def canonical(header_field: bytes) -> bytes:
    """Write a field in the relaxed form of RFC 6376 3.4.2."""
    name, _, value = header_field.partition(b":")
    return name.strip().lower() + b":" + b" ".join(value.split()) + b"\r\n"


def _folded(names: str) -> str:
    lines = [""]
    for name in names.split(":"):
        if len(lines[-1]) + len(name) > 66:
            lines.append("")
        lines[-1] += f"{name}:"
    return "\r\n  ".join(lines).removesuffix(":")


def _rsa(private: RSAPrivateKey) -> Callable[[bytes], bytes]:
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    padding, algorithm = PKCS1v15(), SHA256()
    return lambda data: private.sign(data, padding, algorithm)


def _ed25519(private: Ed25519PrivateKey) -> Callable[[bytes], bytes]:
    return lambda data: private.sign(hashlib.sha256(data).digest())


def _der(private: RSAPrivateKey) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _record(kind: str, public: bytes) -> str:
    return f"v=DKIM1; k={kind}; p={base64.b64encode(public).decode('ascii')}"
