"""The few functions and methods of Python's own library that prefixes and lists are made with."""

from __future__ import annotations

from collections.abc import Callable

from splitter.discovery.tracing.attributes import Attributes, text
from splitter.discovery.tracing.values import HOLE, MISSING, UNKNOWN, Arguments

_TEXT = frozenset(
    {"strip", "lstrip", "rstrip", "lower", "upper", "title", "replace", "removeprefix"}
    | {"removesuffix", "startswith", "endswith", "capitalize", "casefold"}
)


def method_of(value: object, name: str, arguments: Arguments) -> object:
    """`value.name(…)` for lists, dictionaries and text; `UNKNOWN` for all else."""
    if isinstance(value, list):
        return _of_list(value, name, arguments)
    if isinstance(value, dict):
        return _of_dictionary(value, name, arguments)
    return _of_text(value, name, arguments) if isinstance(value, str) else UNKNOWN


def _of_list(values: list[object], name: str, arguments: Arguments) -> object:
    if not arguments.positional:
        return list(values) if name == "copy" else UNKNOWN
    given = arguments.positional[-1]
    if name == "append":
        values.append(given)
    elif name == "insert":
        position = arguments.positional[0]
        values.insert(position if isinstance(position, int) else len(values), given)
    elif name == "extend" and isinstance(given, list):
        values.extend(given)
    return UNKNOWN


def _of_dictionary(values: dict[object, object], name: str, arguments: Arguments) -> object:
    if name == "items":
        return [[key, value] for key, value in values.items()]
    if name == "values":
        return list(values.values())
    if name == "keys":
        return list(values)
    if name == "copy":
        return dict(values)
    given = arguments.get(0, "")
    if name == "update" and isinstance(given, dict):
        values |= given
    if name in ("get", "pop") and isinstance(given, str | int):
        return values.get(given, arguments.get(1, "", None))
    return UNKNOWN


def _of_text(value: str, name: str, arguments: Arguments) -> object:
    if name == "format":
        return _formatted(value, arguments)
    given = arguments.positional
    if name == "join" and given and isinstance(given[0], list):
        return value.join(text(each) for each in given[0])
    plain = [each for each in given if isinstance(each, str)]
    if name == "split" and len(plain) == len(given) <= 1 and not arguments.named:
        return list(value.split(plain[0] if plain else None))
    if name not in _TEXT or len(plain) < len(given) or arguments.named:
        return UNKNOWN
    result: object = getattr(value, name)(*plain)
    return result


def _formatted(template: str, arguments: Arguments) -> object:
    named = {name: text(value) for name, value in arguments.named.items()}
    try:
        return template.format(*map(text, arguments.positional), **named)
    except (LookupError, ValueError, AttributeError):
        return HOLE


def _variable(_: Attributes, arguments: Arguments) -> object:
    """An environment variable: its default is what can be told."""
    return arguments.get(1, "default")


def _field(_: Attributes, arguments: Arguments) -> object:
    return arguments.get(0, "default")


def _attribute(trace: Attributes, arguments: Arguments) -> object:
    name = arguments.get(1, "name")
    if not isinstance(name, str):
        return UNKNOWN
    found = trace.attribute(arguments.get(0, "object"), name)
    return arguments.get(2, "default") if found is MISSING else found


def _module(trace: Attributes, arguments: Arguments) -> object:
    name = arguments.get(0, "name")
    return (trace.module(name) if isinstance(name, str) else None) or UNKNOWN


def _list(_: Attributes, arguments: Arguments) -> object:
    given = arguments.get(0, "iterable", [])
    return list(given) if isinstance(given, list | dict) else UNKNOWN


def _reversed(_: Attributes, arguments: Arguments) -> object:
    given = arguments.get(0, "sequence")
    return given[::-1] if isinstance(given, list) else UNKNOWN


def _enumerated(_: Attributes, arguments: Arguments) -> object:
    given = arguments.get(0, "iterable")
    return [[i, each] for i, each in enumerate(given)] if isinstance(given, list) else UNKNOWN


def _zipped(_: Attributes, arguments: Arguments) -> object:
    given = [each for each in arguments.positional if isinstance(each, list)]
    if len(given) < len(arguments.positional):
        return UNKNOWN
    return [list(each) for each in zip(*given, strict=False)]


def _dictionary(_: Attributes, arguments: Arguments) -> object:
    first = arguments.get(0, "", {})
    return {**first, **arguments.named} if isinstance(first, dict) else UNKNOWN


def _string(_: Attributes, arguments: Arguments) -> object:
    return text(arguments.get(0, "object", ""))


LIBRARY: dict[str, Callable[[Attributes, Arguments], object]] = {
    "os.getenv": _variable,
    "os.environ.get": _variable,
    "pydantic.Field": _field,
    "pydantic.fields.Field": _field,
    "dataclasses.field": _field,
    "sqlmodel.Field": _field,
    "typing.cast": lambda _, arguments: arguments.get(1, "val"),
    "importlib.import_module": _module,
    "builtins.getattr": _attribute,
    "builtins.list": _list,
    "builtins.tuple": _list,
    "builtins.set": _list,
    "builtins.sorted": _list,
    "builtins.reversed": _reversed,
    "builtins.enumerate": _enumerated,
    "builtins.zip": _zipped,
    "builtins.dict": _dictionary,
    "builtins.str": _string,
}
