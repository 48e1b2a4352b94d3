"""A monolith of two route modules: ledger has what orders asks for, in the module `balance`."""

from __future__ import annotations

from pathlib import Path

from laying import lay

FILES = {
    "main.py": """
        from fastapi import FastAPI, Request
        from fastapi.responses import JSONResponse

        from api.routes import ledger, orders
        from errors import BankError

        app = FastAPI()
        app.include_router(ledger.router)
        app.include_router(orders.router)


        @app.exception_handler(BankError)
        async def refused(request: Request, error: BankError) -> JSONResponse:
            return JSONResponse({"refused": error.told()}, status_code=409)
        """,
    "errors.py": '''
        class BankError(Exception):
            """What the bank refuses."""

            def told(self) -> str:
                return "no"


        class Overdrawn(BankError):
            def __init__(self, account: str, *, missing: str) -> None:
                super().__init__(f"{account} lacks {missing}")
                self.missing = missing

            def told(self) -> str:
                return f"{self} ({self.missing})"
        ''',
    "money.py": """
        from datetime import date
        from decimal import Decimal
        from enum import Enum

        from pydantic import BaseModel


        class Side(Enum):
            credit = "credit"
            debit = "debit"


        class Entry(BaseModel):
            account: str
            amount: Decimal
            side: Side
            day: date | None = None
        """,
    "balance.py": '''
        """What everybody has."""
        from __future__ import annotations

        from datetime import date
        from decimal import Decimal

        from fastapi import HTTPException

        from errors import Overdrawn
        from money import Entry, Side

        balances: dict[str, Decimal] = {}
        entries: list[Entry] = []


        def book(account: str, amount: Decimal, *, side: Side = Side.debit,
                 day: date = None) -> Entry:
            """Book an amount: what is there changes."""
            left = balances.get(account, Decimal(0))
            left += amount if side is Side.credit else -amount
            if left < 0:
                raise Overdrawn(account, missing=str(-left))
            balances[account] = left
            entry = Entry(account=account, amount=amount, side=side, day=day)
            entries.append(entry)
            return entry


        async def history(account: str, *, at_most: float = 9) -> list[Entry]:
            if account not in balances:
                raise HTTPException(404, {"unknown": account}, {"x-account": account})
            return [e for e in entries if e.account == account and e.amount <= at_most]


        def lowest(*accounts: str) -> float | None:  # nobody's is None
            if not accounts:
                raise ValueError("of whom?")
            return min((balances[account] for account in accounts), default=None) and 7


        def fee(amount: Decimal) -> Decimal:
            return (amount / 50).quantize(Decimal("0.01"))
        ''',
    "api/__init__.py": "",
    "api/routes/__init__.py": "",
    "api/routes/ledger.py": """
        from decimal import Decimal

        from fastapi import APIRouter

        from balance import balances, book
        from money import Entry, Side

        router = APIRouter(prefix="/ledger")


        @router.get("/{account}")
        def left(account: str) -> dict[str, Decimal | None]:
            return {account: balances.get(account)}


        @router.post("/{account}")
        def pay_in(account: str, amount: Decimal) -> Entry:
            return book(account, amount, side=Side.credit)
        """,
    "api/routes/orders.py": """
        from datetime import date
        from decimal import Decimal

        from fastapi import APIRouter

        import balance
        from balance import book as take
        from balance import fee
        from money import Entry

        router = APIRouter(prefix="/orders")


        @router.post("/")
        def order(account: str, price: Decimal) -> Entry:
            return take(account, price + fee(price), day=date(2026, 5, 4))


        @router.get("/lowest")
        def lowest(accounts: str = "") -> dict[str, float | str | None]:
            try:
                return {"lowest": balance.lowest(*accounts.split())}
            except ValueError as error:
                return {"asked": str(error)}


        @router.get("/{account}")
        async def ordered(account: str, at_most: int = 9) -> list[Entry]:
            return await balance.history(account, at_most=at_most)
        """,
    "parity/cases.yaml": """
        cases:
          - {name: nobody, request: {path: /orders/ada}}
          - {name: of whom, request: {path: /orders/lowest}}
          - {name: unknown, request: {path: "/orders/lowest?accounts=zoe"}}
          - name: empty
            after: nobody
            request: {method: POST, path: "/orders/?account=ada&price=1"}
          - {name: pay, after: empty, request: {method: POST, path: "/ledger/ada?amount=20.50"}}
          - name: buy
            after: pay
            request: {method: POST, path: "/orders/?account=ada&price=7.00"}
          - {name: left, after: buy, request: {path: /ledger/ada}}
          - {name: least, after: left, request: {path: "/orders/lowest?accounts=ada"}}
          - {name: all, after: least, request: {path: "/orders/ada"}}
          - {name: some, after: all, request: {path: "/orders/ada?at_most=99"}}
          - name: much
            after: some
            request: {method: POST, path: "/orders/?account=ada&price=99"}
        """,
    "splitter.toml": """
        [monolith]
        app = "main:app"
        routes = "api.routes"

        [parity]
        cases = ["parity/cases.yaml"]

        [services.ledger]
        port = 8001
        routes = ["api.routes.ledger"]
        owns = ["balance"]
        """,
}


def treasury(folder: Path) -> Path:
    """The monolith in a folder, with only the ledger planned."""
    return lay(folder, FILES)
