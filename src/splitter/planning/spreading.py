"""What several groups of roots reach, all at once: groups are bits that pieces hand on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

from splitter.planning.pieces import Facts, Key, Piece, whole
from splitter.planning.program import Place

Called = tuple[tuple[Piece, tuple[Key, ...]], ...]
"""The methods of a class, and what each may be called by."""


def spread(
    groups: Sequence[Iterable[Piece]],
    *,
    facts: Callable[[Piece], Facts],
    called: Callable[[Place], Called],
    starting: bool,
    but: Collection[Place] = (),
) -> dict[Piece, int]:
    """For each piece the groups that reach it, bit N for group N; in rounds, until all have told.

    A method is reached by a group that reaches its class and mentions what it may be called by.
    `starting`: what runs at start-up counts too. No name leads to the places in `but`.
    """
    reached: dict[Piece, int] = {}
    mentioned: dict[Key, int] = {}
    waiting: dict[Key, list[Piece]] = {}
    due: dict[Piece, int] = {}
    for at, roots in enumerate(groups):
        for piece in roots:
            due[piece] = due.get(piece, 0) | 1 << at
    while due:
        now, due = due, {}
        for piece, found in now.items():
            before = reached.get(piece, 0)
            new = found & ~before
            if not new:
                continue
            reached[piece] = before | new
            told = facts(piece)
            for target in told.leads if not starting else told.leads | told.starting:
                if but and target[:2] in but:
                    continue
                if new & ~reached.get(target, 0):
                    due[target] = due.get(target, 0) | new
            for key in told.calls:
                known = mentioned.get(key, 0)
                more = new & ~known
                if more:
                    mentioned[key] = known | more
                    for method in waiting.get(key, ()):
                        due[method] = due.get(method, 0) | (more & reached[whole(method)])
            for method, keys in () if piece[2] else called(piece[:2]):
                for key in keys:
                    if not before:
                        waiting.setdefault(key, []).append(method)
                    due[method] = due.get(method, 0) | (new & mentioned.get(key, 0))
    return reached
