import pytest

from utils import last_months


def test_everything_needs_a_login(client):
    for path in ("summary", "cashflow", "spending", "merchants", "savings-rate", "budgets"):
        assert client.get(f"/api/analytics/{path}").status_code == 401


def test_summary(ada):
    body = ada.get("/api/analytics/summary", params={"month": "2025-08"}).json()
    assert body["currency"] == "EUR"
    assert body["net"] == pytest.approx(body["income"] - body["expenses"])
    assert body["transactions"] == 15


def test_summary_defaults_to_the_current_month(ada):
    assert ada.get("/api/analytics/summary").json()["month"] == "2025-09"


def test_month_is_checked(ada):
    assert ada.get("/api/analytics/summary", params={"month": "2025-13"}).status_code == 422


def test_cashflow(ada):
    body = ada.get("/api/analytics/cashflow", params={"months": 3}).json()
    assert [row["month"] for row in body["months"]] == ["2025-07", "2025-08", "2025-09"]
    total = sum(row["net"] for row in body["months"])
    assert body["average_net"] == pytest.approx(total / 3, abs=0.01)


def test_nothing_is_nothing(login):
    body = login("erin").get("/api/analytics/cashflow").json()
    assert body["average_net"] == 0.0
    assert {row["savings_rate"] for row in body["months"]} == {0.0}


def test_spending(ada):
    body = ada.get("/api/analytics/spending", params={"limit": 2}).json()
    assert body["categories"][0]["name"] == "Housing / Rent"
    assert len(body["categories"]) == 2
    assert body["total"] > sum(row["amount"] for row in body["categories"])


def test_merchants(bob):
    rows = bob.get("/api/analytics/merchants", params={"months": 1, "limit": 3}).json()
    assert rows[0]["merchant"] == "Hillside Flats"
    assert rows == sorted(rows, key=lambda row: -row["total"])


def test_savings_rate(ada, login):
    body = ada.get("/api/analytics/savings-rate", params={"months": 6}).json()
    assert body["months"] == 6
    assert body["best_month"] in last_months(6)
    empty = login("erin").get("/api/analytics/savings-rate").json()
    assert empty == {"months": 0, "rate": 0.0, "best_month": None, "worst_month": None}


def test_forecast_is_premium(ada, bob):
    steps = ada.get("/api/analytics/forecast", params={"months": 2}).json()
    assert [step["month"] for step in steps] == ["2025-10", "2025-11"]
    assert steps[0]["low"] < steps[0]["balance"] < steps[0]["high"]
    answer = bob.get("/api/analytics/forecast")
    assert answer.status_code == 403
    assert answer.headers["x-upgrade-url"].startswith("https://")


def test_budgets(ada):
    rows = ada.get("/api/analytics/budgets").json()
    assert [row["category"] for row in rows] == ["groceries", "restaurants", "travel", "utilities"]
    assert {row["state"] for row in rows} == {"fine", "over", "tight"}


def test_set_and_drop_a_budget(newcomer):
    user = newcomer()
    path = "/api/analytics/budgets/travel"
    assert user.put(path, json={"monthly_limit": "250"}).status_code == 201
    answer = user.put(path, json={"monthly_limit": "300.50"})
    assert (answer.status_code, answer.json()["limit"]) == (200, 300.5)
    assert user.delete(path).status_code == 204
    assert user.delete(path).status_code == 404


@pytest.mark.parametrize(("slug", "status"), [("salary", 403), ("nope", 404)])
def test_budgets_are_for_expenses(newcomer, slug, status):
    answer = newcomer().put(f"/api/analytics/budgets/{slug}", json={"monthly_limit": 1})
    assert answer.status_code == status


def test_rates_matter(newcomer, add, running_app, monkeypatch):
    user = newcomer(currency="USD")
    user.patch("/api/auth/me", json={"currency": "EUR"})
    add(user, amount="-10.00")
    monkeypatch.setitem(running_app.state.rates, "USD", 2.0)
    assert user.get("/api/analytics/summary").json()["expenses"] == 5.0
