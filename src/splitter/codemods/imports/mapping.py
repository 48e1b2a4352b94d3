"""Old dotted names to new ones: the longest old name decides, and each name is mapped once."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

_RELATIVE = (b"from .", b"from.", b"from  ", b"from\t", b"from\f", b"from\\", b"from \\")
_DOTS_AFTER_FROM = re.compile(rb"\bfrom[ \t\f\\\r\n]*\.")
_PATH = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_DYNAMIC = (b"import_module", b"__import__")


class ImportMap:
    """A map of dotted names, made once and used for many files.

    A name at or below a new name stays as it is, unless an old name below that new name says
    otherwise. `modules` are dotted names known to be modules, on either side of the map; they
    settle whether a moved name is a module or an object in one, where the code does not tell.
    """

    __slots__ = ("_inner", "_needles", "_quoted", "_targets", "binds", "modules", "news", "olds")

    def __init__(self, imports: Mapping[str, str], *, modules: Collection[str] = ()) -> None:
        self.olds = {old: new for old, new in imports.items() if old != new}
        self._targets = {new: new for new in imports.values()} | dict(imports)
        self.news = frozenset(self.olds.values())
        self.modules = frozenset(modules)
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
        longest = sorted(self.olds, key=len, reverse=True)
        names = b"|".join(re.escape(old.encode()) for old in longest) or rb"(?!)"
        self._quoted = re.compile(rb"""['"](?:""" + names + rb""")(?!\w)""")

    def target(self, dotted: str) -> str:
        """What `dotted` is called once everything has moved."""
        old, new = self.rule(dotted)
        return new + dotted[len(old) :]

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
        return self._quoted.search(source) is not None

    def looks_old(self, value: str) -> bool:
        """`value` is the path of something that moves; a single word could be anything."""
        module, colon, attribute = value.partition(":")
        if not (colon or "." in module) or not _PATH.fullmatch(module):
            return False
        if colon and not _PATH.fullmatch(attribute):
            return False
        return self.target(module) != module

    def concerns(self, source: bytes, *, package: str, moved: bool) -> bool:
        """False only if nothing in `source` can be due: every file is asked, so it is cheap.

        `package` is what relative imports start from; its parts need not stand in the text.
        `moved` says that relative imports must become absolute, mapped or not.
        """
        if any(all(part in source for _, part in needle) for needle in self._needles):
            return True
        if mentions_dynamic(source):
            return True
        if not has_relative(source):
            return False
        known = frozenset(package.split("."))
        return moved or any(
            all(name in known or part in source for name, part in needle)
            for needle in self._needles
        )

    def _goes_its_own_way(self, old: str) -> bool:
        above, _, last = old.rpartition(".")
        return bool(above) and self.olds[old] != f"{self.target(above)}.{last}"


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
