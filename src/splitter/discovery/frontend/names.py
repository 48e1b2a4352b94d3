"""What an identifier or `this` stands for, where it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ast_grep_py import SgNode

from splitter.discovery.frontend.program import CLASSES, declaration
from splitter.discovery.frontend.trees import FUNCTIONS, Declared, Module, span
from splitter.discovery.frontend.values import (
    Instance,
    Namespace,
    Param,
    Ref,
    Scope,
    Text,
    Unknown,
    Value,
    joined,
    text,
    texts,
)
from splitter.model.frontend import Hole

if TYPE_CHECKING:
    from splitter.discovery.frontend.evaluating import Evaluation

ORIGIN = "http://localhost"
_DECLARATIONS = FUNCTIONS | CLASSES | {"enum_declaration"}


class Names:
    def __init__(self, evaluation: Evaluation) -> None:
        self._all = evaluation
        self._pinned: dict[tuple[str, int, int, str], tuple[Value, ...]] = {}

    def value(self, module: Module, node: SgNode, scope: Scope) -> tuple[Value, ...]:
        name = node.text()
        found = declaration(module, name, node)
        if found is not None and found.node.kind() in FUNCTIONS and found.keys:
            return self._parameter(module, found, name, scope)
        if found is not None and name not in module.imports:
            return self._declared(module, found, name, scope)
        if name in module.imports:
            what = self._all.program.imported(module, module.imports[name])
            return self._exported(what, name, scope)
        if name == "origin":
            return (text(ORIGIN),)
        return self._exported(self._all.program.anywhere(name), name, scope)

    def this(self, module: Module, node: SgNode, scope: Scope) -> tuple[Value, ...]:
        """The object whose method this stands in."""
        if scope.this:
            return scope.this
        for above in node.ancestors():
            if above.kind() in CLASSES:
                return (Instance(Ref(module, above, Scope())),)
            if above.kind() in ("function_expression", "method_definition"):
                holder = above.parent()
                if holder is not None and holder.kind() == "pair":
                    holder = holder.parent()
                if holder is not None and holder.kind() == "object":
                    return (Ref(module, holder, Scope()),)
        return (Unknown("this"),)

    def at(self, module: Module, node: SgNode, scope: Scope) -> tuple[Value, ...]:
        """What a declaration binds its own name to."""
        if node.kind() == "variable_declarator":
            name = node.field("name")
            words = name.text() if name is not None else ""
            return self._declared(module, Declared(0, 0, node), words, scope)
        return self._all.value(module, node, scope)

    def _exported(
        self, what: tuple[Module, SgNode] | str | None, name: str, scope: Scope
    ) -> tuple[Value, ...]:
        if what is None:
            return (Unknown(name),)
        if isinstance(what, str):
            return (Namespace(what),)
        return self.at(*what, Scope(depth=scope.depth))

    def _parameter(
        self, module: Module, found: Declared, name: str, scope: Scope
    ) -> tuple[Value, ...]:
        index, keys = int(found.keys[0]), found.keys[1:]
        param = Param(module.key(found.node), index, name, keys)
        return self._all.bound((param,), scope)

    def _declared(
        self, module: Module, found: Declared, name: str, scope: Scope
    ) -> tuple[Value, ...]:
        node = found.node
        if node.kind() in _DECLARATIONS:
            return (Ref(module, node, scope),)
        pin = (module.path, found.start, found.end, name)
        if pin in self._pinned:
            return self._pinned[pin]
        value = node.field("value")
        values = self._all.value(module, value, scope) if value is not None else ()
        for key in found.keys:
            values = self._all.members.property(values, key, scope)
        self._pinned[pin] = values
        more = self._assigned(module, found, name, values, scope)
        del self._pinned[pin]
        return tuple(dict.fromkeys((*values, *more))) or ((Unknown(name),) if not value else ())

    def _assigned(
        self, module: Module, found: Declared, name: str, values: tuple[Value, ...], scope: Scope
    ) -> list[Value]:
        """What else a variable is set to, and what is added to it."""
        more: list[Value] = []
        declared = module.declared.get(name, ())
        for node in module.assigned.get(name, ()):
            right = node.field("right")
            inside = found.start <= span(node)[0] <= found.end or len(declared) == 1
            if right is None or not inside:
                continue
            added = self._all.value(module, right, scope)
            if node.kind() == "assignment_expression":
                more += added
            else:
                more += joined(texts((*values, *more)), texts(added))
        return more


def environment(node: SgNode) -> tuple[Value, ...] | None:
    """What is told when the frontend is built, or by the browser; `None` if it is neither."""
    words = node.text().replace("?.", ".").replace("window.", "").replace("globalThis.", "")
    if words.startswith(("import.meta.env.", "process.env.", "__ENV.", "env.")):
        if words in ("import.meta.env.BASE_URL", "process.env.BASE_URL"):
            return (text("/"),)
        return (Text((Hole(words.rpartition(".")[2], "base"),)),)
    known = {
        "location.origin": ORIGIN,
        "location.host": "localhost",
        "location.hostname": "localhost",
        "location.protocol": "http:",
        "location.port": "80",
        "document.baseURI": ORIGIN + "/",
        "document.domain": "localhost",
    }
    return (text(known[words]),) if words in known else None
