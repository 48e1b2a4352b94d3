"""The settings of Vite and Next, as text: a property put where the bundler looks for it.

All else stays byte for byte. What is exported must be an object that the file spells out, be it
behind `defineConfig`, a function that answers it, or a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ast_grep_py import SgNode, SgRoot

Edit = tuple[int, int, str]
_INSIDE = {"parenthesized_expression", "as_expression", "satisfies_expression", "await_expression"}
_DEEPEST = 12


@dataclass(frozen=True, slots=True)
class Configured:
    """The new text; or the old one, and why it was left so, at a line."""

    text: str
    line: int = 0
    why: str = ""


def with_vite_proxy(text: str, *, name: str, module: str) -> Configured:
    """The text with `server.proxy` from what `module` exports, before the user's own entries."""
    root = SgRoot(text, "typescript").root()
    whole = _exported(root)
    if whole is None:
        return _unread(text, root)
    server = _property(whole, "server")
    if server is None:
        edits = [_put(text, whole, f"server: {{ proxy: {name} }}")]
    elif server.kind() != "object":
        return Configured(text, _line(server), "server is no object that can be read")
    else:
        proxy = _property(server, "proxy")
        if proxy is None:
            edits = [_put(text, server, f"proxy: {name}")]
        elif proxy.kind() != "object":
            return Configured(text, _line(proxy), "server.proxy is no object that can be read")
        else:
            edits = [_put(text, proxy, f"...{name}")]
    return Configured(applied(text, [*edits, _import(text, root, name, module)]))


def with_next_rewrites(text: str, *, name: str, module: str) -> Configured:
    """The text with `rewrites` from what `module` exports."""
    root = SgRoot(text, "typescript").root()
    whole = _exported(root)
    if whole is None:
        return _unread(text, root)
    known = _property(whole, "rewrites")
    if known is not None:
        return Configured(text, _line(known), "there are rewrites already")
    edits = [_put(text, whole, f"rewrites: {name}"), _import(text, root, name, module)]
    return Configured(applied(text, edits))


def is_common_js(text: str) -> bool:
    """Whether the file exports as CommonJS does."""
    return bool(re.search(r"^\s*module\.exports\s*=", text, re.MULTILINE))


def _unread(text: str, root: SgNode) -> Configured:
    found = root.find(kind="export_statement")
    return Configured(
        text,
        _line(found) if found is not None else 1,
        "what it exports is no object that can be read",
    )


def _exported(root: SgNode) -> SgNode | None:
    """The object that a file exports as its settings."""
    for node in root.find_all(kind="export_statement"):
        if any(child.kind() == "default" for child in node.children()):
            found = node.field("value") or node.field("declaration")
            return _object(root, found, 0)
    for node in root.find_all(kind="assignment_expression"):
        left = node.field("left")
        if left is not None and left.text() == "module.exports":
            return _object(root, node.field("right"), 0)
    return None


def _object(root: SgNode, node: SgNode | None, depth: int) -> SgNode | None:
    if node is None or depth > _DEEPEST:
        return None
    kind = node.kind()
    if kind == "object":
        return node
    if kind in _INSIDE:
        return _object(root, node.named_children()[0], depth + 1)
    if kind == "call_expression":
        given = node.field("arguments")
        found = (_object(root, one, depth + 1) for one in (given.named_children() if given else ()))
        return next((one for one in found if one is not None), None)
    if kind in ("arrow_function", "function_expression", "function_declaration"):
        return _object(root, _answer(node), depth + 1)
    if kind == "identifier":
        for declared in root.find_all(kind="variable_declarator"):
            name = declared.field("name")
            if name is not None and name.text() == node.text():
                return _object(root, declared.field("value"), depth + 1)
    return None


def _answer(function: SgNode) -> SgNode | None:
    """What a function answers, if there is one place only where it does."""
    body = function.field("body")
    if body is None or body.kind() != "statement_block":
        return body
    answers = [n for n in body.children() if n.kind() == "return_statement"]
    inner = answers[0].named_children() if len(answers) == 1 else []
    return inner[0] if inner else None


def _property(node: SgNode, name: str) -> SgNode | None:
    for part in node.named_children():
        key = part.field("key") or part.field("name")
        if key is not None and key.text().strip("\"'") == name:
            return part.field("value") or part
        if part.kind() == "shorthand_property_identifier" and part.text() == name:
            return part
    return None


def _put(text: str, node: SgNode, words: str) -> Edit:
    """The edit that makes `words` the first property of an object, as its others are set."""
    start, end = node.range().start.index, node.range().end.index
    inner = [n for n in node.children() if n.kind() not in ("{", "}")]
    if not inner:
        return start, end, f"{{ {words} }}"
    first = inner[0].range().start.index
    return first, first, f"{words},{text[start + 1 : first] or ' '}"


def applied(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits made; they do not overlap."""
    for start, end, words in sorted(edits, reverse=True):
        text = text[:start] + words + text[end:]
    return text


def with_import(text: str, names: Iterable[str], module: str) -> Edit:
    """The edit that imports names from a module, after the other imports and as they are written.

    Of a page the script is read, all else taken for blank. Names that are imported from it already
    stay.
    """
    code = text if not re.search(r"<script\b", text) else _script(text)
    root = SgRoot(code, "tsx").root()
    for node in root.find_all(kind="import_statement"):
        source, clause = node.field("source"), node.find(kind="named_imports")
        if source is not None and source.text()[1:-1] == module and clause is not None:
            known = {part.text() for part in clause.named_children()}
            words = f"{{ {', '.join(sorted(known | set(names)))} }}"
            return clause.range().start.index, clause.range().end.index, words
    return _import(code, root, f"{{ {', '.join(sorted(names))} }}", module)


def _script(text: str) -> str:
    found = re.search(r"<script\b[^>]*>\r?\n?", text)
    end = text.find("</script", found.end() if found else 0)
    start = found.end() if found else 0
    blank = [re.sub(r"[^\r\n]", " ", part) for part in (text[:start], text[end:])]
    return blank[0] + text[start:end] + blank[1]


def _import(text: str, root: SgNode, name: str, module: str) -> Edit:
    """The edit that imports the module, after the other imports and as they are written."""
    imports = root.find_all(kind="import_statement")
    sources = (node.field("source") for node in imports)
    quote = next((s.text()[0] for s in sources if s is not None), '"')
    end = ";" if not imports or imports[0].text().endswith(";") else ""
    if is_common_js(text):
        line = f"const {name} = require({quote}{module}{quote}){end}"
    else:
        line = f"import {name} from {quote}{module}{quote}{end}"
    if imports:
        place = imports[-1].range().end.index
        return place, place, _newline(text) + line
    place = _start(root)
    return place, place, line + _newline(text)


def _start(root: SgNode) -> int:
    """Where the first statement begins, behind a shebang, comments and directives at the head."""
    for node in root.children():
        inner = node.named_children()
        directive = node.kind() == "expression_statement" and inner and inner[0].kind() == "string"
        if node.kind() not in ("comment", "hash_bang_line") and not directive:
            return node.range().start.index
    return 0


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _line(node: SgNode) -> int:
    return node.range().start.line + 1
