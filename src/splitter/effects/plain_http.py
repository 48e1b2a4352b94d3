"""One plain request at a time, to ask whether somebody answers, and who."""

from __future__ import annotations

from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException

_NOTHING: Mapping[str, str] = {}


def status_of(
    port: int, path: str, *, host: str = "127.0.0.1", method: str = "GET", timeout: float = 5
) -> int | None:
    """The status of an answer, `None` if there is none."""
    found = answer(port, path, host=host, method=method, timeout=timeout)
    return found[0] if found else None


def answer(
    port: int,
    path: str,
    *,
    host: str = "127.0.0.1",
    method: str = "GET",
    headers: Mapping[str, str] = _NOTHING,
    timeout: float = 5,
) -> tuple[int, Mapping[str, str], bytes] | None:
    """Status, headers by lower-case names, and body of an answer, `None` if there is none."""
    connection = HTTPConnection(host, port, timeout=timeout)
    try:
        connection.request(method, path, headers=dict(headers))
        heard = connection.getresponse()
        told = {name.lower(): value for name, value in heard.getheaders()}
        return heard.status, told, b"" if heard.status == 101 else heard.read()
    except (OSError, HTTPException):
        return None
    finally:
        connection.close()
