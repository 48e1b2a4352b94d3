"""While the monolith is imported: no network but the loopback, no exit unseen, no bytecode left."""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
from collections.abc import Callable
from importlib.machinery import SourceFileLoader

from .places import Project


def refuse_network() -> list[str]:
    """Refuse all but local connections from now on; what was refused is added to the list."""
    refused: list[str] = []
    for name in ("connect", "connect_ex"):
        setattr(socket.socket, name, _local_only(getattr(socket.socket, name), refused))
    socket.socket.sendto = _local_sendto(socket.socket.sendto, refused)  # type: ignore[method-assign]
    for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex"):
        setattr(socket, name, _local_names(getattr(socket, name), refused))
    return refused


def report_exit(project: Project, report: Callable[[str], None]) -> Callable[..., None]:
    """Have `os._exit` and `os.abort` say where they were called; gives the real `os._exit`."""
    leave = os._exit

    def said(name: str) -> Callable[..., None]:
        def exits(status: int = 134) -> None:
            where = project.frame(sys._getframe(1))
            report("{}: it calls os.{}({})".format(where or "a library", name, status))
            leave(status)

        return exits

    own = os.getpid()
    os._exit = _only_in(own, said("_exit"), leave)  # type: ignore[assignment]
    os.abort = _only_in(own, said("abort"), os.abort)  # type: ignore[assignment]
    return leave


def keep_tree_clean(project: Project) -> None:
    """Write no bytecode beside the project's own files."""
    write = getattr(SourceFileLoader, "_cache_bytecode", None)
    if write is None:
        sys.dont_write_bytecode = True
        return

    def cache(self: SourceFileLoader, source: str, cached: str, data: bytes) -> object:
        return None if project.relative(source) else write(self, source, cached, data)

    SourceFileLoader._cache_bytecode = cache  # type: ignore[attr-defined]


def _only_in(
    process: int, here: Callable[..., None], elsewhere: Callable[..., None]
) -> Callable[..., None]:
    def call(*args: int) -> None:
        (here if os.getpid() == process else elsewhere)(*args)

    return call


def _local_only(connect: Callable[..., object], refused: list[str]) -> Callable[..., object]:
    def guarded(self: socket.socket, address: object) -> object:
        _check(address, refused)
        return connect(self, address)

    return guarded


def _local_sendto(sendto: Callable[..., int], refused: list[str]) -> Callable[..., int]:
    def guarded(self: socket.socket, *args: object) -> int:
        _check(args[-1], refused)
        return sendto(self, *args)

    return guarded


def _local_names(resolve: Callable[..., object], refused: list[str]) -> Callable[..., object]:
    def guarded(host: object, *args: object, **kwargs: object) -> object:
        if not _is_local(host) and not _is_numeric(host):
            where = ":".join(_text(part) for part in (host, *args[:1]))
            refused.append(where)
            raise socket.gaierror(socket.EAI_FAIL, f"splitter gives no network: {where}")
        return resolve(host, *args, **kwargs)

    return guarded


def _check(address: object, refused: list[str]) -> None:
    if isinstance(address, tuple) and not _is_local(address[0]):
        where = ":".join(_text(part) for part in address[:2])
        refused.append(where)
        raise ConnectionRefusedError(111, f"splitter gives no network: {where}")


def _is_local(host: object) -> bool:
    text = _text(host)
    if text in ("", "None", "localhost", "0.0.0.0", "::", socket.gethostname()):
        return True
    if _is_numeric(host):
        return ipaddress.ip_address(text.partition("%")[0]).is_loopback
    return text.endswith(".localhost")


def _is_numeric(host: object) -> bool:
    try:
        ipaddress.ip_address(_text(host).partition("%")[0])
    except ValueError:
        return False
    return True


def _text(value: object) -> str:
    return value.decode("ascii", "replace") if isinstance(value, bytes) else str(value)
