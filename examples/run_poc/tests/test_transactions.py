import pytest
from sqlalchemy import select

from models import AuditEntry, Transaction

CSV_HEADER = "date,amount,merchant,category,note\n"


def upload(user, text, **params):
    return user.post(
        "/api/transactions/import",
        params=params,
        data={"account_id": str(user.account_id)},
        files={"file": ("statement.csv", text.encode(), "text/csv")},
    )


def test_list_is_paged(ada):
    answer = ada.get("/api/transactions", params={"page_size": 5})
    assert answer.status_code == 200
    assert len(answer.json()) == 5
    assert int(answer.headers["x-total-count"]) > 200
    assert 'rel="next"' in answer.headers["link"]
    assert 'rel="prev"' not in answer.headers["link"]
    first = answer.json()[0]
    assert first["posted_on"] == "2025-09-28"
    assert first["formatted"].startswith("€")


def test_a_page_past_the_end_is_empty(ada):
    answer = ada.get("/api/transactions", params={"page": 999})
    assert answer.json() == []


@pytest.mark.parametrize(
    ("params", "check"),
    [
        ({"category": "rent"}, lambda item: item["category"] == "rent"),
        ({"month": "2025-02"}, lambda item: item["posted_on"].startswith("2025-02")),
        ({"tag": "friends"}, lambda item: "friends" in item["tags"]),
        ({"q": "nino"}, lambda item: item["merchant"] == "Trattoria Nino"),
        ({"min": "0"}, lambda item: item["amount"] > 0),
        ({"max": "-1000"}, lambda item: item["amount"] <= -1000),
        ({"account_id": "2"}, lambda item: item["account"] == "Savings"),
    ],
)
def test_filters(ada, params, check):
    items = ada.get("/api/transactions", params=params | {"page_size": 100}).json()
    assert items
    assert all(check(item) for item in items)


def test_sorting(ada):
    items = ada.get("/api/transactions", params={"sort": "largest", "page_size": 3}).json()
    assert [item["amount"] for item in items] == [4200.0, 4200.0, 4200.0]
    assert ada.get("/api/transactions", params={"sort": "random"}).status_code == 422


def test_min_above_max(ada):
    answer = ada.get("/api/transactions", params={"min": 5, "max": 1})
    assert (answer.status_code, answer.json()) == (400, {"detail": "min is greater than max"})


def test_create_and_read(newcomer, add):
    user = newcomer()
    answer = add(user, tags=["Fun", "fun", "Old Town"], note="Bread")
    assert answer.status_code == 201
    body = answer.json()
    assert body["tags"] == ["fun", "old-town"]
    assert body["amount"] == -20.0
    assert answer.headers["location"] == f"/api/transactions/{body['id']}"
    assert user.get(answer.headers["location"]).json()["note"] == "Bread"


def test_create_in_an_account_of_somebody_else(newcomer, add):
    assert add(newcomer(), account_id=1).status_code == 403
    assert add(newcomer(), account_id=999_999).status_code == 404


def test_create_in_a_closed_account(ada):
    data = {
        "account_id": 4,
        "category": "rent",
        "posted_on": "2025-09-01",
        "amount": -1,
        "merchant": "M",
    }
    assert ada.post("/api/transactions", json=data).json()["error"]["code"] == "conflict"


def test_references_are_unique(newcomer, add):
    user = newcomer()
    assert add(user, reference="A-1").status_code == 201
    assert add(user, reference="A-1").status_code == 409


def test_zero_is_refused(newcomer, add):
    answer = add(newcomer(), amount=0)
    assert answer.status_code == 422
    assert "zero" in answer.json()["error"]["details"]["problems"][0]["problem"]


def test_a_budget_warns(newcomer, add):
    user = newcomer()
    user.put("/api/analytics/budgets/groceries", json={"monthly_limit": 30})
    assert add(user).json()["warning"] is None
    assert add(user).json()["warning"] == "Groceries is €10.00 over its monthly budget"


def test_update(newcomer, add):
    user = newcomer()
    number = add(user).json()["id"]
    data = {"category": "restaurants", "amount": "-7.5", "tags": ["x"]}
    answer = user.put(f"/api/transactions/{number}", json=data)
    assert answer.json()["category"] == "restaurants"
    assert answer.json()["formatted"] == "-€7.50"
    assert user.put(f"/api/transactions/{number}", json={"category": "nope"}).status_code == 404


def test_delete(newcomer, add, db):
    user = newcomer()
    number = add(user, merchant="Gone Soon").json()["id"]
    assert user.delete(f"/api/transactions/{number}").status_code == 204
    assert user.get(f"/api/transactions/{number}").status_code == 404
    assert db.get(Transaction, number) is None
    actions = db.scalars(select(AuditEntry.action).where(AuditEntry.subject == "Gone Soon"))
    assert sorted(actions) == ["transaction.create", "transaction.delete"]


def test_others_cannot_see_it(ada, bob):
    number = ada.get("/api/transactions", params={"page_size": 1}).json()[0]["id"]
    assert bob.get(f"/api/transactions/{number}").status_code == 403


def test_export(ada):
    answer = ada.get("/api/transactions/export.csv", params={"month": "2025-05"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    disposition = answer.headers["content-disposition"]
    assert disposition == 'attachment; filename="transactions-2025-09-30.csv"'
    lines = answer.text.split("\r\n")
    assert lines[0].startswith("id,date,account")
    assert len(lines) - 2 == int(answer.headers["x-row-count"])


def test_import(newcomer):
    user = newcomer()
    rows = ["2025-09-01,-12.50,Kiosk,groceries,", '2025-09-02,"1,000.00",Job,Salary,Bonus']
    text = CSV_HEADER + "\n".join(rows)
    assert upload(user, text, dry_run=True).json() == {
        "created": 2,
        "skipped": 0,
        "total": 987.5,
        "dry_run": True,
    }
    assert upload(user, text).json()["created"] == 2
    assert upload(user, text).json() == {"created": 0, "skipped": 2, "total": 0.0, "dry_run": False}
    assert user.get("/api/accounts").json()[0]["balance"] == 987.5


def test_import_tells_what_is_wrong(newcomer):
    text = CSV_HEADER + "2025-09-01,1,Kiosk,nope,\n2025-13-01,1,Kiosk,rent,\n2025-09-01,x,K,rent,\n"
    answer = upload(newcomer(), text)
    assert answer.status_code == 400
    assert [row["row"] for row in answer.json()["error"]["details"]["rows"]] == [2, 3, 4]
    missing = upload(newcomer(), "date,amount\n2025-09-01,1\n").json()
    assert missing["error"]["details"]["rows"][0]["error"] == "missing columns: merchant, category"


def test_import_has_a_limit(newcomer, running_app, monkeypatch):
    monkeypatch.setitem(running_app.state.limits, "import_rows", 1)
    text = CSV_HEADER + "2025-09-01,1,Kiosk,rent,\n" * 2
    assert upload(newcomer(), text).status_code == 400


def test_transfer(newcomer):
    user = newcomer()
    data = {"name": "Dollars", "currency": "USD", "opening_balance": 108.75}
    dollars = user.post("/api/accounts", json=data).json()["id"]
    order = {"source_id": dollars, "target_id": user.account_id, "amount": 100}
    answer = user.post("/api/transactions/transfer", json=order)
    assert answer.status_code == 201
    assert (answer.json()["out"]["amount"], answer.json()["back"]["amount"]) == (-100.0, 91.95)
    assert answer.json()["group"].startswith("2025-09-30-dollars-everyday-")
    answer = user.post("/api/transactions/transfer", json=order)
    assert answer.status_code == 409
    assert answer.json()["error"]["details"] == {"available": 8.75, "requested": 100.0}
    same = order | {"target_id": dollars}
    assert user.post("/api/transactions/transfer", json=same).status_code == 409


def test_the_amount_of_a_transfer_stays(newcomer):
    user = newcomer()
    data = {"name": "Reserve", "opening_balance": 50}
    reserve = user.post("/api/accounts", json=data).json()["id"]
    order = {"source_id": reserve, "target_id": user.account_id, "amount": 5}
    number = user.post("/api/transactions/transfer", json=order).json()["out"]["id"]
    assert user.put(f"/api/transactions/{number}", json={"amount": 3}).status_code == 409
    assert user.put(f"/api/transactions/{number}", json={"note": "ok"}).status_code == 200


def test_categories(ada):
    items = ada.get("/api/categories", params={"kind": "income"}).json()
    assert [item["slug"] for item in items] == ["interest", "salary", "side-projects"]
    rent = next(item for item in ada.get("/api/categories").json() if item["slug"] == "rent")
    assert rent["path"] == "Housing / Rent"


def test_own_categories(newcomer, add):
    user = newcomer()
    answer = user.post("/api/categories", json={"name": "Pet food", "parent": "food"})
    assert answer.status_code == 201
    assert answer.json()["path"] == "Food / Pet food"
    assert user.post("/api/categories", json={"name": "pet FOOD"}).status_code == 409
    add(user, category="pet-food")
    assert user.delete("/api/categories/pet-food").status_code == 409
    assert user.delete("/api/categories/rent").status_code == 403
    user.post("/api/categories", json={"name": "Hobby"})
    assert user.delete("/api/categories/hobby").status_code == 204
    assert user.delete("/api/categories/hobby").status_code == 404
