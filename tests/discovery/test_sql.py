import ast

import pytest

from splitter.discovery.sql import Touch, is_sql, may_hold_sql, text_of, touches

STATEMENTS = {
    "SELECT a.x FROM accounts a JOIN users u ON u.id = a.of WHERE a.x = :x": "r accounts users",
    "SELECT count(*) FROM tx WHERE id = %s AND day > %(day)s": "r tx",
    "SELECT strftime('%Y-%m', day) AS month FROM tx WHERE at > '12:30' GROUP BY 1": "r tx",
    "SELECT x::text FROM p.q, LATERAL (SELECT 1) one WHERE y = ANY($1)": "r q",
    "WITH old AS (SELECT * FROM tx) INSERT INTO archive SELECT * FROM old": "w archive r tx",
    "INSERT OR REPLACE INTO kv (k, v) VALUES (?, ?)": "w kv",
    "INSERT INTO kv (k) VALUES ($1) ON CONFLICT (k) DO UPDATE SET v = EXCLUDED.v": "w kv",
    "REPLACE INTO kv VALUES (1)": "w kv",
    "UPDATE accounts SET x = o.x FROM owners o WHERE o.id = accounts.owner": "w accounts r owners",
    "DELETE FROM sessions WHERE user_id IN (SELECT id FROM users)": "w sessions r users",
    "MERGE INTO stock s USING sold ON s.id = sold.id WHEN MATCHED THEN DELETE": "w stock r sold",
    "TRUNCATE TABLE a, b": "w a b",
    "CREATE TABLE IF NOT EXISTS log (id INT)": "w log",
    "ALTER TABLE log ADD COLUMN at INT": "w log",
    "DROP TABLE IF EXISTS log": "w log",
    "-- the newest\nSELECT * FROM news; DELETE FROM news": "w news r news",
    "SELECT name FROM sqlite_master; SELECT * FROM information_schema.tables": "",
    "SELECT * FROM hole_in_sql JOIN tx ON tx.id = hole_in_sql.id": "r tx r …",
    "WITH x AS (SELECT 1 FROM a {bad} UPDATE b SET c = 1 FROM x": "w b r a",
}


@pytest.mark.parametrize(("statement", "expected"), STATEMENTS.items())
def test_what_statements_read_and_write(statement: str, expected: str) -> None:
    modes = {"r": "read", "w": "write"}
    mode = ""
    wanted = set()
    for word in expected.split():
        mode = modes.get(word, mode) if len(word) == 1 and word in modes else mode
        if word not in modes:
            wanted.add((word, mode))
    assert {(touch.table, touch.mode) for touch in touches(statement)} == wanted
    assert is_sql(statement)


def test_a_touch_tells_the_verb() -> None:
    found = touches("DELETE FROM a WHERE b IN (SELECT b FROM c)")
    assert found == (Touch("a", "write", "DELETE"), Touch("c", "read", "SELECT"))


@pytest.mark.parametrize(
    ("text", "plain", "executed"),
    [
        ("select id from users", False, True),
        ("Select an item from the list", False, True),
        ("SELECT an item", False, False),
        ("UPDATE: nothing to set", False, False),
        ("PRAGMA foreign_keys=ON", False, False),
        ("DELETE FROM users", True, True),
        ("The SELECT of FROM", False, False),
    ],
)
def test_what_counts_as_sql(text: str, plain: bool, executed: bool) -> None:
    assert (is_sql(text), is_sql(text, surely=True)) == (plain, executed)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("'SELECT 1'", "SELECT 1"),
        ("'SELECT ' 'a'", "SELECT a"),
        ("'SELECT ' + what", "SELECT hole_in_sql"),
        ("'SELECT ' + TABLE", "SELECT things"),
        ("f'SELECT {what} FROM {TABLE}'", "SELECT hole_in_sql FROM things"),
        ("'SELECT %s' % what", "SELECT %s"),
        ("'SELECT {} FROM {name}'.format(what)", "SELECT hole_in_sql FROM hole_in_sql"),
        ("what", None),
        ("1 + 2", None),
        ("b'SELECT'", None),
    ],
)
def test_texts_put_together(source: str, text: str | None) -> None:
    def value(node: ast.expr) -> str | None:
        return "things" if isinstance(node, ast.Name) and node.id == "TABLE" else None

    assert text_of(ast.parse(source, mode="eval").body, value) == text


@pytest.mark.parametrize(
    ("source", "may"),
    [
        (b"text('SELECT 1')", True),
        (b'Q = """\n    SELECT 1"""', True),
        (b"Q = '\\n select 1'\nexecute(Q)", True),
        (b"from sqlalchemy import select, update\nupdate(x)", False),
        (b"'''Selects things.'''", False),
    ],
)
def test_files_that_could_hold_sql(source: bytes, may: bool) -> None:
    assert may_hold_sql(source) is may
