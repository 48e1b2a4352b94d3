"""The environment variables that the source asks for: where, and what holds without them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from splitter.discovery.names import Definition, Names
from splitter.discovery.parsing import Parsed
from splitter.discovery.scopes import chain_of
from splitter.discovery.trees import at_lines, walk
from splitter.model.monolith import Variable

_SIGNS = (b"environ", b"getenv", b"Config(", b"Env(", b"decouple")
_WORDS = (b"environ", b"getenv")
_ASKS = re.compile(rb"\b(?:environ|getenv)\b")
_NAME = re.compile(r"[A-Z][A-Z0-9_]*[A-Z0-9]$")
_READERS = frozenset({"config", "env", "getenv"})
_NO_FIELD = frozenset({"ClassVar", "PrivateAttr", "InitVar"})


def read_variables(parsed: Parsed, names: Names | None = None) -> tuple[Variable, ...]:
    """Every variable that code asks for by its name, by name and place.

    `names`: those of the same code, if they were looked up before.
    """
    found: set[Variable] = set()
    names = names or Names(parsed)
    for module, path in parsed.names.items():
        tree = parsed.trees.get(path)
        if tree is None:
            continue
        source = parsed.sources[path]
        if any(sign in source for sign in _SIGNS):
            found.update(_in_tree(tree, module, path, source))
        if b"Settings" in source:
            for definition in names.top_level(module).values():
                if _is_settings(names, definition, 0):
                    found.update(_fields(definition.node, module, path))
    return tuple(sorted(found))


def _is_settings(names: Names, definition: Definition, depth: int) -> bool:
    """Whether a class inherits from pydantic's `BaseSettings`."""
    if not isinstance(definition.node, ast.ClassDef) or depth > 20:
        return False
    for base in definition.node.bases:
        chain = chain_of(base)
        above = names.find(definition.module, chain) if chain else None
        if above is None and chain[-1:] == ("BaseSettings",):
            return True
        if above and not above[1] and _is_settings(names, above[0], depth + 1):
            return True
    return False


def _in_tree(tree: ast.Module, module: str, path: str, source: bytes) -> Iterator[Variable]:
    readers = set(_readers(tree))
    for node in walk(tree) if readers else at_lines(tree.body, _telling_lines(source)):
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
            if chain_of(node.value)[-1:] == ("environ",):
                yield from _told(node.slice, None, True, module, path, node.lineno)
        elif isinstance(node, ast.Call):
            yield from _asked(node, readers, module, path)


def _telling_lines(source: bytes) -> list[int]:
    """The lines with a word that a variable is asked for with."""
    if not any(word in source for word in _WORDS):
        return []
    text = b"\n".join(source.splitlines()) if b"\r" in source else source
    lines, line, last = [], 1, 0
    for at in sorted(at for word in _WORDS for at in _places(word, text)):
        line += text.count(b"\n", last, at)
        last = at
        lines.append(line)
    return lines


def _places(word: bytes, text: bytes) -> Iterator[int]:
    at = text.find(word)
    while at >= 0:
        if _ASKS.match(text, at):
            yield at
        at = text.find(word, at + 1)


def _asked(node: ast.Call, readers: set[str], module: str, path: str) -> Iterator[Variable]:
    chain = chain_of(node.func)
    if not chain or not node.args:
        return
    default = next((k.value for k in node.keywords if k.arg == "default"), None)
    if chain[-1:] == ("getenv",) or chain[-2:] == ("environ", "get"):
        default = node.args[1] if len(node.args) > 1 else default
        yield from _told(node.args[0], default, False, module, path, node.lineno)
    elif chain[0] in readers and (len(chain) == 1 or chain[0] == "env"):
        default = node.args[1] if len(node.args) > 1 and len(chain) > 1 else default
        yield from _told(node.args[0], default, default is None, module, path, node.lineno)


def _readers(tree: ast.Module) -> Iterator[str]:
    """What decouple, environs and Starlette's `Config` give to read variables with."""
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module in ("decouple", "environs"):
            yield from (a.asname or a.name for a in node.names if a.name in _READERS)
        value = getattr(node, "value", None)
        made = chain_of(value.func)[-1:] if isinstance(value, ast.Call) else ()
        if made in {("Config",), ("Env",)} and isinstance(node, ast.Assign):
            yield from (t.id for t in node.targets if isinstance(t, ast.Name))


def _told(
    name: ast.expr, default: ast.expr | None, required: bool, module: str, path: str, line: int
) -> Iterator[Variable]:
    if isinstance(name, ast.Constant) and isinstance(name.value, str) and _NAME.match(name.value):
        text = ast.unparse(default) if default is not None else ""
        yield Variable(name.value, path, line, required, text, module)


def _fields(node: ast.AST, module: str, path: str) -> Iterator[Variable]:
    prefix = _prefix(node)
    for part in getattr(node, "body", ()):
        if not isinstance(part, ast.AnnAssign) or not isinstance(part.target, ast.Name):
            continue
        kind = ast.unparse(part.annotation)
        name = part.target.id
        if name.startswith("_") or name == "model_config" or any(w in kind for w in _NO_FIELD):
            continue
        default, required, alias = _default(part.value)
        told = alias or f"{prefix}{name}".upper()
        yield Variable(told, path, part.lineno, required, default, module)


def _default(value: ast.expr | None) -> tuple[str, bool, str]:
    """A field's default as written, whether it has none, and the name it is read by, if told."""
    if value is None:
        return "", True, ""
    if not isinstance(value, ast.Call) or chain_of(value.func)[-1:] != ("Field",):
        return ast.unparse(value), False, ""
    options = {k.arg: k.value for k in value.keywords}
    aliases = [options[k] for k in ("validation_alias", "env", "alias") if k in options]
    alias = next((a.value for a in aliases if isinstance(a, ast.Constant)), "")
    given = value.args[0] if value.args else options.get("default")
    given = given if given is not None else options.get("default_factory")
    if given is None or (isinstance(given, ast.Constant) and given.value is ...):
        return "", True, str(alias)
    return ast.unparse(given), False, str(alias)


def _prefix(node: ast.AST) -> str:
    for part in walk(node):
        if isinstance(part, ast.keyword) and part.arg == "env_prefix":
            return str(getattr(part.value, "value", ""))
        value = part.value if isinstance(part, ast.Assign) else None
        if isinstance(value, ast.Constant) and _binds(part, "env_prefix"):
            return str(value.value)
    return ""


def _binds(node: ast.AST, name: str) -> bool:
    return any(isinstance(t, ast.Name) and t.id == name for t in getattr(node, "targets", ()))
