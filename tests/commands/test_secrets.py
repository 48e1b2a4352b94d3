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
    request: {method: PUT, path: /break, headers: {authorization: "Basic U0VDUkVUOlNFQ1JFVA=="}}
"""


def answers(side: str, method: str, target: str, body: bytes) -> Given:
    """An answer that tells back what it was sent, and is not the other side's."""
    if target == "/break":
        return 200, {"content-encoding": "gzip"}, b"SECRET"
    told = {"access_token": f"SECRET/{side}=", "side": side, "sent": body.decode(), "to": target}
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
            *("--cases", "cases.yaml", "--format", form),
            at=tmp_path,
            environment={"GITHUB_STEP_SUMMARY": str(page)},
            status=1,
        )
    told = done.out + done.err + (page.read_text() if page.exists() else "")
    assert "SECRET" not in told
    assert "U0VDUkVU" not in told
    assert told.count("curl -i") >= 10
    assert "[hidden]" in told or "%5Bhidden" in told
