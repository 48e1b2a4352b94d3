"""Old dotted names to new ones: the longest old name decides, and each name is mapped once."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

_RELATIVE = (b"from .", b"from.", b"from  ", b"from\t", b"from\f", b"from\\", b"from \\")
_DOTS_AFTER_FROM = re.compile(rb"\bfrom[ \t\f\\\r\n]*\.")
_PATH = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_DYNAMIC = (b"import_module", b"__import__")
_STAR = b"import *"


class ImportMap:
    """A map of dotted names, made once and used for many files.

    A name at or below a new name stays as it is, unless an old name below that new name says
    otherwise. `modules` are dotted names known to be modules, on either side of the map; they
    settle whether a moved name is a module or an object in one, where the code does not tell.
    """

    __slots__ = (
        "_deeper", "_inner", "_known", "_needles", "_quoted", "_quoted_roots", "_targets",
        "_touched", "binds", "modules", "news", "olds", "roots",
    )  # fmt: skip

    def __init__(self, imports: Mapping[str, str], *, modules: Collection[str] = ()) -> None:
        self.olds = {old: new for old, new in imports.items() if old != new}
        self._targets = {new: new for new in imports.values()} | dict(imports)
        self.news = frozenset(self.olds.values())
        self.modules = frozenset(modules)
        self.roots = frozenset(old.partition(".")[0] for old in self.olds)
        self.binds = frozenset(
            name for new in self.news for name in (new.partition(".")[0], new.rpartition(".")[2])
        )
        self._inner = frozenset(
            above for old in self.olds if self._goes_its_own_way(old) for above in _above(old)
        )
        self._needles = tuple(
            tuple((p, p.encode()) for p in reversed(old.split(".")) if p.isascii())
            for old in self.olds
        )
        spelled = {spelling for old in self.olds for spelling in (old, _with_colon(old))}
        self._quoted = tuple(q + old.encode() for old in spelled for q in (b"'", b'"'))
        self._quoted_roots = tuple({re.split(rb"[.:]", quoted)[0] for quoted in self._quoted})
        self._deeper = frozenset(above for name in self._targets for above in _above(name))
        self._known: dict[str, str] = {}
        self._touched: dict[str, bool] = {}

    def target(self, dotted: str) -> str:
        """What `dotted` is called once everything has moved."""
        old, new = self.rule(dotted)
        return new + dotted[len(old) :]

    def targets(self, module: str, names: Iterable[str]) -> Iterator[str]:
        """What each of `names` in `module` is called once everything has moved."""
        if module in self._deeper:
            return (self.target(f"{module}.{name}") for name in names)
        new = self._known.get(module)
        if new is None:
            new = self._known[module] = self.target(module)
        return (f"{new}.{name}" for name in names)

    def touches(self, dotted: str) -> bool:
        """`dotted` moves, or something below it does."""
        known = self._touched.get(dotted)
        if known is None:
            moves = dotted in self._deeper or self.target(dotted) != dotted
            known = self._touched[dotted] = moves
        return known

    def rule(self, dotted: str) -> tuple[str, str]:
        """The old and new name that decide about `dotted`; twice `dotted` where none does."""
        head = dotted
        while head:
            new = self._targets.get(head)
            if new is not None:
                return head, new
            head = head.rpartition(".")[0]
        return dotted, dotted

    def splits(self, dotted: str) -> bool:
        """Something below `dotted` moves elsewhere than `dotted` itself does."""
        return dotted in self._inner

    def quoted_in(self, source: bytes) -> bool:
        """Some string of `source` may start with an old name."""
        if not any(root in source for root in self._quoted_roots):
            return False
        return any(quoted in source for quoted in self._quoted)

    def looks_old(self, value: str) -> bool:
        """`value` is the path of something that moves; a single word could be anything."""
        module, colon, attribute = value.partition(":")
        if not (colon or "." in module) or not _PATH.fullmatch(module):
            return False
        if colon and not _PATH.fullmatch(attribute):
            return False
        dotted = f"{module}.{attribute}" if colon else module
        return self.target(dotted) != dotted

    def concerns(self, source: bytes, *, package: str, moved: bool) -> bool:
        """False only if nothing in `source` can be due: every file is asked, so it is cheap.

        `package` is what relative imports start from; its parts need not stand in the text.
        `moved` says that relative imports must become absolute, mapped or not.
        """
        known = frozenset(package.split("."))
        maybe = False
        for needle in self._needles:
            whole = True
            for name, part in needle:
                if part not in source:
                    whole = False
                    if name not in known:
                        break
            else:
                if whole:
                    return True
                maybe = True
        if mentions_dynamic(source) or (self._inner and _STAR in source):
            return True
        return (moved or maybe) and has_relative(source)

    def _goes_its_own_way(self, old: str) -> bool:
        above, _, last = old.rpartition(".")
        return bool(above) and self.olds[old] != f"{self.target(above)}.{last}"


def _with_colon(dotted: str) -> str:
    module, dot, name = dotted.rpartition(".")
    return f"{module}:{name}" if dot else dotted


def mentions_dynamic(source: bytes) -> bool:
    """`source` may import what only the running program knows."""
    return any(word in source for word in _DYNAMIC)


def has_relative(source: bytes) -> bool:
    """`source` may hold a relative import; plain searches first, for they are fastest."""
    if not any(start in source for start in _RELATIVE):
        return False
    return _DOTS_AFTER_FROM.search(source) is not None


def below(name: str, top: str) -> bool:
    """`name` is `top`, or lies in it."""
    return name == top or name.startswith(f"{top}.")


def _above(dotted: str) -> Iterator[str]:
    head = dotted.rpartition(".")[0]
    while head:
        yield head
        head = head.rpartition(".")[0]
