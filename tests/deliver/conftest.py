"""What tests of a relay share: a certificate, and keys for signing."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from broadsheet.deliver.dkim import Key, load_key
from tests.certificates import certificate_for


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a certificate for 127.0.0.1 that nobody trusts who is not told to."""
    return certificate_for("127.0.0.1", tmp_path_factory.mktemp("tls") / "relay.pem")


def pem(private: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> bytes:
    """Write a private key as a file would hold it."""
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.fixture(scope="session")
def keys() -> list[Key]:
    """Make an RSA and an Ed25519 key."""
    return [
        load_key("example.org", "r1", pem(rsa.generate_private_key(65537, 2048))),
        load_key("example.org", "e1", pem(ed25519.Ed25519PrivateKey.generate())),
    ]
