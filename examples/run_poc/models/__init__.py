"""The tables. Import models from here: `from models import Account, Transaction`."""

from .account import Account, AccountKind
from .asset import Asset, AssetKind, Valuation
from .audit import AuditEntry
from .base import Money, TimestampMixin
from .budget import Budget
from .category import Category, CategoryKind
from .dashboard import DashboardLayout
from .fire import FireProfile, FireScenario
from .rate import ExchangeRate
from .report import Report, ReportKind
from .transaction import Tag, Transaction, transaction_tags
from .user import Tier, User

__all__ = [
    "Account",
    "AccountKind",
    "Asset",
    "AssetKind",
    "AuditEntry",
    "Budget",
    "Category",
    "CategoryKind",
    "DashboardLayout",
    "ExchangeRate",
    "FireProfile",
    "FireScenario",
    "Money",
    "Report",
    "ReportKind",
    "Tag",
    "Tier",
    "TimestampMixin",
    "Transaction",
    "User",
    "Valuation",
    "transaction_tags",
]
