import io
import zipfile
from unittest.mock import patch

import pytest


def test_list(ada):
    rows = ada.get("/api/reports").json()
    assert [row["slug"] for row in rows] == ["year-2024", "summer-2025-august", "september-2025"]
    assert len(ada.get("/api/reports", params={"kind": "annual"}).json()) == 1


def test_detail(ada):
    body = ada.get("/api/reports/1").json()
    assert body["row_count"] == 15
    assert body["created_at"] == "2025-01-01T09:00:00"
    assert body["net"] == pytest.approx(body["income"] + body["expenses"])


def test_others(bob):
    assert bob.get("/api/reports/1").status_code == 403
    assert bob.get("/api/reports/424242").status_code == 404
    assert bob.get("/api/reports/zero").status_code == 422


def test_latest_redirects(ada, login):
    answer = ada.get("/api/reports/latest", follow_redirects=False)
    assert answer.status_code == 307
    assert answer.headers["location"] == "http://testserver/api/reports/2"
    assert login("erin").get("/api/reports/latest").status_code == 404


def test_csv(ada):
    answer = ada.get("/api/reports/3/download.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "Weekend in the Alps" in answer.text
    assert answer.text.splitlines()[0] == "date,account,category,merchant,amount,note,tags"


def test_chart_and_its_etag(ada):
    answer = ada.get("/api/reports/2/chart.png")
    assert answer.content.startswith(b"\x89PNG")
    tag = answer.headers["etag"]
    with patch("domain.statements.bar_chart") as draw:
        assert ada.get("/api/reports/2/chart.png").content == answer.content
        draw.assert_not_called()
    again = ada.get("/api/reports/2/chart.png", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")


def test_bundle_is_always_the_same(ada):
    first = ada.get("/api/reports/1/bundle.zip").content
    assert first == ada.get("/api/reports/1/bundle.zip").content
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert archive.namelist() == ["chart.png", "manifest.json", "statement.csv", "summary.txt"]
        assert "15 transactions" in archive.read("summary.txt").decode()


def test_formulas_are_made_harmless(ada, newcomer, add):
    user = newcomer()
    add(user, note="=1+1")
    number = user.post("/api/reports", json={"kind": "monthly", "month": "2025-09"}).json()["id"]
    assert ",'=1+1," in user.get(f"/api/reports/{number}/download.csv").text


def test_net_worth_by_sql(ada):
    points = ada.get("/api/reports/net-worth", params={"months": 15}).json()
    assert points[0]["month"] == "2024-07"
    assert points[0]["cash"] == pytest.approx(20500 + points[0]["change"])
    accounts = ada.get("/api/accounts").json()
    in_euro = sum(row["balance"] for row in accounts if row["currency"] == "EUR")
    assert points[-1]["cash"] == pytest.approx(in_euro)


def test_tax_by_sql(ada):
    body = ada.get("/api/reports/tax/2024").json()
    assert [line["kind"] for line in body["lines"]][:2] == ["income", "income"]
    assert body["income"] == 4200 * 6 + 136.5
    assert ada.get("/api/reports/tax/1999").status_code == 422


def test_create_download_history_delete(newcomer, add):
    user = newcomer()
    nothing = user.post("/api/reports", json={"kind": "monthly", "month": "2025-09"})
    assert nothing.json()["error"]["code"] == "bad_request"
    add(user)
    created = user.post("/api/reports", json={"kind": "annual", "year": 2025, "title": "Mine!"})
    assert created.status_code == 201
    path = created.headers["location"]
    assert path == f"/api/reports/{created.json()['id']}"
    user.get(f"{path}/download.csv")
    user.get(f"{path}/bundle.zip")
    history = user.get("/api/reports/history").json()
    assert [(entry["action"], entry["subject"], entry["detail"]) for entry in history] == [
        ("report.create", "mine", ""),
        ("report.download", "mine", "csv"),
        ("report.download", "mine", "zip"),
    ]
    assert user.delete(path).status_code == 204
    assert user.get(path).status_code == 404


@pytest.mark.parametrize(
    "data", [{"kind": "monthly"}, {"kind": "annual", "month": "2025-09"}, {"kind": "weekly"}]
)
def test_the_period_must_fit(ada, data):
    assert ada.post("/api/reports", json=data).status_code == 422
