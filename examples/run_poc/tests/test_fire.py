import pytest

from cache import cache
from domain.fire import Course, path

COURSE = Course(100_000.0, 20_000.0, 30_000.0, 0.05, 0.04)


def test_calculator_needs_no_login(client):
    data = {"annual_savings": 12000, "annual_expenses": 24000, "current": 5000}
    body = client.post("/api/fire/calculate", json=data).json()
    assert body["target"] == 600000.0
    assert body["years"] == 26
    assert [row["rate"] for row in body["withdrawal_table"]] == [3.0, 3.5, 4.0, 4.5, 5.0]


def test_calculator_may_never_arrive(client):
    data = {"annual_savings": 0, "annual_expenses": 24000}
    assert client.post("/api/fire/calculate", json=data).json()["years"] is None


def test_calculator_checks(client):
    answer = client.post("/api/fire/calculate", json={"annual_expenses": -1, "what": 1})
    assert answer.headers["x-error-count"] == "3"


def test_profile(ada, login):
    assert ada.get("/api/fire/profile").json()["age"] == 35
    assert login("erin").get("/api/fire/profile").status_code == 404


def test_put_profile(newcomer):
    user = newcomer()
    data = {"birth_year": 1990, "annual_expenses": 24000, "annual_savings": 12000}
    assert user.put("/api/fire/profile", json=data).status_code == 201
    assert user.put("/api/fire/profile", json=data | {"target_age": 50}).json()["target_age"] == 50
    assert user.put("/api/fire/profile", json=data | {"target_age": 20}).status_code == 409


def test_number(ada):
    body = ada.get("/api/fire/number").json()
    assert body["target"] == 650000.0
    assert body["flavours"] == {"lean": 455000.0, "regular": 650000.0, "fat": 975000.0}
    assert 0 < body["progress"] < 100


def test_projection(ada, bob):
    steps = ada.get("/api/fire/projection", params={"years": 40}).json()
    assert len(steps) == 41
    assert steps[-1]["independent"] is True
    assert len(bob.get("/api/fire/projection").json()) == 11
    assert bob.get("/api/fire/projection", params={"years": 31}).status_code == 403
    assert bob.get("/api/fire/projection", params={"years": 61}).status_code == 422


def test_saving_more_helps(bob):
    plain = bob.get("/api/fire/projection").json()[-1]["value"]
    more = bob.get("/api/fire/projection", params={"extra": 1000}).json()[-1]["value"]
    assert more > plain


def test_the_path_is_remembered():
    cache.clear()
    assert path(COURSE, 10, 40) is path(COURSE, 10, 40)
    assert (cache.hits, cache.misses) == (1, 1)


def test_scenarios(ada):
    rows = ada.get("/api/fire/scenarios").json()
    assert [row["name"] for row in rows] == ["Lean years", "Part time"]
    assert rows[0]["years"] < rows[1]["years"]


def test_scenarios_of_a_newcomer(newcomer, bob):
    user = newcomer()
    data = {"name": "Sail", "annual_expenses": 15000, "annual_savings": 9000}
    assert user.post("/api/fire/scenarios", json=data).status_code == 404
    profile = {"birth_year": 1990, "annual_expenses": 24000, "annual_savings": 12000}
    user.put("/api/fire/profile", json=profile)
    created = user.post("/api/fire/scenarios", json=data)
    assert created.status_code == 201
    assert user.post("/api/fire/scenarios", json=data).status_code == 409
    assert user.post("/api/fire/scenarios", json=data | {"name": "Two"}).status_code == 201
    answer = user.post("/api/fire/scenarios", json=data | {"name": "Three"})
    assert answer.headers["x-premium-feature"] == "More than 2 scenarios"
    number = created.json()["id"]
    assert bob.delete(f"/api/fire/scenarios/{number}").status_code == 403
    assert user.delete(f"/api/fire/scenarios/{number}").status_code == 204
    assert user.delete(f"/api/fire/scenarios/{number}").status_code == 404


@pytest.mark.parametrize("years", ["0", "x"])
def test_years_are_checked(ada, years):
    assert ada.get("/api/fire/projection", params={"years": years}).status_code == 422
