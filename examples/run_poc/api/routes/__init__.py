"""One module for each area of the product."""

from . import analytics, assets, auth, dashboard, fire, reports, transactions

__all__ = ["analytics", "assets", "auth", "dashboard", "fire", "reports", "transactions"]
