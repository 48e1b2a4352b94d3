from datetime import timedelta

import pytest
from sqlalchemy import select

import auth
from models import AuditEntry, User


def test_register_answers_without_the_password_hash(client):
    answer = client.post(
        "/api/auth/register",
        json={"email": " Zoe@Tests.Example", "password": "a-long-secret", "full_name": "Zoe"},
    )
    assert answer.status_code == 422

    answer = client.post(
        "/api/auth/register",
        json={"email": "Zoe@Tests.Example", "password": "a-long-secret", "full_name": " Zoe "},
    )
    assert answer.status_code == 201
    body = answer.json()
    assert body.pop("id") > 5
    assert body == {
        "email": "zoe@tests.example",
        "full_name": "Zoe",
        "tier": "free",
        "currency": "EUR",
        "is_admin": False,
        "is_active": True,
    }


def test_register_twice_is_a_conflict(client):
    data = {"email": "ada@finance.example", "password": "a-long-secret", "full_name": "Ada"}
    answer = client.post("/api/auth/register", json=data)
    assert answer.status_code == 409
    assert answer.json()["error"]["details"] == {"email": "a***@finance.example"}


def test_register_with_a_voucher(newcomer, client):
    assert newcomer(voucher="PREMIUM-2025").get("/api/auth/me").json()["tier"] == "premium"
    data = {"email": "x@tests.example", "password": "a-long-secret", "full_name": "X"}
    answer = client.post("/api/auth/register", json=data | {"voucher": "nope"})
    assert answer.status_code == 403


def test_register_writes_an_audit_entry_in_the_background(newcomer, db):
    user = newcomer()
    found = db.scalar(select(User).where(User.email == user.email))
    actions = db.scalars(select(AuditEntry.action).where(AuditEntry.user_id == found.id))
    assert list(actions) == ["auth.register"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("email", "nobody"), ("password", "short"), ("full_name", " "), ("currency", "euro")],
)
def test_register_checks_its_fields(client, field, value):
    data = {"email": "y@tests.example", "password": "a-long-secret", "full_name": "Y"}
    answer = client.post("/api/auth/register", json=data | {field: value})
    assert answer.status_code == 422
    assert answer.headers["x-error-count"] == "1"
    assert answer.json()["error"]["details"]["problems"][0]["field"] == f"body.{field}"


def test_token_by_form(client):
    answer = client.post(
        "/api/auth/token", data={"username": "ADA@finance.example", "password": "correct-horse"}
    )
    assert answer.status_code == 200
    assert answer.json().keys() == {"access_token", "token_type", "expires_in"}


def test_token_needs_a_form(client):
    assert client.post("/api/auth/token", json={"username": "ada"}).status_code == 422


def test_wrong_password_has_a_challenge(client):
    answer = client.post(
        "/api/auth/token", data={"username": "ada@finance.example", "password": "wrong"}
    )
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="Run POC Finance"'


def test_deactivated_people_stay_out(client):
    data = {"email": "dave@finance.example", "password": "correct-horse"}
    assert client.post("/api/auth/login", json=data).status_code == 403


def test_login_sets_cookies_that_log_in(client):
    data = {"email": "bob@finance.example", "password": "correct-horse", "remember": True}
    answer = client.post("/api/auth/login", json=data)
    session, refresh = answer.headers.get_list("set-cookie")
    assert "HttpOnly" in session
    assert "Max-Age=3600" in session
    assert "Path=/api/auth" in refresh
    assert answer.json()["user"]["email"] == "bob@finance.example"
    assert answer.headers["cache-control"] == "no-store"
    assert client.get("/api/auth/me").json()["full_name"] == "Bob Hopper"


def test_refresh_by_cookie_and_by_body(client):
    assert client.post("/api/auth/refresh").status_code == 401
    data = {"email": "bob@finance.example", "password": "correct-horse"}
    tokens = client.post("/api/auth/login", json=data).json()
    assert client.post("/api/auth/refresh").status_code == 200
    client.cookies.clear()
    body = {"refresh_token": tokens["refresh_token"]}
    assert client.post("/api/auth/refresh", json=body).status_code == 200
    body = {"refresh_token": tokens["access_token"]}
    assert client.post("/api/auth/refresh", json=body).status_code == 401


def test_logout_drops_the_cookies(client):
    data = {"email": "bob@finance.example", "password": "correct-horse"}
    client.post("/api/auth/login", json=data)
    answer = client.post("/api/auth/logout")
    assert answer.status_code == 204
    assert client.get("/api/auth/me").status_code == 401


def test_an_expired_token(client, db):
    user = db.get(User, 1)
    token = auth.create_token(user, "access", timedelta(seconds=-1))
    answer = client.get("/api/auth/me", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401
    assert answer.json()["error"]["message"] == "The token has expired"


def test_a_forged_token(client):
    answer = client.get("/api/auth/me", headers={"Authorization": "Bearer a.b.c"})
    assert answer.json()["error"]["message"] == "The token is not valid"


def test_update_me(newcomer):
    user = newcomer()
    answer = user.patch("/api/auth/me", json={"full_name": "Renamed", "currency": "CHF"})
    assert answer.json()["full_name"] == "Renamed"
    assert user.get("/api/auth/me").json()["currency"] == "CHF"


def test_changing_the_password_ends_all_tokens(newcomer, login):
    user = newcomer()
    wrong = {"current_password": "not-this-one", "new_password": "another-secret"}
    assert user.post("/api/auth/change-password", json=wrong).status_code == 403
    same = {"current_password": "a-long-secret", "new_password": "a-long-secret"}
    assert user.post("/api/auth/change-password", json=same).status_code == 422
    good = {"current_password": "a-long-secret", "new_password": "another-secret"}
    assert user.post("/api/auth/change-password", json=good).status_code == 204
    assert user.get("/api/auth/me").status_code == 401
    again = login(user.email, "another-secret")
    actions = [entry["action"] for entry in again.get("/api/auth/activity").json()]
    assert actions == ["auth.register", "auth.password"]


def test_users_are_for_administrators(ada, carol):
    assert ada.get("/api/auth/users").status_code == 403
    answer = carol.get("/api/auth/users", params={"q": "finance.example", "page_size": 2})
    assert [user["email"][0] for user in answer.json()] == ["a", "b"]
    assert answer.headers["x-total-count"] == "5"
    assert 'page=2&page_size=2>; rel="next"' in answer.headers["link"]


def test_deactivate(newcomer, carol, client):
    user = newcomer()
    number = user.get("/api/auth/me").json()["id"]
    assert carol.post(f"/api/auth/users/{number}/deactivate").json()["is_active"] is False
    assert carol.post(f"/api/auth/users/{number}/deactivate").status_code == 409
    assert user.get("/api/auth/me").status_code == 403
    assert carol.post("/api/auth/users/3/deactivate").status_code == 409
    assert carol.post("/api/auth/users/999999/deactivate").status_code == 404
