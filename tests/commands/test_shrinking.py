"""A session that fails is shrunk to what was itself seen to fail, or it is said why it was not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from servers import uvicorn
from terminal import Traces, copy, edit, splitter

from splitter.parity.cases import read_cases

SHOP = Path(__file__).parents[1] / "data" / "shop"
SETTINGS = "services/shop_service/routes/settings.py"
AMOUNT = '"amount": amount,'
SESSION = """
defaults: {headers: {x-client: tests, accept-language: en}}
cases:
- {name: c1, service: shop, request: {path: /hours}}
- {name: c2, after: c1, service: shop, request: {method: PUT, path: /settings, json: {rows: 5}}}
- {name: c3, after: c2, service: shop, request: {path: /price}}
- {name: c4, after: c3, service: shop, request: {method: PUT, path: /settings, json:
    {name: Tea, password: a-long-secret, till: 3, currency: CHF, vat: 8, unit: g, open: 9,
    end: 17}}}
- {name: c5, after: c4, service: shop, request: {path: /hours}}
- {name: c6, after: c5, service: shop, request: {path: /hours}}
- {name: c7, after: c6, service: shop, request: {method: PUT, path: /settings, json: {rows: 7}}}
- {name: c8, after: c7, service: shop, request: {path: /price, query: {amount: 3, rounded: "true"}}}
- {name: c9, after: c8, service: shop, request: {path: /hours}}
- {name: c10, after: c9, service: shop, request: {path: /hours}}
- {name: c11, after: c10, service: shop, request: {method: PUT, path: /settings, json: {rows: 8}}}
- {name: c12, after: c11, service: shop, request: {path: /hours}}
"""
WORDS = ("parity-check", "--cases", "cases.yaml", "--shrink", "--format")


@pytest.fixture
def shop(once: Callable[[str, Callable[[Path], None]], Path], tmp_path: Path) -> Path:
    """A shop with a service, and a session of twelve requests."""

    def make(folder: Path) -> None:
        copy(SHOP, folder)
        splitter("init", "--app", "main:app", "--routes", "routes", at=folder)
        routes = ("--routes", "routes.items", "--routes", "routes.settings")
        splitter("split", "shop", "--port", "8101", *routes, "--no-parity", at=folder)
        (folder / "cases.yaml").write_text(SESSION)

    return copy(once("shop", make), tmp_path / "project")


def test_a_fault_that_needs_two_requests_and_one_key_is_found(shop: Path, left: Traces) -> None:
    edit(shop, SETTINGS, AMOUNT, '"amount": 0 if currency == "CHF" else amount,')
    done = splitter(*WORDS, "json", at=shop, environment=left.environment, status=1)
    cases = {case["name"]: case for case in done.document["cases"]}
    assert [name for name, case in cases.items() if case["verdict"] != "match"] == ["c8"]
    shrunk = cases["c8"]["shrunk"]
    assert (shrunk["of"], shrunk["requests"], shrunk["note"]) == (12, 2, "")
    assert shrunk["tries"] <= 60
    put, price = read_cases(shrunk["cases"].encode(), path="shrunk.yaml")
    assert (put.name, put.request.method, put.request.path) == ("c4", "PUT", "/settings")
    assert put.request.body == b'{"currency":"CHF"}'
    assert (price.name, price.after, price.request.path) == ("c8", "c4", "/price")
    assert (price.request.headers, price.request.query) == ((), ())
    assert (left.processes(), left.files()) == ([], [])
    assert "a-long-secret" not in done.out + done.err
    (shop / "shrunk.yaml").write_text(shrunk["cases"])
    words = (
        "parity-check",
        "--cases",
        "shrunk.yaml",
        "--workers",
        "2",
        "--shrink",
        "--format",
        "json",
    )
    again = splitter(*words, at=shop, environment=left.environment, status=1)
    assert [case["verdict"] for case in again.document["cases"]] == ["match", "mismatch"]
    assert again.document["cases"][1]["shrunk"]["cases"] == shrunk["cases"]


def test_the_request_that_rows_part_at_is_found(shop: Path, left: Traces) -> None:
    put = 'put("settings", name=name, value=str(value))'
    edit(shop, SETTINGS, put, f'name == "till" or {put}')
    done = splitter(*WORDS, "json", at=shop, environment=left.environment, status=1)
    cases = {case["name"]: case for case in done.document["cases"]}
    (forgotten,) = cases["c11"]["differences"]
    assert (forgotten["kind"], forgotten["path"]) == ("database", "settings[till]")
    (put_it,) = read_cases(cases["c11"]["shrunk"]["cases"].encode(), path="shrunk.yaml")
    assert (put_it.name, put_it.request.body) == ("c4", b'{"till":3}')


def test_a_failure_that_does_not_come_again_is_said(shop: Path, left: Traces) -> None:
    once = shop / "once"
    once.touch()
    edit(
        shop,
        SETTINGS,
        'return {"from": 9, "to": 17}',
        f"import os\n    if os.path.exists({str(once)!r}):\n        os.remove({str(once)!r})\n"
        '        return {"from": 9, "to": 18}\n    return {"from": 9, "to": 17}',
    )
    done = splitter(*WORDS, "json", at=shop, environment=left.environment, status=1)
    (first, *others) = done.document["cases"]
    assert [case["verdict"] for case in others] == ["match"] * 11
    assert first["shrunk"] == {
        "of": 12,
        "requests": 0,
        "tries": 3,
        "cases": "",
        "note": "not shrunk: it did not fail so again when it was put 3 times",
    }


READS = """
cases:
- {name: first, request: {path: /hours}}
- {name: second, after: first, request: {path: /settings}}
- {name: third, after: second, request: {path: /price, query: {amount: 3, api_key: abcd-efgh}}}
- {name: other, request: {method: PUT, path: /settings, json: {token: abcd-efgh, a: 1}}}
- {name: price, after: other, request: {path: /price, query: {amount: 4}}}
"""


@pytest.mark.parametrize("output", ["text", "junit", "github", "html"])
def test_behind_urls_only_what_reads_is_shrunk(shop: Path, tmp_path: Path, output: str) -> None:
    (shop / "cases.yaml").write_text(READS)
    edit(shop, SETTINGS, AMOUNT, '"amount": -amount,')
    data = [{"DATABASE_URL": f"sqlite:///{tmp_path}/{side}.db"} for side in ("one", "other")]
    with (
        uvicorn("main:app", at=shop, environment=data[0]) as monolith,
        uvicorn("services.shop_service.main:app", at=shop, environment=data[1]) as service,
    ):
        ports = [f"http://127.0.0.1:{port}" for port in (monolith, service)]
        urls = ("--monolith", ports[0], "--service", f"shop={ports[1]}")
        done = splitter(*WORDS, output, *urls, at=shop, status=1)
    told = done.out.replace("%0A", "\n").replace("%25", "%")
    assert "1 of 3 requests fail so by themselves" in told
    assert "not shrunk: it writes, and data cannot be made anew" in told
    assert "path: &#34;/price&#34;" in told or 'path: "/price"' in told
    assert "abcd-efgh" not in done.out + done.err
