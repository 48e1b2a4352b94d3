from unittest.mock import patch

from api.routes import dashboard


def test_overview(ada):
    body = ada.get("/api/dashboard").json()
    assert (body["greeting"], body["initials"], body["days_left"]) == ("Hello, Ada", "AL", 0)
    assert body["summary"] == ada.get("/api/analytics/summary").json()
    shares = ada.get("/api/analytics/spending", params={"limit": 3}).json()["categories"]
    assert body["top_categories"] == shares
    assert body["net_worth"] == ada.get("/api/fire/number").json()["net_worth"]


def test_overview_of_somebody_with_nothing(login):
    body = login("erin").get("/api/dashboard").json()
    assert (body["accounts"], body["net_worth"], body["fire_progress"]) == ([], 0.0, None)


def test_overview_uses_the_analytics(ada, monkeypatch):
    monkeypatch.setattr("api.routes.dashboard.category_shares", lambda *args: [])
    assert ada.get("/api/dashboard").json()["top_categories"] == []


def test_widgets(newcomer, ada):
    assert ada.get("/api/dashboard/widgets").json()["is_default"] is False
    user = newcomer()
    default = user.get("/api/dashboard/widgets").json()
    assert default == {"is_default": True, "widgets": dashboard.DEFAULT_WIDGETS}
    wanted = {"widgets": [{"name": "fire", "size": "wide", "options": {"a": [1, None]}}]}
    assert user.put("/api/dashboard/widgets", json=wanted).status_code == 200
    assert user.get("/api/dashboard/widgets").json() == {"is_default": False} | wanted


def test_widgets_are_checked(newcomer):
    user = newcomer()
    for widgets in ([], [{"name": "fire"}, {"name": "fire"}], [{"name": "weather"}]):
        assert user.put("/api/dashboard/widgets", json={"widgets": widgets}).status_code == 422


def test_alerts(ada, newcomer):
    codes = [alert["code"] for alert in ada.get("/api/dashboard/alerts").json()]
    assert codes == ["budget_tight", "budget_over"]
    codes = [alert["code"] for alert in newcomer().get("/api/dashboard/alerts").json()]
    assert codes == ["low_balance", "no_fire_profile"]


def test_health_score(ada):
    body = ada.get("/api/dashboard/health-score").json()
    assert body["parts"]["savings"] == 100
    assert body["grade"] == dashboard.grade_of(body["score"])


def test_grades():
    assert [dashboard.grade_of(points) for points in (100, 80, 79, 40, 0)] == list("AABCD")


def test_health_without_income(newcomer):
    user = newcomer()
    with patch("api.routes.dashboard.budgeting.envelopes", return_value=[]):
        assert user.get("/api/dashboard/health-score").json()["parts"]["budgets"] == 100
