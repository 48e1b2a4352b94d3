from __future__ import annotations

from dataclasses import replace

from charts import many, shop

from splitter.model.figures import Difference, Outlook
from splitter.reports.plan.text import lines


def test_the_whole_text() -> None:
    assert "\n".join(lines(Outlook(shop()))) == WHOLE.strip("\n")


def test_no_line_is_wider_than_80_columns() -> None:
    assert max(map(len, lines(Outlook(many(30))))) <= 80


def test_a_service_by_name_is_told_with_all_that_moves() -> None:
    text = "\n".join(lines(Outlook(shop()), ["orders"]))
    assert "orders, port 8001" in text
    assert "users, port 8001" not in text
    assert "api/routes/orders.py -> s/orders.py" in text
    assert "fastapi==1.0" in text
    assert "shared: 50 lines" not in text


def test_differences_come_last_with_what_they_are_against() -> None:
    found = (
        Difference("orders", "routes", 1, 1200),
        Difference("users", "routes", 3, None),
        Difference("carts", "routes", None, 1),
    )
    told = list(lines(Outlook(shop(), found, "the plan of old")))
    assert told[-4:] == [
        "against the plan of old:",
        "  orders: routes 1 -> 1,200",
        "  users is gone; it had 3 routes",
        "  carts is new, with 1 route",
    ]
    assert list(lines(Outlook(shop(), (), "it")))[-1] == "  no figure differs"


def test_a_long_list_is_cut_off_with_a_count() -> None:
    left = replace(shop(), left=shop().left * 20)
    assert "  and 8 more" in list(lines(Outlook(left)))


WHOLE = """
main:app: 2 services, 2 of 3 routes, 2,000 lines in 10 files

service         routes     own  shared  of all  writes  contested  reads  across
users                1     100      50     8 %       2          1      0       0
orders               1   1,234      50    64 %       2          1      1       1
own, shared: lines of code that are copied. contested: tables that another
service writes too. reads: tables of others. across: names of others' route
modules in use.

users, port 8001: 1 route of api.routes.users
  code      100 lines in 2 files are its own (9 definitions), 50 lines in 1 file
            shared; 30 of them are not reached from its routes: the application
            around them, and what is kept in doubt
            as whole files it would be 400 lines, with all that its route files
            import 500
  writes    log (orders too), users
  blocked   a.py:3: SPL030 imports by string

orders, port 8001: 1 route of api.routes.orders
  code      1,234 lines in 2 files are its own (9 definitions), 50 lines in 1
            file shared; 30 of them are not reached from its routes: the
            application around them, and what is kept in doubt
            as whole files it would be 400 lines, with all that its route files
            import 500
  left out  main.py:6, main.py:8
  writes    log (users too), orders
  reads     users of users
  tied to   users (by orders)
  across    api.routes.users:find, users's, at api/o.py:4
  spans     POST /orders writes log, orders (api/o.py:9)

shared: 50 lines in 1 file; the largest
     50  models.py, 2 names: 2 services need it: orders, users

shared by some and by nobody else; what shares much may belong together
     50 lines, 4 definitions: users, orders

no service takes 1 route
  GET /                                              main.py:12

for all together
  models.py:5: SPL016 table log is written by orders and users
"""
