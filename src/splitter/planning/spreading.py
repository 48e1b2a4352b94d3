"""What roots reach; of several groups all at once: groups are bits that pieces hand on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

from splitter.planning.pieces import Facts, Key, Piece, whole
from splitter.planning.program import Place

Called = tuple[tuple[Piece, tuple[Key, ...]], ...]
"""The methods of a class, and what each may be called by."""


def reached(
    roots: Iterable[Piece],
    *,
    facts: Callable[[Piece], Facts],
    called: Callable[[Place], Called],
    starting: bool,
    but: Collection[Place] = (),
) -> set[Piece]:
    """All pieces that one group of roots reaches.

    A method is reached where its class is and something mentions what it may be called by.
    `starting`: what runs at start-up counts too. No name leads to the places in `but`.
    """
    found: set[Piece] = set()
    mentioned: set[Key] = set()
    waiting: dict[Key, list[Piece]] = {}
    due = set(roots)
    while due:
        found |= due
        following: set[Piece] = set()
        for piece in due:
            told = facts(piece)
            leads = told.leads | told.starting if starting else told.leads
            following |= {to for to in leads if to[:2] not in but} if but else leads
            fresh = told.calls - mentioned
            mentioned |= fresh
            for key in fresh & waiting.keys():
                following.update(waiting.pop(key))
            for method, keys in () if piece[2] else called(piece[:2]):
                if not mentioned.isdisjoint(keys):
                    following.add(method)
                    continue
                for key in keys:
                    waiting.setdefault(key, []).append(method)
        due = following - found
    return found


def spread(
    groups: Sequence[Iterable[Piece]],
    *,
    facts: Callable[[Piece], Facts],
    called: Callable[[Place], Called],
) -> dict[Piece, int]:
    """For each piece the groups that reach it, bit N for group N; in rounds, until all have told.

    A method is reached by a group that reaches its class and mentions what it may be called by.
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
            for target in told.leads:
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
