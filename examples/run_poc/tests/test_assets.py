import pytest


def test_accounts(ada):
    rows = ada.get("/api/accounts").json()
    assert [row["name"] for row in rows] == ["Everyday", "Savings", "Dollar account", "Old account"]
    assert rows[2]["formatted"].startswith("$")
    assert ada.get("/api/accounts/1").json() == rows[0]


def test_an_account_of_somebody_else(bob):
    assert bob.get("/api/accounts/1").status_code == 403
    assert bob.get("/api/accounts/9999").status_code == 404
    assert bob.get("/api/accounts/0").status_code == 422


def test_free_accounts_are_limited(newcomer):
    user = newcomer()
    assert user.post("/api/accounts", json={"name": "everyday"}).status_code == 409
    assert user.post("/api/accounts", json={"name": "Two", "kind": "savings"}).status_code == 201
    assert user.post("/api/accounts", json={"name": "Three"}).status_code == 201
    assert user.post("/api/accounts", json={"name": "Four"}).status_code == 403
    premium = newcomer(voucher="PREMIUM-2025")
    for name in ("Two", "Three", "Four"):
        assert premium.post("/api/accounts", json={"name": name}).status_code == 201


def test_unknown_currencies(newcomer):
    answer = newcomer().post("/api/accounts", json={"name": "Moon", "currency": "XXX"})
    assert answer.json()["error"]["code"] == "unsupported_currency"


def test_assets(ada):
    rows = {row["name"]: row for row in ada.get("/api/assets").json()}
    assert rows["World ETF"]["value"] == pytest.approx(13182.0)
    assert rows["World ETF"]["gain"] == 37.3
    detail = ada.get(f"/api/assets/{rows['Flat in Graz']['id']}").json()
    assert [row["unit_price"] for row in detail["valuations"]] == [205000.0, 211500.0]


def test_an_asset_without_valuation_is_worth_what_it_cost(bob):
    guitar = next(row for row in bob.get("/api/assets").json() if row["kind"] == "other")
    assert (guitar["value"], guitar["gain"]) == (1450.0, 0.0)


def test_life_of_an_asset(newcomer, ada):
    user = newcomer()
    data = {
        "name": "Gold",
        "kind": "other",
        "quantity": 2,
        "cost_basis": 3000,
        "acquired_on": "2025-01-02",
    }
    created = user.post("/api/assets", json=data)
    assert (created.status_code, created.json()["unit_price"]) == (201, 1500.0)
    assert user.post("/api/assets", json=data).status_code == 409
    path = f"/api/assets/{created.json()['id']}"
    assert ada.get(path).status_code == 403
    assert user.patch(path, json={"unit_price": 1800}).json()["gain"] == 20.0
    changed = user.patch(path, json={"unit_price": 1900, "quantity": 1}).json()
    assert changed["valuations"] == [{"valued_on": "2025-09-30", "unit_price": 1900.0}]
    assert user.delete(path).status_code == 204
    assert user.get(path).status_code == 404


def test_assets_of_the_future(newcomer):
    data = {"name": "Gold", "kind": "other", "cost_basis": 1, "acquired_on": "2025-10-01"}
    assert newcomer().post("/api/assets", json=data).status_code == 409


def test_allocation(ada, login):
    body = ada.get("/api/assets/allocation").json()
    assert body["slices"][0]["kind"] == "property"
    assert sum(row["share"] for row in body["slices"]) == pytest.approx(100, abs=0.3)
    assert login("erin").get("/api/assets/allocation").json()["total"] == 0.0


def test_convert_needs_no_login(client):
    params = {"amount": 100, "from": "USD", "to": "GBP"}
    body = client.get("/api/assets/convert", params=params).json()
    assert (body["result"], body["formatted"], body["rate"]) == (77.33, "£77.33", 0.773333)
    assert client.get("/api/assets/convert", params=params | {"to": "XXX"}).status_code == 400
    assert client.get("/api/assets/convert", params=params | {"to": "pounds"}).status_code == 422
