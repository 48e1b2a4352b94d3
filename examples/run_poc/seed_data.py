"""The demo household: the same rows on every machine, no randomness, no clock."""

import hashlib
import logging
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from auth import hash_password
from database import create_tables, exclusive_connection
from models import (
    Account,
    Asset,
    Budget,
    Category,
    DashboardLayout,
    ExchangeRate,
    FireProfile,
    FireScenario,
    Report,
    Tag,
    Transaction,
    User,
    Valuation,
)
from utils import add_months, month_bounds, month_key, slugify, year_bounds

logger = logging.getLogger("run_poc.seed")

DEMO_PASSWORD = "correct-horse"
SEEDED_AT = datetime(2025, 1, 1, 9, 0, 0)
FIRST_MONTH = date(2024, 7, 1)
MONTHS = 15
RATES = {"USD": 1.0875, "GBP": 0.8410, "CHF": 0.9385, "JPY": 161.35}

CATEGORIES = (
    ("Salary", "income", None),
    ("Interest", "income", None),
    ("Side projects", "income", None),
    ("Housing", "expense", None),
    ("Rent", "expense", "Housing"),
    ("Utilities", "expense", "Housing"),
    ("Food", "expense", None),
    ("Groceries", "expense", "Food"),
    ("Restaurants", "expense", "Food"),
    ("Transport", "expense", None),
    ("Health", "expense", None),
    ("Travel", "expense", None),
    ("Subscriptions", "expense", None),
    ("Transfer", "transfer", None),
)

# email, name, tier, currency, is_admin, is_active
PEOPLE = (
    ("ada@finance.example", "Ada Lovelace", "premium", "EUR", False, True),
    ("bob@finance.example", "Bob Hopper", "free", "EUR", False, True),
    ("carol@finance.example", "Carol Shaw", "free", "EUR", True, True),
    ("dave@finance.example", "Dave Null", "free", "EUR", False, False),
    ("erin@finance.example", "Erin Empty", "free", "USD", False, True),
)

# owner, name, kind, currency, opening balance, is_closed
ACCOUNTS = (
    ("ada", "Everyday", "checking", "EUR", "2500.00", False),
    ("ada", "Savings", "savings", "EUR", "18000.00", False),
    ("ada", "Dollar account", "checking", "USD", "1200.00", False),
    ("ada", "Old account", "checking", "EUR", "0.00", True),
    ("bob", "Everyday", "checking", "EUR", "640.00", False),
    ("bob", "Credit card", "credit", "EUR", "0.00", False),
    ("carol", "Everyday", "checking", "EUR", "5200.00", False),
)

# owner, account, day, category, merchant, amount, how much it moves from month to month, tags
MONTHLY = (
    ("ada", "Everyday", 1, "rent", "Northside Homes", "-1150.00", "0", ("home",)),
    ("ada", "Everyday", 3, "groceries", "Green Market", "-82.35", "7.15", ()),
    ("ada", "Everyday", 5, "subscriptions", "Streamly", "-12.99", "0", ("fun",)),
    ("ada", "Everyday", 8, "transport", "City Transit", "-49.00", "0", ("commute",)),
    ("ada", "Everyday", 10, "groceries", "Green Market", "-64.20", "5.35", ()),
    ("ada", "Everyday", 12, "restaurants", "Trattoria Nino", "-38.50", "9.25", ("fun", "friends")),
    ("ada", "Everyday", 15, "utilities", "Stadtwerke", "-96.40", "11.05", ("home",)),
    ("ada", "Everyday", 17, "groceries", "Corner Shop", "-23.15", "3.65", ()),
    ("ada", "Everyday", 20, "health", "Pharmacy Lind", "-17.80", "6.10", ()),
    ("ada", "Everyday", 22, "restaurants", "Café Blau", "-14.60", "2.20", ("fun",)),
    ("ada", "Everyday", 24, "groceries", "Green Market", "-91.75", "8.45", ()),
    ("ada", "Everyday", 25, "salary", "Analytical Engines Ltd", "4200.00", "0", ()),
    ("ada", "Dollar account", 14, "side-projects", "Babbage & Co", "310.00", "45.00", ("work",)),
    ("ada", "Dollar account", 19, "subscriptions", "Cloudbox", "-9.99", "0", ("work",)),
    ("ada", "Savings", 28, "interest", "Savings Bank", "22.50", "0.75", ()),
    ("bob", "Everyday", 2, "rent", "Hillside Flats", "-780.00", "0", ()),
    ("bob", "Everyday", 6, "groceries", "Discounter", "-71.40", "12.30", ()),
    ("bob", "Everyday", 13, "groceries", "Discounter", "-68.95", "9.70", ()),
    ("bob", "Everyday", 21, "transport", "Fuel Stop", "-55.00", "4.50", ()),
    ("bob", "Everyday", 26, "salary", "Compiler Works", "2150.00", "0", ()),
    ("bob", "Credit card", 9, "restaurants", "Burger Barn", "-42.30", "13.90", ("friends",)),
    ("bob", "Credit card", 18, "subscriptions", "Gamepass", "-14.99", "0", ()),
    ("carol", "Everyday", 4, "groceries", "Green Market", "-55.10", "4.40", ()),
    ("carol", "Everyday", 27, "salary", "Console Games Inc", "3900.00", "0", ()),
)

# owner, account, date, category, merchant, amount, note
ONCE = (
    ("ada", "Everyday", "2024-08-09", "travel", "Alpine Rail", "-214.00", "Weekend in the Alps"),
    ("ada", "Everyday", "2024-12-18", "travel", "Sky Air", "-389.90", "Home for the holidays"),
    ("ada", "Everyday", "2025-05-02", "travel", "Hotel Adria", "-640.00", "=SUM of three nights"),
    ("ada", "Everyday", "2025-06-11", "health", "Dr. Winter", "-120.00", 'Check-up, "the works"'),
    ("ada", "Everyday", "2025-09-06", "restaurants", "Chez Émile", "-156.40", "Birthday dinner"),
    ("bob", "Credit card", "2025-07-19", "travel", "Ferry Line", "-188.00", "Islands"),
    ("bob", "Everyday", "2025-09-11", "health", "Dental Care", "-240.00", "Crown"),
)

BUDGETS = (
    ("ada", "groceries", "300.00"),
    ("ada", "restaurants", "120.00"),
    ("ada", "travel", "250.00"),
    ("ada", "utilities", "110.00"),
    ("bob", "groceries", "180.00"),
    ("bob", "restaurants", "80.00"),
)

# owner, name, kind, currency, quantity, cost, acquired, valuations
ASSETS = (
    ("ada", "World ETF", "equity", "EUR", 120.0, "9600.00", "2022-03-14",
     (("2024-12-31", "104.20"), ("2025-06-30", "109.85"))),
    ("ada", "Treasury bonds", "bond", "USD", 40.0, "3900.00", "2023-05-02",
     (("2025-06-30", "98.40"),)),
    ("ada", "Flat in Graz", "property", "EUR", 1.0, "185000.00", "2019-10-01",
     (("2023-12-31", "205000.00"), ("2024-12-31", "211500.00"))),
    ("ada", "Bitcoin", "crypto", "USD", 0.15, "4200.00", "2021-11-20",
     (("2025-08-31", "61250.00"),)),
    ("bob", "Vintage guitar", "other", "EUR", 1.0, "1450.00", "2020-02-29", ()),
    ("bob", "Tech fund", "equity", "USD", 25.0, "2100.00", "2024-01-15",
     (("2025-03-31", "91.10"),)),
)  # fmt: skip

# owner, birth year, target age, expenses, savings, return, withdrawal rate
PROFILES = (
    ("ada", 1990, 55, "26000.00", "21000.00", 0.05, 0.04),
    ("bob", 1985, 65, "18500.00", "4200.00", 0.04, 0.035),
)

SCENARIOS = (
    ("ada", "Lean years", "20000.00", "24000.00", 0.05),
    ("ada", "Part time", "26000.00", "9000.00", 0.045),
    ("bob", "House first", "21000.00", "1500.00", 0.03),
)

REPORTS = (
    ("ada", "Summer 2025, August", "monthly", "2025-08"),
    ("ada", "September 2025", "monthly", "2025-09"),
    ("ada", "Year 2024", "annual", "2024"),
    ("bob", "My September", "monthly", "2025-09"),
)

WIDGETS = [
    {"name": "net_worth", "size": "wide", "options": {"months": 12}},
    {"name": "fire", "size": "small", "options": {}},
    {"name": "summary", "size": "small", "options": {"compare": True}},
]


def salt_for(email: str) -> str:
    return hashlib.sha256(email.encode()).hexdigest()[:16]


def stamp() -> dict[str, datetime]:
    return {"created_at": SEEDED_AT, "updated_at": SEEDED_AT}


class Seeder:
    """Adds rows in a fixed order, so that ids are the same everywhere."""

    def __init__(self, db: Session) -> None:
        self.db = db
        self.users: dict[str, User] = {}
        self.categories: dict[str, Category] = {}
        self.accounts: dict[tuple[str, str], Account] = {}
        self.tags: dict[tuple[str, str], Tag] = {}

    def run(self) -> None:
        steps = (
            self.add_rates,
            self.add_categories,
            self.add_people,
            self.add_accounts,
            self.add_transactions,
            self.add_budgets,
            self.add_assets,
            self.add_plans,
            self.add_reports,
        )
        for step in steps:
            step()
            self.db.flush()

    def add_rates(self) -> None:
        for currency, per_euro in RATES.items():
            self.db.add(
                ExchangeRate(currency=currency, per_euro=per_euro, as_of=date(2025, 9, 30))
            )

    def add_categories(self) -> None:
        for name, kind, parent in CATEGORIES:
            category = Category(name=name, slug=slugify(name), kind=kind)
            if parent:
                category.parent = self.categories[slugify(parent)]
            self.categories[category.slug] = category
            self.db.add(category)
            self.db.flush()

    def add_people(self) -> None:
        for email, name, tier, currency, is_admin, is_active in PEOPLE:
            self.users[email.split("@")[0]] = User(
                email=email,
                full_name=name,
                password_hash=hash_password(DEMO_PASSWORD, salt_for(email)),
                tier=tier,
                currency=currency,
                is_admin=is_admin,
                is_active=is_active,
                **stamp(),
            )
        self.db.add_all(self.users.values())

    def add_accounts(self) -> None:
        for owner, name, kind, currency, opening, is_closed in ACCOUNTS:
            self.accounts[owner, name] = Account(
                owner_id=self.users[owner].id,
                name=name,
                kind=kind,
                currency=currency,
                opening_balance=Decimal(opening),
                is_closed=is_closed,
                **stamp(),
            )
        self.db.add_all(self.accounts.values())

    def tag(self, owner: str, name: str) -> Tag:
        if (owner, name) not in self.tags:
            self.tags[owner, name] = Tag(owner_id=self.users[owner].id, name=name)
            self.db.add(self.tags[owner, name])
            self.db.flush()
        return self.tags[owner, name]

    def add_transactions(self) -> None:
        rows = []
        for number in range(MONTHS):
            month = add_months(FIRST_MONTH, number)
            for owner, account, day, slug, merchant, amount, step, tags in MONTHLY:
                wobble = Decimal(step) * ((number * 7 + day * 3) % 5 - 2)
                rows.append(
                    Transaction(
                        account_id=self.accounts[owner, account].id,
                        category_id=self.categories[slug].id,
                        posted_on=month.replace(day=day),
                        amount=Decimal(amount) + wobble,
                        merchant=merchant,
                        reference=f"{owner}-{month_key(month)}-{slug}-{day:02}",
                        tags=[self.tag(owner, tag) for tag in tags],
                        **stamp(),
                    )
                )
        for owner, account, day, slug, merchant, amount, note in ONCE:
            rows.append(
                Transaction(
                    account_id=self.accounts[owner, account].id,
                    category_id=self.categories[slug].id,
                    posted_on=date.fromisoformat(day),
                    amount=Decimal(amount),
                    merchant=merchant,
                    note=note,
                    **stamp(),
                )
            )
        self.db.add_all(rows)

    def add_budgets(self) -> None:
        for owner, slug, limit in BUDGETS:
            self.db.add(
                Budget(
                    owner_id=self.users[owner].id,
                    category_id=self.categories[slug].id,
                    monthly_limit=Decimal(limit),
                    **stamp(),
                )
            )

    def add_assets(self) -> None:
        for owner, name, kind, currency, quantity, cost, acquired, valuations in ASSETS:
            asset = Asset(
                owner_id=self.users[owner].id,
                name=name,
                kind=kind,
                currency=currency,
                quantity=quantity,
                cost_basis=Decimal(cost),
                acquired_on=date.fromisoformat(acquired),
                **stamp(),
            )
            asset.valuations = [
                Valuation(valued_on=date.fromisoformat(day), unit_price=Decimal(price))
                for day, price in valuations
            ]
            self.db.add(asset)

    def add_plans(self) -> None:
        for owner, born, target, expenses, savings, rate, withdrawal in PROFILES:
            self.db.add(
                FireProfile(
                    owner_id=self.users[owner].id,
                    birth_year=born,
                    target_age=target,
                    annual_expenses=Decimal(expenses),
                    annual_savings=Decimal(savings),
                    expected_return=rate,
                    withdrawal_rate=withdrawal,
                    **stamp(),
                )
            )
        for owner, name, expenses, savings, rate in SCENARIOS:
            self.db.add(
                FireScenario(
                    owner_id=self.users[owner].id,
                    name=name,
                    annual_expenses=Decimal(expenses),
                    annual_savings=Decimal(savings),
                    expected_return=rate,
                    **stamp(),
                )
            )
        self.db.add(DashboardLayout(owner_id=self.users["ada"].id, widgets=WIDGETS, **stamp()))

    def add_reports(self) -> None:
        for owner, title, kind, period in REPORTS:
            first, last = month_bounds(period) if kind == "monthly" else year_bounds(int(period))
            accounts = [acc.id for key, acc in self.accounts.items() if key[0] == owner]
            rows = self.db.scalar(
                select(func.count(Transaction.id)).where(
                    Transaction.account_id.in_(accounts),
                    Transaction.posted_on.between(first, last),
                )
            )
            self.db.add(
                Report(
                    owner_id=self.users[owner].id,
                    title=title,
                    slug=slugify(title),
                    kind=kind,
                    period_start=first,
                    period_end=last,
                    row_count=rows,
                    **stamp(),
                )
            )
            self.db.flush()


def prepare_database(seed: bool = True) -> bool:
    """Makes what is missing of the tables, and fills an empty database. True if it filled it."""
    with exclusive_connection() as connection:
        create_tables(connection)
        with Session(bind=connection, autoflush=False) as db:
            if not seed or db.scalar(select(func.count(User.id))):
                return False
            logger.info("seeding the demo data")
            Seeder(db).run()
            db.commit()
            return True


if __name__ == "__main__":
    print("seeded" if prepare_database() else "there is data already")
