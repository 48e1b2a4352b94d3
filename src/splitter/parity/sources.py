"""What kind of file cases come from, told by its content and, in doubt, its name."""

from __future__ import annotations

import codecs
import json
import re
from enum import StrEnum

from splitter.parity.access_logs import is_log

_HAR = re.compile(rb'\s*\{\s*"log"\s*:\s*\{')
_OPENAPI = re.compile(
    rb'\s*\{.*?"openapi"\s*:\s*"3|^openapi\s*:\s*["\']?3', re.MULTILINE | re.DOTALL
)
_CASES = re.compile(rb'^\s*["\']?cases["\']?\s*:', re.MULTILINE)


class Kind(StrEnum):
    """The files that cases can be taken from."""

    CASES = "a case file"
    RECORDING = "a recording of tests"
    HAR = "a HAR file"
    LOG = "an access log"
    OPENAPI = "an OpenAPI document"


def kind_of(head: bytes, *, name: str) -> Kind:
    """The kind of a file whose first bytes are `head`. What is nothing else is a case file."""
    first = head.lstrip().split(b"\n", 1)[0]
    text = head.removeprefix(codecs.BOM_UTF8)
    called = name.lower()
    if _is_recording(first):
        return Kind.RECORDING
    if called.endswith(".har") or _HAR.match(text):
        return Kind.HAR
    if called.endswith(".log") or is_log(first):
        return Kind.LOG
    if called.endswith(".jsonl"):
        return Kind.RECORDING
    return Kind.OPENAPI if _OPENAPI.search(text) and not _CASES.search(text) else Kind.CASES


def _is_recording(line: bytes) -> bool:
    try:
        entry = json.loads(line)
    except ValueError:
        return False
    return isinstance(entry, dict) and entry.get("splitter") == "recording"
