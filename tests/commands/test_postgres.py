"""The same on PostgreSQL: each side works on a fork of the database, and no fork is left."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from servers import uvicorn
from terminal import Traces, splitter

from postgres_cluster import Cluster, cluster, missing

pytestmark = [pytest.mark.postgres, pytest.mark.xdist_group("postgres")]


@pytest.fixture(scope="module")
def server() -> Iterator[Cluster]:
    if reason := missing():
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    with cluster() as found:
        yield found


def test_split_and_parity_check_on_a_database_with_data(
    server: Cluster, project: Path, left: Traces
) -> None:
    _query(server, "postgres", "CREATE DATABASE finance")
    url = {"DATABASE_URL": server.url("finance")}
    with uvicorn("main:app", at=project, environment=url):
        pass
    before = _state(server)
    environment = left.environment | url
    words = ("split", "transaction", "--port", "8002")
    done = splitter(*words, at=project, environment=environment)
    assert done.lines[-1] == "8 cases: 8 matched"
    assert _state(server) == before
    done = splitter("parity-check", at=project, environment=environment)
    assert done.lines[-1] == "8 cases: 8 matched"
    assert _state(server) == before
    done = splitter("parity-check", "--workers", "2", at=project, environment=environment)
    assert done.lines[-1] == "8 cases: 8 matched"
    assert _state(server) == before
    assert before["transactions"] > 300
    assert (left.processes(), left.files()) == ([], [])


def test_a_server_that_is_not_there_is_told(with_services: Path, left: Traces) -> None:
    url = {"DATABASE_URL": "postgresql://postgres:secret@127.0.0.1:9/finance"}
    environment = left.environment | url
    done = splitter("parity-check", at=with_services, environment=environment, status=3)
    assert any(line.startswith("error: ") for line in done.err.splitlines())
    assert "127.0.0.1" in done.err
    assert "secret" not in done.err + done.out
    assert (left.processes(), left.files()) == ([], [])


def _state(server: Cluster) -> dict[str, int]:
    """The databases there are, and how many rows each table of the monolith's has."""
    names = _query(server, "postgres", "SELECT datname FROM pg_database WHERE NOT datistemplate")
    found = {str(name): -1 for (name,) in names}
    tables = _query(
        server, "finance", "SELECT relname FROM pg_stat_user_tables WHERE schemaname = 'public'"
    )
    for (table,) in tables:
        ((count,),) = _query(server, "finance", f'SELECT count(*) FROM "{table}"')
        found[str(table)] = int(str(count))
    return found


def _query(server: Cluster, database: str, query: str) -> list[tuple[object, ...]]:
    import psycopg

    with psycopg.connect(server.url(database), autocommit=True) as connection:
        cursor = connection.execute(query.encode())
        return cursor.fetchall() if cursor.description else []
