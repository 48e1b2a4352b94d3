"""Secrets that are known by their shape, or by what stands before them in a text."""

from __future__ import annotations

import re

from splitter.parity.sensitive import HIDDEN, is_sensitive

_SHAPES = re.compile(
    r"\beyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*"  # a JWT (RFC 7519)
    r"|\b(?:gh[oprsu]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|hf_\w{20,}|npm_\w{20,}"
    r"|pypi-[\w-]{16,}|xox[abeprs]-[\w-]{10,}|[rs]k_(?:live|test)_\w{8,}|sk-[\w-]{16,}"
    r"|AIza[\w-]{30,}|AKIA[0-9A-Z]{16}|SG\.[\w-]{16,}\.[\w-]{16,})"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
    re.DOTALL,
)
_VALUE = r"(?=[^\s\"'<>&;,]*\d)[^\s\"'<>&;,]{8,}|[^\s\"'<>&;,]{20,}"
"""What may be a token, and is no word of a sentence."""
OPAQUE = re.compile(_VALUE)
_SCHEME = re.compile(rf"\b(Bearer|Basic|Digest|Token)(\s+)({_VALUE})", re.IGNORECASE)
_NAMED = re.compile(rf"([\w.-]+)([\"']?\s*[:=]\s*[\"']?)({_VALUE})")
_TAG = re.compile(r"<(?:input|meta)\b[^>]*>", re.IGNORECASE)
_NAME = re.compile(r"\b(?:name|id|property)\s*=\s*[\"']?([^\s\"'>]+)", re.IGNORECASE)
_HELD = re.compile(r"(\b(?:value|content)\s*=\s*)(\"[^\"]*\"|'[^']*'|[^\s\"'>]+)", re.IGNORECASE)


def without_shapes(text: str) -> str:
    """The text without JWTs, private keys and keys with a prefix that is known for them."""
    return _SHAPES.sub(HIDDEN, text)


def without_named(text: str) -> str:
    """A text that is no JSON, without what follows a sensitive name (`api_key=…`) or the
    name of a scheme, and without the values of such fields of a form in HTML."""
    text = _TAG.sub(_field, text)
    text = _SCHEME.sub(rf"\1\2{HIDDEN}", text)
    return _NAMED.sub(_named, text)


def without_opaque(text: str) -> str:
    """The text without any word that could be a token."""
    return OPAQUE.sub(HIDDEN, text)


def _named(found: re.Match[str]) -> str:
    return f"{found[1]}{found[2]}{HIDDEN}" if is_sensitive(found[1]) else found[0]


def _field(found: re.Match[str]) -> str:
    names = _NAME.findall(found[0])
    return _HELD.sub(rf'\1"{HIDDEN}"', found[0]) if any(map(is_sensitive, names)) else found[0]
