"""While the monolith is imported: no network but the loopback, no exit unseen, no bytecode left.

What goes through Python's own sockets is guarded. Libraries that connect in C of their own, and
processes that the monolith starts, are not.
"""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
from collections.abc import Callable
from importlib.machinery import SourceFileLoader

from .places import Project

_ADDRESSED = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_NAMED = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"})


def refuse_network(project: Project) -> dict[str, str]:
    """Refuse all but local connections from now on; gives what was refused → who asked for it.

    The methods are replaced, because a name would be looked up before an audit hook hears of it;
    the hook sees what goes past them.
    """
    refused = _Refused(project)
    sys.addaudithook(_auditor(refused))
    for name in ("connect", "connect_ex"):
        setattr(socket.socket, name, _local_only(getattr(socket.socket, name), refused))
    socket.socket.sendto = _local_sendto(socket.socket.sendto, refused)  # type: ignore[method-assign]
    for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex"):
        setattr(socket, name, _local_names(getattr(socket, name), refused))
    return refused.asked


def note_written(project: Project) -> dict[str, str]:
    """From now on, each file of the project that Python code writes → who opened it."""
    written: dict[str, str] = {}

    def hear(event: str, arguments: tuple[object, ...]) -> None:
        opened = event == "open" and _writes(arguments[1], arguments[2])
        if opened or event == "sqlite3.connect":
            below = _below(project, arguments[0])
            if below and below not in written:
                written[below] = project.frame(sys._getframe(1)) or "a library"

    sys.addaudithook(hear)
    return written


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


class _Refused:
    def __init__(self, project: Project) -> None:
        self._project = project
        self.asked: dict[str, str] = {}

    def add(self, where: str) -> None:
        self.asked.setdefault(where, self._project.frame(sys._getframe(2)))


def _auditor(refused: _Refused) -> Callable[[str, tuple[object, ...]], None]:
    def hear(event: str, arguments: tuple[object, ...]) -> None:
        if event in _ADDRESSED:
            _check(arguments[1], refused)
        elif event in _NAMED:
            _check_name(arguments[0], arguments[1:2], refused)

    return hear


def _below(project: Project, path: object) -> str:
    if not isinstance(path, (str, bytes)) or path in (":memory:", ""):
        return ""
    return project.relative(os.fsdecode(path))


def _writes(mode: object, flags: object) -> bool:
    if isinstance(mode, str):
        return not set("wax+").isdisjoint(mode)
    return isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR) != 0


def _only_in(
    process: int, here: Callable[..., None], elsewhere: Callable[..., None]
) -> Callable[..., None]:
    def call(*args: int) -> None:
        (here if os.getpid() == process else elsewhere)(*args)

    return call


def _local_only(connect: Callable[..., object], refused: _Refused) -> Callable[..., object]:
    def guarded(self: socket.socket, address: object) -> object:
        _check(address, refused)
        return connect(self, address)

    return guarded


def _local_sendto(sendto: Callable[..., int], refused: _Refused) -> Callable[..., int]:
    def guarded(self: socket.socket, *args: object) -> int:
        _check(args[-1], refused)
        return sendto(self, *args)

    return guarded


def _local_names(resolve: Callable[..., object], refused: _Refused) -> Callable[..., object]:
    def guarded(host: object, *args: object, **kwargs: object) -> object:
        _check_name(host, args[:1], refused)
        return resolve(host, *args, **kwargs)

    return guarded


def _check_name(host: object, port: tuple[object, ...], refused: _Refused) -> None:
    if not _is_local(host) and not _is_numeric(host):
        where = ":".join(_text(part) for part in (host, *port))
        refused.add(where)
        raise socket.gaierror(socket.EAI_FAIL, f"splitter gives no network: {where}")


def _check(address: object, refused: _Refused) -> None:
    internet = isinstance(address, tuple) and address and isinstance(address[0], (str, bytes))
    if isinstance(address, tuple) and internet and not _is_local(address[0]):
        where = ":".join(_text(part) for part in address[:2])
        refused.add(where)
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
