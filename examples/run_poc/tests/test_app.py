"""What the application puts around every route."""

import logging

import pytest
from sqlalchemy import func, select

from database import create_tables, engine
from middleware import RequestIdFilter
from models import Category, Transaction, User
from seed_data import DEMO_PASSWORD, prepare_database


def test_there_are_sixty_five_operations(client):
    paths = client.get("/openapi.json").json()["paths"]
    assert sum(len(methods) for methods in paths.values()) == 65
    assert all(path.startswith("/api/") for path in paths)


def test_every_answer_has_a_request_id(client):
    answer = client.get("/api/nowhere", headers={"X-Request-ID": "abc-1"})
    assert (answer.status_code, answer.headers["x-request-id"]) == (404, "abc-1")
    assert len(client.get("/api/nowhere").headers["x-request-id"]) == 32


def test_log_records_have_a_request_id():
    record = logging.LogRecord("x", logging.INFO, "x.py", 1, "message", (), None)
    assert RequestIdFilter().filter(record) is True
    assert record.request_id == "-"


def test_cors(client):
    origin = {"Origin": "http://localhost:3000"}
    answer = client.get("/api/auth/me", headers=origin)
    assert answer.headers["access-control-allow-origin"] == "http://localhost:3000"
    preflight = origin | {"Access-Control-Request-Method": "PUT"}
    assert client.options("/api/fire/profile", headers=preflight).status_code == 200
    stranger = {"Origin": "https://evil.example", "Access-Control-Request-Method": "PUT"}
    assert client.options("/api/fire/profile", headers=stranger).status_code == 400


def test_every_route_tells_the_version(client):
    answer = client.get("/api/assets/convert", params={"amount": 1, "from": "EUR", "to": "USD"})
    assert answer.headers["x-api-version"] == "1.4"
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(("version", "status"), [("2", 426), ("3", 200), ("0", 422), ("x", 422)])
def test_old_clients(client, version, status):
    data = {"annual_savings": 1, "annual_expenses": 1}
    headers = {"X-Client-Version": version}
    answer = client.post("/api/fire/calculate", json=data, headers=headers)
    assert answer.status_code == status
    assert answer.headers.get("upgrade") == ("run-poc/3" if status == 426 else None)


def test_pages(client):
    answer = client.get("/")
    assert answer.url.path == "/static/index.html"
    assert "app.js" in answer.text
    assert client.get("/static/app.js").status_code == 200


def test_seeding_is_done_once(running_app, db):
    before = db.scalar(select(func.count(Transaction.id)))
    assert prepare_database() is False
    assert db.scalar(select(func.count(Transaction.id))) == before


def test_tables_are_made_once(running_app):
    with engine.begin() as connection:
        create_tables(connection)


def test_relationships_by_name(db):
    ada = db.scalar(select(User).where(User.email == "ada@finance.example"))
    assert ada.accounts[0].transactions[0].category.slug
    assert ada.fire_profile.owner is ada
    assert [child.slug for child in db.get(Category, 7).children] == ["groceries", "restaurants"]
    assert ada.check_password(DEMO_PASSWORD)
