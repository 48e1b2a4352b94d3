"""What the shop is set to, and what follows from it."""

from fastapi import APIRouter, Request

from store import opened, put

router = APIRouter()


@router.put("/settings")
async def change(request: Request):
    for name, value in (await request.json()).items():
        put("settings", name=name, value=str(value))
    return {"changed": True}


@router.get("/settings")
def shown():
    return {row["name"]: row["value"] for row in opened().execute("SELECT * FROM settings")}


@router.get("/price")
def price(amount: int = 1, rounded: bool = False):
    told = {row["name"]: row["value"] for row in opened().execute("SELECT * FROM settings")}
    currency = told.get("currency", "EUR")
    return {"currency": currency, "amount": amount, "rounded": rounded}


@router.get("/hours")
def hours():
    return {"from": 9, "to": 17}
