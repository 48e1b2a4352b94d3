"""The personal finance API, and the web pages that use it.

    uvicorn main:app --port 8000
"""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import Depends, FastAPI, Request, Response
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from sqlalchemy.exc import IntegrityError

from api import API_PREFIX
from api.deps import api_version
from api.routes import analytics, assets, auth, dashboard, fire, reports, transactions
from auth import get_current_active_user
from config import settings
from database import SessionLocal, engine
from domain.valuation import load_rates
from exceptions import AppError, AuthenticationError, ClientTooOld, PremiumRequired
from middleware import RequestIdFilter, RequestIdMiddleware

BASE_DIR = Path(__file__).resolve().parent

logging.basicConfig(
    level=settings.log_level,
    format="%(asctime)s %(levelname)s [%(request_id)s] %(name)s: %(message)s",
)
for _handler in logging.getLogger().handlers:
    _handler.addFilter(RequestIdFilter())

logger = logging.getLogger("run_poc")


class ApiResponse(JSONResponse):
    """UTF-8 said out loud: an old partner's client took our JSON for Latin-1."""

    media_type = "application/json; charset=utf-8"


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    from seed_data import prepare_database

    if prepare_database(seed=settings.seed_on_start):
        logger.info("created the demo data")
    with SessionLocal() as db:
        app.state.rates = load_rates(db)
    app.state.limits = {
        "import_rows": settings.import_row_limit,
        "export_rows": 5_000,
        "free_projection_years": 30,
    }
    yield
    engine.dispose()


app = FastAPI(
    title=settings.app_name,
    version=settings.api_version,
    lifespan=lifespan,
    dependencies=[Depends(api_version)],
    default_response_class=ApiResponse,
)

app.add_middleware(
    CORSMiddleware,
    allow_origins=settings.cors_origin_list,
    allow_credentials=True,
    allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
    allow_headers=["Authorization", "Content-Type", "X-Client-Version"],
    expose_headers=["X-Total-Count", "X-Page-Count", "Link"],
)


@app.middleware("http")
async def security_headers(request: Request, call_next: Any) -> Response:
    response = await call_next(request)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    if request.url.path.startswith(API_PREFIX):
        response.headers.setdefault("Cache-Control", "no-cache")
    return response


app.add_middleware(RequestIdMiddleware)


# --- errors -----------------------------------------------------------------------------------


def error_response(
    status_code: int, code: str, message: str, details: Any = None, headers: Any = None
) -> ApiResponse:
    body = {"error": {"code": code, "message": message, "details": details or {}}}
    return ApiResponse(body, status_code=status_code, headers=headers)


@app.exception_handler(AppError)
async def on_app_error(request: Request, error: AppError) -> Response:
    return error_response(error.status_code, error.code, error.message, error.details)


@app.exception_handler(AuthenticationError)
async def on_authentication_error(request: Request, error: AuthenticationError) -> Response:
    headers = {"WWW-Authenticate": f'Bearer realm="{settings.app_name}"'}
    return error_response(error.status_code, error.code, error.message, error.details, headers)


@app.exception_handler(PremiumRequired)
async def on_premium_required(request: Request, error: PremiumRequired) -> Response:
    headers = {"X-Upgrade-URL": settings.upgrade_url, "X-Premium-Feature": error.feature}
    return error_response(error.status_code, error.code, error.message, error.details, headers)


@app.exception_handler(ClientTooOld)
async def on_client_too_old(request: Request, error: ClientTooOld) -> Response:
    headers = {"Upgrade": f"run-poc/{error.minimum}", "X-API-Version": settings.api_version}
    return error_response(error.status_code, error.code, error.message, error.details, headers)


@app.exception_handler(RequestValidationError)
async def on_validation_error(request: Request, error: RequestValidationError) -> Response:
    problems = [
        {"field": ".".join(str(part) for part in item["loc"]), "problem": item["msg"]}
        for item in error.errors()
    ]
    return error_response(
        422,
        "validation_failed",
        "Please check what you sent",
        jsonable_encoder({"problems": problems}),
        {"X-Error-Count": str(len(problems))},
    )


@app.exception_handler(IntegrityError)
async def on_integrity_error(request: Request, error: IntegrityError) -> Response:
    logger.warning("integrity error: %s", error.orig)
    return error_response(409, "conflict", "This contradicts what is stored already")


# --- routes -----------------------------------------------------------------------------------

app.include_router(auth.router, prefix="/api/auth", tags=["auth"])
app.include_router(transactions.router, prefix=API_PREFIX)
app.include_router(transactions.categories_router, prefix=API_PREFIX)
app.include_router(analytics.router)
app.include_router(fire.router, prefix=f"{API_PREFIX}/fire")
app.include_router(
    reports.router, prefix=API_PREFIX, dependencies=[Depends(get_current_active_user)]
)
app.include_router(assets.router, prefix=API_PREFIX)
app.include_router(dashboard.router, prefix=API_PREFIX)

app.mount("/static", StaticFiles(directory=BASE_DIR / "frontend", html=True), name="static")


@app.get("/", include_in_schema=False)
def index() -> RedirectResponse:
    return RedirectResponse("/static/index.html")


if __name__ == "__main__":
    import uvicorn

    uvicorn.run("main:app", host="127.0.0.1", port=8000)
