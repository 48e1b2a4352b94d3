"""Asks the monolith about itself, in a process of its own interpreter that it may hang or crash."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from splitter.effects.hints import hint
from splitter.effects.installed import asked_extras, required
from splitter.effects.launching import launched
from splitter.errors import IntrospectionError, StartError
from splitter.model.monolith import Route, RunningApp

_PROBE = Path(__file__).parent / "probe" / "start.py"
_LOG_BYTES = 64 * 1024
_Json = dict[str, Any]


def ask(
    root: Path,
    *,
    app: str,
    factory: bool = False,
    python: str,
    environment: Mapping[str, str],
    timeout: float = 90,
    lifespan: bool = False,
) -> RunningApp:
    """Import `app` (`module:attribute`) below `root` by the interpreter `python` and ask it.

    `environment` is added to this process's own. With `lifespan` the application's start-up is
    run first. After `timeout` seconds the process and all it started are killed. What the
    monolith does wrong is told in `error`; raises `IntrospectionError` only if `python` itself
    cannot be run.
    """
    with tempfile.TemporaryDirectory(prefix="splitter-ask-") as name:
        folder = Path(name)
        request = {
            "root": str(root.resolve()),
            "app": app,
            "factory": factory,
            "lifespan": lifespan,
            "answer": str(folder / "answer"),
            "stack": str(folder / "stack"),
            "alarm": max(timeout * 0.8, timeout - 2),
        }
        (folder / "request").write_text(json.dumps(request), encoding="utf-8")
        with _running(python, folder / "request", root, environment) as (process, log):
            ended = _wait(process, timeout)
        answer = _read(folder / "answer")
        if not answer:
            raise IntrospectionError(
                f"{python} could not be asked about {app}",
                where=str(root),
                hint=_last_line(log) or "is it a Python interpreter of version 3.8 or newer?",
            )
        if "done" not in answer:
            where = _project_frame(folder / "stack", root)
            fate = _fate(process, ended, timeout, _last_line(log), "routes" in answer)
            fate = f"{where}: {fate}" if where else fate
            if "error" not in answer:
                answer["error"] = fate
            elif not answer["error"]:
                answer["remarks"] = [*answer["remarks"], fate]
    return _running_app(answer, asked_extras(root))


@contextlib.contextmanager
def _running(
    python: str, request: Path, root: Path, environment: Mapping[str, str]
) -> Iterator[tuple[subprocess.Popen[bytes], bytearray]]:
    """The probe at work, and the end of what the monolith prints; no process of it is left."""
    log = bytearray()
    words = [python, str(_PROBE), str(request)]
    path = {name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ}
    with contextlib.ExitStack() as stack:
        try:
            probe = stack.enter_context(
                launched(
                    words,
                    folder=root,
                    environment={**path, **environment},
                    stderr=subprocess.STDOUT,
                    grace=0.5,
                )
            )
        except StartError as error:
            raise IntrospectionError(
                f"{python} cannot be run: {error.what.rpartition(': ')[2]}",
                hint="name the interpreter that has the monolith's dependencies with --python",
            ) from error
        assert probe.watchdog.stdout is not None
        reader = threading.Thread(
            target=_keep_the_end, args=(probe.watchdog.stdout, log), daemon=True
        )
        reader.start()
        try:
            yield probe.watchdog, log
        finally:
            probe.lifeline.close()
            probe.watchdog.wait()
            reader.join(5)


def _keep_the_end(output: IO[bytes], log: bytearray) -> None:
    with contextlib.suppress(ValueError, OSError):
        while chunk := os.read(output.fileno(), 65536):
            log += chunk
            del log[:-_LOG_BYTES]


def _wait(process: subprocess.Popen[bytes], timeout: float) -> bool:
    try:
        process.wait(timeout)
    except subprocess.TimeoutExpired:
        return False
    return True


def _read(path: Path) -> _Json:
    """All parts of the answer that were written whole, the later ones over the earlier ones."""
    answer: _Json = {}
    if path.exists():
        for line in path.read_bytes().split(b"\n")[:-1]:
            answer.update(json.loads(line))
    return answer


def _last_line(log: bytearray) -> str:
    lines = log.decode("utf-8", "replace").strip().splitlines()
    return lines[-1].strip() if lines else ""


def _fate(
    process: subprocess.Popen[bytes],
    ended: bool,
    timeout: float,
    said: str,
    imported: bool,
) -> str:
    """What became of a process that did not answer to the end."""
    during = "start-up" if imported else "import"
    if not ended:
        return f"the {during} has not ended after {timeout:g} s"
    status = process.returncode
    how = f"was killed by {_signal(status)}" if status > 128 else f"ended with status {status}"
    return f"the interpreter {how} during the {during}" + (f": {said}" if said else "")


def _signal(status: int) -> str:
    number = status - 128
    known = number in set(signal.Signals)
    return f"signal {number} ({signal.Signals(number).name})" if known else f"signal {number}"


def _project_frame(stack: Path, root: Path) -> str:
    """Where the project's code stood when the watchdog looked; the main thread is told last."""
    if not stack.exists():
        return ""
    threads = re.split(
        r"^(?:Current t|T)hread .*$", stack.read_text("utf-8", "replace"), flags=re.M
    )
    for thread in reversed(threads):
        for path, line in re.findall(r'^  File "(.+)", line (\d+)', thread, flags=re.M):
            below = Path(path)
            if below.is_relative_to(root.resolve()) and "site-packages" not in below.parts:
                return f"{below.relative_to(root.resolve()).as_posix()}:{line}"
    return ""


def _running_app(answer: _Json, extras: Mapping[str, frozenset[str]]) -> RunningApp:
    refused = [
        f"{who}: no network: {where} was refused" if who else f"no network: {where} was refused"
        for where, who in answer.get("refused", {}).items()
    ]
    written = [
        f"{who}: {path}, a file of the project, is opened for writing"
        for path, who in answer.get("written", {}).items()
    ]
    return RunningApp(
        python=answer["python"],
        python_version=answer["python_version"],
        routes=tuple(_route(route) for route in answer.get("routes", ())),
        openapi=answer.get("openapi", {}),
        middleware=tuple(answer.get("middleware", ())),
        exception_handlers=tuple(answer.get("exception_handlers", ())),
        reads=answer.get("reads", {}),
        modules=tuple(answer.get("modules", ())),
        distributions={name: tuple(found) for name, found in answer["distributions"].items()},
        versions=answer["versions"],
        requires=required(answer["requires"], markers=answer["markers"], asked=extras),
        error=answer["error"],
        read_at=answer.get("read_at", {}),
        mounted=answer.get("mounted", {}),
        remarks=(*answer.get("remarks", ()), *refused, *written),
        hint=hint(answer) if answer["error"] else "",
    )


def _route(told: _Json) -> Route:
    return Route(
        methods=tuple(told["methods"]),
        path=told["path"],
        endpoint=told["endpoint"],
        file=told["file"],
        line=told["line"],
        found_by=("runtime",),
        kind=told["kind"],
        name=told["name"],
        in_schema=told["in_schema"],
    )
