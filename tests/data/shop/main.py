"""A shop whose answers vary from run to run as those of real applications do."""

from fastapi import FastAPI

from routes import items, settings
from store import prepare

prepare()
app = FastAPI(title="Shop")
app.include_router(items.router)
app.include_router(settings.router)
