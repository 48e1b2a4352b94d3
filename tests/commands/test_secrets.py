"""What is secret is in no report, whatever goes wrong with the case that has it."""

import json
from pathlib import Path

import pytest
from answering import Given, answering
from terminal import splitter

CASES = """
defaults:
  headers: {x-api-key: SECRET-key-1}
cases:
  - name: log in
    request: {method: POST, path: /login, json: {user: ada, password: SECRET-pw-2}}
    capture: {token: $.access_token}
  - name: read
    after: log in
    request:
      path: /me
      headers: {authorization: "Bearer {{ token }}", cookie: a=SECRET-cookie-3}
  - name: in the query
    after: log in
    request: {path: "/me?token={{ token }}"}
  - name: in a form
    request: {method: POST, path: /login, form: {password: SECRET pw 4, client_secret: SECRET+5}}
  - name: broken
    after: log in
    request: {method: PUT, path: /break, headers: {authorization: "Basic YWRhOkhJRERFTi1iYXNpYy02"}}
  - name: a token as text
    request: {method: POST, path: /api-token}
  - name: a token in a page
    request: {path: /page}
  - name: a token that another session got
    request: {path: /activity}
  - name: a token under any name
    request: {path: /any}
"""


def page(side: str) -> bytes:
    return (
        f'<input name="csrf_token" value="SECRET-{side}">\n<p>{side} token=SECRET-{side}-1</p>\n'
        f"<p>Bearer SECRET-{side}-123</p>"
    ).encode()


def answers(side: str, method: str, target: str, body: bytes) -> Given:
    """An answer that tells back what it was sent, and is not the other side's."""
    if target == "/break":
        return 200, {"content-encoding": "gzip"}, b"SECRET"
    if target == "/api-token":
        return 200, {"content-type": "text/plain"}, f"SECRET-{side}-123456".encode()
    if target == "/page":
        return 200, {"content-type": "text/html", "x-auth-token": f"SECRET-{side}"}, page(side)
    if target == "/any":
        jwt = f"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.{side}SECRET"
        kept = {"content-type": "application/json", "authorization": f"Bearer SECRET+{side}"}
        return 200, kept, json.dumps({"result": jwt, "sent": f"with SECRET+{side}"}).encode()
    if target == "/activity":
        seen = f"came in with SECRET/1{side}="
        return 200, {"content-type": "application/json"}, json.dumps([seen]).encode()
    told = {"access_token": f"SECRET/1{side}=", "side": side, "sent": body.decode(), "to": target}
    headers = {
        "content-type": "application/json",
        "set-cookie": f"sid=SECRET-{side}",
        "x-side": side,
    }
    return 200, headers, json.dumps(told).encode()


@pytest.mark.parametrize("form", ["text", "json", "junit", "github", "html"])
def test_no_secret_is_in_a_report(form: str, tmp_path: Path) -> None:
    (tmp_path / "cases.yaml").write_text(CASES)
    page = tmp_path / "page.md"
    with (
        answering(lambda *words: answers("ours", *words)) as monolith,
        answering(lambda *words: answers("theirs", *words)) as service,
    ):
        done = splitter(
            *("parity-check", "--monolith", monolith, "--service", f"orders={service}"),
            *("--cases", "cases.yaml", "--format", form, "--concurrency", "1"),
            at=tmp_path,
            environment={"GITHUB_STEP_SUMMARY": str(page)},
            status=1,
        )
    told = done.out + done.err + (page.read_text() if page.exists() else "")
    assert "SECRET" not in told
    assert "YWRhOkhJRERFTi1iYXNp" not in told
    assert "basic-6" not in told
    assert told.count("curl -i") >= 10
    assert "[hidden]" in told or "%5Bhidden" in told
