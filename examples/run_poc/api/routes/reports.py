"""Reports, their files, and two tables straight from SQL.

The router has a prefix of its own, and main.py puts the API's before it.
"""

from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Header, Path, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Date, bindparam, select, text
from sqlalchemy.orm import Session

from api.deps import CurrentUser, Db, Id
from cache import TTLCache
from domain import audit, ledger
from exceptions import AppError, NotFoundError, PermissionDenied
from models import Report, ReportKind, Transaction, User
from schemas import ReportIn, ReportOut
from schemas.reports import HistoryEntry, NetWorthPoint, ReportDetail, TaxReport
from utils import (
    CENT,
    CSV_MEDIA_TYPE,
    ZERO,
    attachment,
    each_day,
    etag_for,
    last_months,
    month_bounds,
    month_start,
    quantize_money,
    slugify,
    total_of,
    year_bounds,
)

router = APIRouter(prefix="/reports", tags=["reports"])

# Charts by what they show: the same numbers always make the same picture.
charts = TTLCache(max_entries=64)

PNG_MEDIA_TYPE = "image/png"
ZIP_MEDIA_TYPE = "application/zip"

MONTHLY_CHANGES = text(
    """
    SELECT substr(CAST(t.posted_on AS VARCHAR(10)), 1, 7) AS month, SUM(t.amount) AS cents
    FROM transactions AS t
    JOIN accounts AS a ON a.id = t.account_id
    WHERE a.owner_id = :owner AND a.currency = :currency AND t.posted_on >= :first
    GROUP BY substr(CAST(t.posted_on AS VARCHAR(10)), 1, 7)
    ORDER BY month
    """
).bindparams(bindparam("first", type_=Date))

CASH_BEFORE = text(
    """
    SELECT COALESCE(SUM(a.opening_balance), 0) + COALESCE((
        SELECT SUM(t.amount)
        FROM transactions AS t
        JOIN accounts AS b ON b.id = t.account_id
        WHERE b.owner_id = :owner AND b.currency = :currency AND t.posted_on < :first
    ), 0) AS cents
    FROM accounts AS a
    WHERE a.owner_id = :owner AND a.currency = :currency
    """
).bindparams(bindparam("first", type_=Date))

TAX_LINES = """
    SELECT c.slug AS category, c.kind AS kind, COUNT(*) AS transactions, SUM(t.amount) AS cents
    FROM transactions AS t
    JOIN accounts AS a ON a.id = t.account_id
    JOIN categories AS c ON c.id = t.category_id
    WHERE a.owner_id = :owner
      AND a.currency = :currency
      AND t.posted_on BETWEEN :first AND :last
      AND c.kind <> 'transfer'
    GROUP BY c.slug, c.kind
    ORDER BY c.kind DESC, c.slug
"""


def from_cents(cents: object) -> Decimal:
    return quantize_money(Decimal(str(cents or 0)) * CENT)


def owned_report(db: Session, user: User, report_id: int) -> Report:
    report = db.get(Report, report_id)
    if report is None:
        raise NotFoundError("Report")
    if report.owner_id != user.id:
        raise PermissionDenied("This report belongs to somebody else")
    return report


def rows_of(db: Session, user: User, report: Report) -> list[Transaction]:
    query = ledger.transactions_of(user).where(
        Transaction.posted_on.between(report.period_start, report.period_end)
    )
    return ledger.page_of(db, query, "oldest", 0, 10_000)


@router.get("", response_model=list[ReportOut])
def list_reports(user: CurrentUser, db: Db, kind: ReportKind | None = None):
    query = select(Report).where(Report.owner_id == user.id)
    if kind is not None:
        query = query.where(Report.kind == kind)
    return list(db.scalars(query.order_by(Report.period_start, Report.id)))


@router.post("", response_model=ReportOut, status_code=201)
def create_report(
    data: ReportIn,
    user: CurrentUser,
    db: Db,
    request: Request,
    response: Response,
    background: BackgroundTasks,
):
    monthly = data.kind is ReportKind.MONTHLY
    first, last = month_bounds(data.month) if monthly else year_bounds(data.year)
    title = data.title or (f"Report for {first:%B %Y}" if monthly else f"Year {first.year}")
    report = Report(
        owner_id=user.id,
        title=title,
        slug=slugify(title),
        kind=data.kind,
        period_start=first,
        period_end=last,
    )
    report.row_count = len(rows_of(db, user, report))
    if not report.row_count:
        raise AppError("There is nothing to report for this period", period=str(first))
    db.add(report)
    db.commit()
    response.headers["Location"] = request.url_for("get_report", report_id=report.id).path
    background.add_task(audit.record, user.id, "report.create", report.slug)
    return report


@router.get("/latest", response_class=RedirectResponse, status_code=307)
def latest_report(user: CurrentUser, db: Db, request: Request):
    query = (
        select(Report.id)
        .where(Report.owner_id == user.id)
        .order_by(Report.period_end.desc(), Report.id.desc())
    )
    report_id = db.scalars(query).first()
    if report_id is None:
        raise NotFoundError("Report")
    return str(request.url_for("get_report", report_id=report_id))


@router.get("/net-worth", response_model=list[NetWorthPoint])
def net_worth_history(
    user: CurrentUser, db: Db, months: Annotated[int, Query(ge=1, le=36)] = 12
):
    """Cash in the user's own currency at the end of each month."""
    window = last_months(months)
    values = {"owner": user.id, "currency": user.currency, "first": month_start(window[0])}
    cash = from_cents(db.execute(CASH_BEFORE, values).scalar_one())
    changes = {row.month: from_cents(row.cents) for row in db.execute(MONTHLY_CHANGES, values)}
    points = []
    for month in window:
        cash += changes.get(month, ZERO)
        points.append({"month": month, "change": changes.get(month, ZERO), "cash": cash})
    return points


@router.get("/tax/{year}", response_model=TaxReport)
def tax_report(user: CurrentUser, db: Db, year: Annotated[int, Path(ge=2000, le=2100)]):
    first, last = year_bounds(year)
    values = {"owner": user.id, "currency": user.currency, "first": first, "last": last}
    statement = text(TAX_LINES).bindparams(
        bindparam("first", type_=Date), bindparam("last", type_=Date)
    )
    lines = [
        {
            "category": row["category"],
            "kind": row["kind"],
            "transactions": row["transactions"],
            "total": from_cents(row["cents"]),
        }
        for row in db.execute(statement, values).mappings()
    ]
    return {
        "year": year,
        "currency": user.currency,
        "income": total_of(line["total"] for line in lines if line["kind"] == "income"),
        "expenses": total_of(line["total"] for line in lines if line["kind"] == "expense"),
        "lines": lines,
    }


@router.get("/history", response_model=list[HistoryEntry])
def history(user: CurrentUser, db: Db, limit: Annotated[int, Query(ge=1, le=50)] = 20):
    """Which reports were made and downloaded."""
    return audit.trail(db, user, "report.", limit)


@router.get("/{report_id}", response_model=ReportDetail)
def get_report(report_id: Id, user: CurrentUser, db: Db):
    report = owned_report(db, user, report_id)
    rows = rows_of(db, user, report)
    income = total_of(item.amount for item in rows if item.amount > 0)
    expenses = total_of(item.amount for item in rows if item.amount < 0)
    return ReportOut.model_validate(report).model_dump() | {
        "created_at": report.created_at,
        "currency": user.currency,
        "income": income,
        "expenses": expenses,
        "net": income + expenses,
    }


@router.delete("/{report_id}", status_code=204)
def delete_report(report_id: Id, user: CurrentUser, db: Db) -> None:
    db.delete(owned_report(db, user, report_id))
    db.commit()


@router.get("/{report_id}/download.csv")
def download_csv(report_id: Id, user: CurrentUser, db: Db, background: BackgroundTasks):
    from domain.statements import statement_csv

    report = owned_report(db, user, report_id)
    background.add_task(audit.record, user.id, "report.download", report.slug, "csv")
    return Response(
        statement_csv(rows_of(db, user, report)),
        media_type=CSV_MEDIA_TYPE,
        headers=attachment(f"{report.slug}.csv"),
        background=background,
    )


@router.get("/{report_id}/chart.png")
def chart(
    report_id: Id,
    user: CurrentUser,
    db: Db,
    if_none_match: Annotated[str | None, Header()] = None,
):
    from domain.statements import bar_chart, daily_totals

    report = owned_report(db, user, report_id)
    days = list(each_day(report.period_start, report.period_end))
    values = tuple(daily_totals(rows_of(db, user, report), days))
    headers = {"ETag": etag_for(values), "Cache-Control": "private, max-age=60"}
    if if_none_match == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    picture = charts.get(values)
    if picture is None:
        picture = bar_chart(values)
        charts.set(values, picture)
    return Response(picture, media_type=PNG_MEDIA_TYPE, headers=headers)


@router.get("/{report_id}/bundle.zip")
def bundle(report_id: Id, user: CurrentUser, db: Db, background: BackgroundTasks):
    """Everything about a report in one file."""
    from domain import statements

    report = owned_report(db, user, report_id)
    rows = rows_of(db, user, report)
    days = list(each_day(report.period_start, report.period_end))
    archive = statements.bundle(
        {
            "statement.csv": statements.statement_csv(rows),
            "summary.txt": statements.summary_text(report, rows, user.currency),
            "chart.png": statements.bar_chart(statements.daily_totals(rows, days)),
            "manifest.json": statements.manifest(report),
        }
    )
    background.add_task(audit.record, user.id, "report.download", report.slug, "zip")
    return Response(
        archive,
        media_type=ZIP_MEDIA_TYPE,
        headers=attachment(f"{report.slug}.zip") | {"ETag": etag_for(archive)},
        background=background,
    )
