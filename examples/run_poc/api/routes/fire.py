"""Financial independence, retire early."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import select

from config import settings
from domain import fire as plans
from domain import valuation
from exceptions import ConflictError, NotFoundError, PermissionDenied, PremiumRequired
from models import FireProfile, FireScenario, User
from schemas.fire import (
    CalculationIn,
    CalculationOut,
    NumberOut,
    ProfileIn,
    ProfileOut,
    ProjectionStep,
    ScenarioIn,
    ScenarioOut,
)
from utils import age_in, clamp, percent, quantize_money, real_return

from ..deps import CurrentUser, Db, Id, Rates

router = APIRouter(tags=["fire"])

MIN_COAST_YEARS = 0


def profile_of(user: User) -> FireProfile:
    if user.fire_profile is None:
        raise NotFoundError("FIRE profile")
    return user.fire_profile


def profile_out(profile: FireProfile) -> dict:
    return {
        "birth_year": profile.birth_year,
        "age": age_in(profile.birth_year),
        "target_age": profile.target_age,
        "annual_expenses": profile.annual_expenses,
        "annual_savings": profile.annual_savings,
        "expected_return": profile.expected_return,
        "withdrawal_rate": profile.withdrawal_rate,
    }


def course_of(profile: FireProfile, net_worth: float, **changes: float) -> plans.Course:
    values = {
        "principal": net_worth,
        "savings": float(profile.annual_savings),
        "expenses": float(profile.annual_expenses),
        "annual_return": profile.expected_return,
        "withdrawal_rate": profile.withdrawal_rate,
    }
    return plans.Course(**(values | changes))


@router.get("/profile", response_model=ProfileOut)
def get_profile(user: CurrentUser):
    return profile_out(profile_of(user))


@router.put("/profile", response_model=ProfileOut)
def put_profile(data: ProfileIn, user: CurrentUser, db: Db, response: Response):
    if data.target_age <= age_in(data.birth_year):
        raise ConflictError("The target age is in the past", age=age_in(data.birth_year))
    profile = user.fire_profile
    if profile is None:
        profile = FireProfile(owner_id=user.id)
        db.add(profile)
        response.status_code = 201
    for field, value in data.model_dump().items():
        setattr(profile, field, value)
    db.commit()
    return profile_out(profile)


@router.get("/number", response_model=NumberOut)
def fire_number(user: CurrentUser, db: Db, rates: Rates):
    profile = profile_of(user)
    net_worth = valuation.net_worth(db, user, rates)
    course = course_of(profile, float(net_worth))
    years = max(MIN_COAST_YEARS, profile.target_age - age_in(profile.birth_year))
    return {
        "currency": user.currency,
        "target": plans.flavours(course)["regular"],
        "net_worth": net_worth,
        "progress": clamp(percent(net_worth, course.target), 0.0, 100.0),
        "years_left": plans.years_to_independence(course),
        "flavours": plans.flavours(course),
        "coast_target": plans.coast_target(course, years),
    }


@router.get("/projection", response_model=list[ProjectionStep])
def projection(
    user: CurrentUser,
    db: Db,
    rates: Rates,
    request: Request,
    years: Annotated[int, Query(ge=1, le=60)] = 10,
    extra: Annotated[float, Query(ge=0, le=100_000, description="saved per year on top")] = 0.0,
):
    profile = profile_of(user)
    if years > request.app.state.limits["free_projection_years"] and not user.is_premium:
        raise PremiumRequired("A projection this long")
    course = course_of(
        profile,
        float(valuation.net_worth(db, user, rates)),
        savings=float(profile.annual_savings) + extra,
    )
    return list(plans.path(course, years, age_in(profile.birth_year)))


@router.post("/calculate", response_model=CalculationOut)
def calculate(data: CalculationIn):
    """The calculator on the front page; needs no login."""
    rate = real_return(data.nominal_return, data.inflation)
    course = plans.Course(
        principal=float(data.current),
        savings=float(data.annual_savings),
        expenses=float(data.annual_expenses),
        annual_return=rate,
        withdrawal_rate=data.withdrawal_rate,
    )
    return {
        "target": plans.flavours(course)["regular"],
        "real_return": round(rate, 6),
        "years": plans.years_to_independence(course),
        "withdrawal_table": plans.withdrawal_table(course.expenses),
    }


# --- scenarios --------------------------------------------------------------------------------


def scenario_out(scenario: FireScenario, profile: FireProfile, net_worth: float) -> dict:
    course = course_of(
        profile,
        net_worth,
        savings=float(scenario.annual_savings),
        expenses=float(scenario.annual_expenses),
        annual_return=scenario.expected_return,
    )
    return {
        "id": scenario.id,
        "name": scenario.name,
        "annual_expenses": scenario.annual_expenses,
        "annual_savings": scenario.annual_savings,
        "expected_return": scenario.expected_return,
        "target": plans.flavours(course)["regular"],
        "years": plans.years_to_independence(course),
    }


@router.get("/scenarios", response_model=list[ScenarioOut])
def list_scenarios(user: CurrentUser, db: Db, rates: Rates):
    profile = profile_of(user)
    net_worth = float(valuation.net_worth(db, user, rates))
    query = (
        select(FireScenario).where(FireScenario.owner_id == user.id).order_by(FireScenario.name)
    )
    return [scenario_out(scenario, profile, net_worth) for scenario in db.scalars(query)]


@router.post("/scenarios", response_model=ScenarioOut, status_code=201)
def create_scenario(data: ScenarioIn, user: CurrentUser, db: Db, rates: Rates):
    profile = profile_of(user)
    names = [scenario.name.casefold() for scenario in user.scenarios]
    if data.name.casefold() in names:
        raise ConflictError("You have a scenario of that name", name=data.name)
    if len(names) >= settings.free_scenario_limit and not user.is_premium:
        raise PremiumRequired(f"More than {settings.free_scenario_limit} scenarios")
    scenario = FireScenario(
        owner_id=user.id,
        name=data.name,
        annual_expenses=quantize_money(data.annual_expenses),
        annual_savings=quantize_money(data.annual_savings),
        expected_return=data.expected_return,
    )
    db.add(scenario)
    db.commit()
    return scenario_out(scenario, profile, float(valuation.net_worth(db, user, rates)))


@router.delete("/scenarios/{scenario_id}", status_code=204)
def delete_scenario(scenario_id: Id, user: CurrentUser, db: Db) -> None:
    scenario = db.get(FireScenario, scenario_id)
    if scenario is None:
        raise NotFoundError("Scenario")
    if scenario.owner_id != user.id:
        raise PermissionDenied("This scenario belongs to somebody else")
    db.delete(scenario)
    db.commit()
