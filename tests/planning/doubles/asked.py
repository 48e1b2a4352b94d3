"""Import an application, call its endpoints one after the other, and print what they return.

Arguments: a JSON object with `paths` (what imports start from), `app`, `factory`, modules to be
imported before it (`first`) and after it (`also`), and `routes` (methods and paths to be called,
in order).
"""

from __future__ import annotations

import importlib
import inspect
import json
import sys


def main(order: dict[str, object]) -> dict[str, object]:
    paths = order["paths"]
    assert isinstance(paths, list)
    sys.path[:0] = paths
    first, also = order["first"], order["also"]
    assert isinstance(first, list)
    assert isinstance(also, list)
    for name in first:
        importlib.import_module(name)
    module, _, attribute = str(order["app"]).partition(":")
    app: object = importlib.import_module(module)
    for part in attribute.split("."):
        app = getattr(app, part)
    if order["factory"]:
        app = app()  # type: ignore[operator]
    for name in also:
        importlib.import_module(name)
    found = {(m, path): endpoint for ms, path, endpoint in app.routes for m in ms}  # type: ignore[attr-defined]
    routes = order["routes"]
    assert isinstance(routes, list)
    answers = [[m, p, told(answer(found[m, p]))] for m, p in routes if (m, p) in found]
    return {"answers": answers, "routes": sorted([m, p] for m, p in found)}


def answer(function: object) -> object:
    """What a function returns, with dependencies resolved and `x` for what has no default."""
    assert callable(function)
    values = {}
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        given = parameter.default
        dependency = getattr(given, "dependency", None)
        if dependency is not None:
            given = answer(dependency)
        values[name] = "x" if given is parameter.empty else given
    try:
        result = function(**values)
        if inspect.iscoroutine(result):
            import asyncio

            result = asyncio.run(result)
        return next(result) if inspect.isgenerator(result) else result
    except Exception as error:
        if isinstance(error, NameError | AttributeError | ImportError):
            raise
        return f"{type(error).__name__}: {error}"


def told(value: object) -> object:
    """A value as JSON, objects by the names of their classes."""
    if isinstance(value, dict):
        return {str(k): told(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [told(v) for v in value]
    if isinstance(value, set | frozenset):
        return sorted(str(told(v)) for v in value)
    if isinstance(value, str | int | float | type(None)):
        return value
    name = getattr(value, "__qualname__", None)
    return name or f"a {type(value).__qualname__}"


if __name__ == "__main__":
    print(json.dumps(main(json.loads(sys.argv[1]))))
