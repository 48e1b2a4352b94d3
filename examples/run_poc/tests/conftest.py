"""Every run of the tests has a database of its own, in a temporary folder."""

import os
import tempfile

_folder = tempfile.TemporaryDirectory(prefix="run-poc-tests-")
os.environ["DATABASE_URL"] = f"sqlite:///{_folder.name}/test.db"
os.environ["SECRET_KEY"] = "only-for-the-tests-0123456789-abcdef-0123"
os.environ["PASSWORD_ITERATIONS"] = "1000"
os.environ["AS_OF_DATE"] = "2025-09-30"
os.environ["LOG_LEVEL"] = "WARNING"

from itertools import count  # noqa: E402

import pytest  # noqa: E402
from fastapi.testclient import TestClient  # noqa: E402

from database import SessionLocal, engine  # noqa: E402
from main import app  # noqa: E402
from seed_data import DEMO_PASSWORD  # noqa: E402

_numbers = count(1)


@pytest.fixture(scope="session")
def running_app():
    with TestClient(app):
        yield app
    engine.dispose()
    _folder.cleanup()


@pytest.fixture
def client(running_app):
    """Nobody is logged in."""
    return TestClient(running_app)


@pytest.fixture
def db(running_app):
    with SessionLocal() as session:
        yield session


@pytest.fixture
def login(running_app):
    """A client of its own for the user of that name, with a bearer token."""

    def log_in(name: str, password: str = DEMO_PASSWORD) -> TestClient:
        email = name if "@" in name else f"{name}@finance.example"
        client = TestClient(running_app)
        answer = client.post("/api/auth/token", data={"username": email, "password": password})
        assert answer.status_code == 200, answer.text
        client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        return client

    return log_in


@pytest.fixture
def ada(login):
    return login("ada")


@pytest.fixture
def bob(login):
    return login("bob")


@pytest.fixture
def carol(login):
    return login("carol")


@pytest.fixture
def newcomer(client, login):
    """Somebody who registered a moment ago, with one empty account."""

    def register(**fields) -> TestClient:
        email = f"new{next(_numbers)}@tests.example"
        data = {"email": email, "password": "a-long-secret", "full_name": "New Comer"} | fields
        answer = client.post("/api/auth/register", json=data)
        assert answer.status_code == 201, answer.text
        user = login(data["email"], data["password"])
        user.email = data["email"]
        user.account_id = user.get("/api/accounts").json()[0]["id"]
        return user

    return register


@pytest.fixture
def add(newcomer):
    """Adds a transaction for a newcomer."""

    def add_transaction(user: TestClient, **fields):
        data = {
            "account_id": user.account_id,
            "category": "groceries",
            "posted_on": "2025-09-15",
            "amount": "-20.00",
            "merchant": "Corner Shop",
        } | fields
        return user.post("/api/transactions", json=data)

    return add_transaction
