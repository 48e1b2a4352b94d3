"""What each side makes anew for every answer counts as the same, and nothing else does."""

import base64
from hashlib import sha256
from secrets import token_urlsafe
from uuid import uuid4

import pytest

from splitter.parity.clock import both_generated

KEY = "ssh-rsa " + base64.b64encode(bytes(range(60))).decode()
OTHER = "ssh-rsa " + base64.b64encode(bytes(range(1, 61))).decode()
PEM = "-----BEGIN PRIVATE KEY-----\nAAAA\nBBBB==\n-----END PRIVATE KEY-----\n"


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (str(uuid4()), str(uuid4())),
        (uuid4().hex, uuid4().hex.upper()),
        ("2026-01-02T03:04:05Z", "2026-01-02T03:04:09.5Z"),
        (KEY, OTHER),
        (KEY + " ada", OTHER + " ada"),
        (PEM, PEM.replace("AAAA", "AAAC")),
        (token_urlsafe(64), token_urlsafe(64)),
    ],
)
def test_made_anew(a: str, b: str) -> None:
    assert both_generated(a, b)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (str(uuid4()), uuid4().hex),
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
        (token_urlsafe(64), token_urlsafe(60)),
        (token_urlsafe(16), token_urlsafe(16)),
    ],
)
def test_not_made_anew(a: str, b: str) -> None:
    assert not both_generated(a, b)
