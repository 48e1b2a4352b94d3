"""What each side makes anew for every answer counts as the same, and nothing else does."""

import base64
from hashlib import sha256
from random import Random
from uuid import UUID

import pytest

from splitter.parity.clock import both_generated

RANDOM = Random(7)
ONE, TWO = (UUID(int=RANDOM.getrandbits(128), version=4) for _ in range(2))


def secret(length: int) -> str:
    return base64.urlsafe_b64encode(RANDOM.randbytes(length)).decode().rstrip("=")


KEY = "ssh-rsa " + base64.b64encode(bytes(range(60))).decode()
OTHER = "ssh-rsa " + base64.b64encode(bytes(range(1, 61))).decode()
PEM = "-----BEGIN PRIVATE KEY-----\nAAAA\nBBBB==\n-----END PRIVATE KEY-----\n"


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (str(ONE), str(TWO)),
        (ONE.hex, TWO.hex.upper()),
        ("2026-01-02T03:04:05Z", "2026-01-02T03:04:09.5Z"),
        (KEY, OTHER),
        (KEY + " ada", OTHER + " ada"),
        (PEM, PEM.replace("AAAA", "AAAC")),
        (secret(64), secret(64)),
        (base64.b64encode(KEY.encode()).decode(), base64.b64encode(OTHER.encode()).decode()),
    ],
)
def test_made_anew(a: str, b: str) -> None:
    assert both_generated(a, b)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (str(ONE), TWO.hex),
        ("1" * 32, "2" * 32),
        ("2026-01-02T03:04:05Z", "2026-01-02T03:04:15Z"),
        ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05+00:00"),
        (KEY, OTHER.replace("ssh-rsa", "ssh-ed25519")),
        (KEY + " ada", OTHER + " eve"),
        ("ssh-rsa short", "ssh-rsa other"),
        (PEM, PEM.replace("PRIVATE", "PUBLIC")),
        (PEM, PEM.rstrip()),
        ("a", "b"),
        (sha256(b"a").hexdigest(), sha256(b"b").hexdigest()),
        (secret(64), secret(60)),
        (secret(16), secret(16)),
    ],
)
def test_not_made_anew(a: str, b: str) -> None:
    assert not both_generated(a, b)
