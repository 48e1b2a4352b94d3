"""What goes over the wire."""

from .analytics import BudgetIn, BudgetOut, Cashflow, CategoryShare, MonthSummary
from .assets import AccountIn, AccountOut, AssetIn, AssetOut, AssetPatch
from .auth import LoginIn, PasswordChange, RegisterIn, TokenOut, UserOut, UserPatch
from .common import Message, MoneyOut
from .dashboard import LayoutIn, LayoutOut
from .fire import CalculationIn, ProfileIn, ProfileOut, ScenarioIn, ScenarioOut
from .reports import ReportIn, ReportOut
from .transactions import (
    CategoryIn,
    CategoryOut,
    TransactionIn,
    TransactionOut,
    TransactionPatch,
    TransferIn,
)

__all__ = [
    "AccountIn",
    "AccountOut",
    "AssetIn",
    "AssetOut",
    "AssetPatch",
    "BudgetIn",
    "BudgetOut",
    "CalculationIn",
    "Cashflow",
    "CategoryIn",
    "CategoryOut",
    "CategoryShare",
    "LayoutIn",
    "LayoutOut",
    "LoginIn",
    "Message",
    "MoneyOut",
    "MonthSummary",
    "PasswordChange",
    "ProfileIn",
    "ProfileOut",
    "RegisterIn",
    "ReportIn",
    "ReportOut",
    "ScenarioIn",
    "ScenarioOut",
    "TokenOut",
    "TransactionIn",
    "TransactionOut",
    "TransactionPatch",
    "TransferIn",
    "UserOut",
    "UserPatch",
]
