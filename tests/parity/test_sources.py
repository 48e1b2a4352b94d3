"""The kind of a file is told by what is in it."""

from __future__ import annotations

import pytest

from splitter.parity.sources import Kind, kind_of

LOG = b'1.2.3.4 - - [10/Oct/2025:13:55:36 +0200] "GET / HTTP/1.1" 200 5\n'


@pytest.mark.parametrize(
    ("name", "head", "kind"),
    [
        ("a.yaml", b"cases:\n  - name: a\n", Kind.CASES),
        ("a.json", b'{"cases": [{"name": "openapi", "request": {"path": "/"}}]}', Kind.CASES),
        ("a.yaml", b"cases: [{name: a, request: {json: {openapi: 3.0.0}}}]\n", Kind.CASES),
        ("a.yaml", b"", Kind.CASES),
        ("a", b'{"splitter":"recording","version":1}\n{"test":1}\n', Kind.RECORDING),
        ("a.jsonl", b"{}\n", Kind.RECORDING),
        ("a", b'{\n  "log": {"version": "1.2"}}', Kind.HAR),
        ("a.har", b"nonsense", Kind.HAR),
        ("a", b'\xef\xbb\xbf{"log":{', Kind.HAR),
        ("a", LOG, Kind.LOG),
        ("access.log", b"nonsense", Kind.LOG),
        ("a.json", b'{"openapi": "3.1.0", "info": {}, "paths": {}}', Kind.OPENAPI),
        ("a.yaml", b"openapi: 3.0.3\ninfo: {}\n", Kind.OPENAPI),
        ("a.yaml", b"info: {}\nopenapi: '3.0.3'\n", Kind.OPENAPI),
    ],
)
def test_kinds(name: str, head: bytes, kind: Kind) -> None:
    assert kind_of(head, name=name) is kind
