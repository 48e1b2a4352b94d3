"""Uses of what has moved, followed through the names by which a file knows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from splitter.codemods.imports.access import Evidence, Follow, Need, gives
from splitter.codemods.imports.expressions import Reading
from splitter.codemods.imports.findings import RENAMED, UNCERTAIN, Finding
from splitter.codemods.imports.keeping import Stay, is_dropped, keep_packages
from splitter.codemods.imports.loading import Loads
from splitter.codemods.imports.mapping import ImportMap, below
from splitter.codemods.imports.naming import Names, Newcomer, provided
from splitter.codemods.imports.scopes import Binding, Scope, Sight, Use, sight
from splitter.codemods.imports.statements import Imported, Statement
from splitter.codemods.imports.text import Text
from splitter.codemods.imports.writing import Site, write_use


def followed_names(statements: Sequence[Statement], imports: ImportMap) -> set[str]:
    """The local names whose uses may have to change with the map."""
    return {
        name.local
        for statement in statements
        if not statement.left
        for name in statement.names
        if name.drops_root or imports.splits(name.means)
    }


def follow_uses(
    text: Text, reading: Reading, statements: Sequence[Statement], imports: ImportMap
) -> tuple[list[Site], list[Finding]]:
    """What changes where the moved names are used; `statements` get the imports for it."""
    following = _Following(text, reading, statements, imports)
    following.leave_global_imports()
    following.sort_uses()
    following.settle_names()
    sites = [following.write(follow) for follow in following.follows]
    keep_packages(following.stays, reading, imports, following.loads, following.taken)
    return sites, following.findings


class _Following:
    """One file's uses on their way from what they meant to what they mean."""

    def __init__(
        self, text: Text, reading: Reading, statements: Sequence[Statement], imports: ImportMap
    ) -> None:
        self.findings: list[Finding] = []
        self.follows: list[Follow] = []
        self.stays: list[Stay] = []
        self.loads = Loads(text, statements)
        self._text = text
        self._reading = reading
        self._statements = statements
        self._imports = imports
        self._names = followed_names(statements, imports)
        self._needs: dict[Follow, Need] = {}
        self.taken = Names(text, reading)

    def leave_global_imports(self) -> None:
        """An import into another scope's name stays: its new name would bind in its own."""
        for _, binding, imported in self._dropping():
            if not binding.inline:
                imported.new = imported.old
                what = f"`import {imported.old}` binds a global name and was left"
                self._find(binding.statement, UNCERTAIN, what)

    def sort_uses(self) -> None:
        """Tell the uses that follow from those that stay."""
        for use in self._reading.uses:
            if use.name not in self._names:
                continue
            seen = sight(use)
            if seen:
                self._sort(use, seen)

    def _sort(self, use: Use, seen: Sight) -> None:
        bindings = tuple(b for b in seen.bindings if not b.barren)
        meanings = {b.imported.means if b.imported else "" for b in bindings}
        if len(meanings) > 1:
            self._doubt(use, seen, bindings, meanings - {""})
        elif "" not in meanings and meanings:
            self._decide(use, seen, bindings, meanings.pop())

    def _doubt(
        self, use: Use, seen: Sight, bindings: tuple[Binding, ...], meanings: Iterable[str]
    ) -> None:
        for meaning in sorted(meanings):
            old = ".".join((meaning, *use.attributes))
            self.stays.append(Stay(use, seen, bindings, old))
            after = self._after([b for b in bindings if _means(b, meaning)], seen.home)
            if self._imports.target(old) != ".".join((after or meaning, *use.attributes)):
                what = f"`{_spelled(use)}` may be {old}, which moved, or another thing; left"
                self.findings.append(Finding(use.spans[0][0], UNCERTAIN, what))
                return

    def _decide(self, use: Use, seen: Sight, bindings: tuple[Binding, ...], meaning: str) -> None:
        old = ".".join((meaning, *use.attributes))
        rule, target = self._imports.rule(old)
        new = target + old[len(rule) :]
        after = self._after(bindings, seen.home)
        stays = old if after is None else ".".join((after, *use.attributes))
        if new == stays or (use.role == "del" and not use.attributes):
            self.stays.append(Stay(use, seen, bindings, old))
            return
        follow = Follow(use, seen, bindings, old, rule, target)
        obstacle = _obstacle(follow)
        if obstacle:
            self.stays.append(Stay(use, seen, bindings, old))
            what = f"`{_spelled(use)}` {obstacle}; it was left"
            self.findings.append(Finding(use.spans[0][0], UNCERTAIN, what))
        else:
            self.follows.append(follow)

    def _after(self, bindings: Iterable[Binding], home: Scope) -> str | None:
        """What the local name will stand for; None if the imports will bind other names."""
        for binding in bindings:
            imported = binding.imported
            if imported is None:
                continue
            if not imported.root:
                return imported.new
            if self._keeps_root(home, imported.root):
                return self._imports.target(imported.root)
        return None

    def _keeps_root(self, home: Scope, root: str) -> bool:
        """`import root` is there as well, and binds the name whatever moves."""
        return any(
            b.imported is not None and b.imported.root == b.imported.old
            for b in home.bindings.get(root, ())
        )

    def settle_names(self) -> None:
        """Decide which imports the uses take, and which of them need another name."""
        evidence = Evidence(self._imports, self.loads, self.follows)
        self._needs = {follow: evidence.need(follow) for follow in self.follows}
        self.taken.settle([*self._added(), *self._moved()])
        for scope, binding, imported in self._dropping():
            alias = self.taken.alias(Need(imported.new), scope)
            if alias:
                imported.alias = alias
                self._tell_alias(binding.statement, Need(imported.new), alias)

    def _added(self) -> Iterator[Newcomer]:
        for follow, need in self._needs.items():
            moment = min(b.moment for b in follow.sources)
            home, group = follow.sight.home, follow.use.name
            crowded = self._is_crowded(need, group)
            yield Newcomer(need, home, (follow.use,), moment, group, crowded)

    def _moved(self) -> Iterator[Newcomer]:
        for scope, binding, imported in self._dropping():
            need = Need(imported.new)
            crowded = self._is_crowded(need, imported.root)
            yield Newcomer(need, scope, (), binding.moment, imported.root, crowded)

    def _is_crowded(self, need: Need, group: str) -> bool:
        """The old root stays bound to what has moved, and the new names start with it, too."""
        if need.binds != group or self._imports.target(group) == group:
            return False
        roots = (n for s in self._statements for n in s.names if n.root == group)
        stays = (s for s in self.stays if s.use.name == group)
        return any(n.is_root for n in roots) or any(is_dropped(s) for s in stays)

    def write(self, follow: Follow) -> Site:
        """The use as it will be; the import for it is added where there is none."""
        need = self._needs[follow]
        if not self.taken.alias(need, follow.sight.home):
            if not provided(need, follow, self.loads):
                self._add(need.statement(), follow, need, "")
            return self._write(follow, need.name or follow.target, len(_parts(follow.target)))
        return self._write_aliased(follow, need)

    def _write_aliased(self, follow: Follow, need: Need) -> Site:
        limit = need.whole if follow.dotted else follow.new
        own = [
            b.imported
            for b in follow.sources
            if b.imported and b.imported.alias and b.imported.drops_root
        ]
        fitting = [i for i in own if below(limit, i.new)]
        if fitting and not need.name:
            best = max(fitting, key=lambda i: len(i.new))
            return self._write(follow, best.alias or "", len(_parts(best.new)))
        alias = self.taken.alias(need, follow.sight.home)
        self._add(need.statement(alias), follow, need, alias)
        return self._write(follow, alias, len(_parts(need.whole)))

    def _write(self, follow: Follow, text: str, parts: int) -> Site:
        """Put `text` for the first `parts` of the new name, and the attributes that it covers."""
        new, old = _parts(follow.new), _parts(follow.old)
        remaining = min(len(new) - parts, len(old) - len(_parts(follow.rule)))
        text = ".".join((text, *new[parts : len(new) - remaining]))
        covered = len(follow.use.attributes) - remaining
        return write_use(self._text, follow.use.spans[: covered + 1], text)

    def _add(self, line: str, follow: Follow, need: Need, alias: str) -> None:
        hosts: list[Binding] = []
        for binding in sorted(follow.sources, key=lambda b: b.moment):
            given = not need.name and not alias and gives(binding.imported, need.module)
            if not given and not any(binding.block.within(host.block) for host in hosts):
                hosts.append(binding)
        for host in hosts:
            if host.statement and line not in host.statement.extra:
                host.statement.extra.append(line)
                if alias:
                    self._tell_alias(host.statement, need, alias)

    def _dropping(self) -> list[tuple[Scope, Binding, Imported]]:
        """The plain imports that will bind another name, with the scopes they bind in."""
        return [
            (scope, binding, binding.imported)
            for scope in self._reading.scopes
            for name in self._names
            for binding in scope.bindings.get(name, ())
            if binding.imported and binding.imported.drops_root
        ]

    def _tell_alias(self, statement: Statement | None, need: Need, alias: str) -> None:
        what = f"`{need.binds}` is taken: {need.whole} is imported as {alias}"
        self._find(statement, RENAMED, what)

    def _find(self, statement: Statement | None, code: str, what: str) -> None:
        if statement:
            start, _ = self._text.span(statement.node)
            finding = Finding(start, code, what)
            if finding not in self.findings:
                self.findings.append(finding)


def _obstacle(follow: Follow) -> str:
    """Why a use cannot follow although what it means has moved."""
    if not all(binding.inline for binding in follow.sources):
        return "is reached by a global name that a function binds"
    if follow.dotted and "." not in follow.target:
        return f"would have to set {follow.target}, a module"
    return ""


def _means(binding: Binding, meaning: str) -> bool:
    return binding.imported is not None and binding.imported.means == meaning


def _parts(dotted: str) -> list[str]:
    return dotted.split(".")


def _spelled(use: Use) -> str:
    return ".".join((use.name, *use.attributes))
