"""What kind of file cases come from, told by its content and, in doubt, its name."""

from __future__ import annotations

import json
import re
from enum import StrEnum

from splitter.parity.access_logs import is_log


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
    if _is_recording(first):
        return Kind.RECORDING
    if name.lower().endswith(".har") or re.match(rb'\s*\{\s*"log"\s*:\s*\{', _plain(head)):
        return Kind.HAR
    if is_log(first):
        return Kind.LOG
    if name.lower().endswith((".log", ".jsonl")):
        return Kind.LOG if name.lower().endswith(".log") else Kind.RECORDING
    document = rb'\s*\{.*?"openapi"\s*:\s*"3|^openapi\s*:\s*["\']?3'
    text = _plain(head)
    is_cases = re.search(rb'^\s*["\']?cases["\']?\s*:', text, re.M)
    if re.search(document, text, re.M | re.S) and not is_cases:
        return Kind.OPENAPI
    return Kind.CASES


def _is_recording(line: bytes) -> bool:
    try:
        entry = json.loads(line)
    except ValueError:
        return False
    return isinstance(entry, dict) and entry.get("splitter") == "recording"


def _plain(head: bytes) -> bytes:
    return head.removeprefix(b"\xef\xbb\xbf")
