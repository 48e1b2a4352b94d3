"""Which route module to split off first, and which last or never, each with the reasons."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from splitter.discovery.modules import Kind
from splitter.model.monolith import Route
from splitter.model.ranking import Advice, Candidate
from splitter.planning.amounts import Measure
from splitter.planning.contacts import Contacts, Touching
from splitter.planning.pieces import Piece
from splitter.planning.program import Program
from splitter.planning.running import is_main_guard
from splitter.planning.selecting import route_modules

_ORDER = tuple(Advice)
_MOST = 3


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What else is known of route modules: names of services, those that are split off already,
    and what blocks some of them."""

    services: Mapping[str, str] = field(default_factory=dict)
    done: Collection[str] = ()
    blocked: Mapping[str, str] = field(default_factory=dict)


def rank(
    routes: Sequence[Route],
    touching: Touching,
    *,
    application: str,
    known: Circumstances,
) -> tuple[Candidate, ...]:
    """The route modules in the order in which to split them off.

    What can be taken without touching others comes first; among equals what writes fewer tables
    that others write, is tied to fewer others, reads fewer tables of others, and is less code.
    """
    ranking = _Ranking(routes, touching, application, known)
    return tuple(sorted(map(ranking.candidate, ranking.modules), key=_key))


class _Ranking:
    def __init__(
        self, routes: Sequence[Route], touching: Touching, application: str, known: Circumstances
    ) -> None:
        self.program = program = touching.reaching.program
        self.measure = Measure(program)
        self.application = application
        self.known = known
        self.modules = {m: r for m, r in route_modules(routes).items() if m in program.views}
        roots = touching.reaching.roots
        self.contacts = {m: touching.near(roots(found)) for m, found in self.modules.items()}
        around = touching.near(_around(program, application))
        self.reached = Counter(p for c in self.contacts.values() for p in c.places)
        self.reached.update(around.places)
        self.writers: dict[str, set[str]] = defaultdict(set)
        for module, contacts in self.contacts.items():
            for table in contacts.writes:
                self.writers[table].add(module)
        most = max(2, len(self.modules) / 2)
        self.common = {t for t, writers in self.writers.items() if len(writers) > most}
        self.uses = {m: self._uses(touching, m, c) for m, c in self.contacts.items()}

    def candidate(self, module: str) -> Candidate:
        contacts = self.contacts[module]
        own = [place for place in contacts.places if self.reached[place] == 1]
        bare = Candidate(
            module,
            self.program.views[module].path,
            self.known.services.get(module, ""),
            Advice.NEXT,
            (),
            len(self.modules[module]),
            self.measure.amount(own).lines,
            tuple(sorted(contacts.writes - self.common)),
            tuple(sorted(t for t in contacts.writes - self.common if len(self.writers[t]) > 1)),
            tuple(sorted(t for t in contacts.reads if self._is_of_others(t, module))),
            tuple(sorted(self._readers(module))),
            tuple(sorted(self.uses[module])),
            tuple(sorted(m for m, used in self.uses.items() if module in used)),
        )
        return replace(bare, advice=_advice(bare, self), reasons=tuple(_reasons(bare, self)))

    def others(self) -> int:
        """How many other route modules there are for each, the application's own aside."""
        return len(self.modules.keys() - {self.application}) - 1

    def called(self, modules: Iterable[str]) -> list[str]:
        """Route modules by what their services are called."""
        return sorted(self.known.services.get(module, module) for module in modules)

    def _uses(self, touching: Touching, module: str, contacts: Contacts) -> set[str]:
        others = self.modules.keys() - {module, self.application}
        return {use.module for use in touching.uses_of(contacts, others)}

    def _is_of_others(self, table: str, module: str) -> bool:
        writers = self.writers.get(table, set())
        return bool(writers) and module not in writers and table not in self.common

    def _readers(self, module: str) -> Iterator[str]:
        written = {t for t in self.contacts[module].writes if len(self.writers[t]) == 1}
        for other, contacts in self.contacts.items():
            if other != module and contacts.reads & written:
                yield other


def _around(program: Program, application: str) -> Iterator[Piece]:
    """What the application's module does when it is imported, and the functions that it has."""
    view = program.views.get(application)
    for statement in view.statements if view else ():
        if statement.kind is not Kind.REGISTRATION and not is_main_guard(statement.node):
            yield application, statement.index, ""


def _advice(bare: Candidate, ranking: _Ranking) -> Advice:
    if bare.module in ranking.known.done:
        return Advice.DONE
    if bare.module in ranking.known.blocked or bare.module == ranking.application:
        return Advice.NEVER
    if bare.used_by or 2 * len(bare.readers) > ranking.others() > 1:
        return Advice.LATE
    return Advice.NEXT if bare.contested or bare.uses else Advice.FIRST


def _reasons(bare: Candidate, ranking: _Ranking) -> Iterator[str]:
    if bare.module in ranking.known.done:
        yield "it is a service already"
    if bare.module in ranking.known.blocked:
        yield ranking.known.blocked[bare.module]
    if bare.module == ranking.application:
        yield "its routes are in the application's own module, which every service has a part of"
    yield from _writes(bare, ranking)
    if bare.used_by:
        users = ranking.called(bare.used_by)
        yield f"{_some(users)} {_verb('use', users)} its code"
    if bare.uses:
        yield f"uses code of {_some(ranking.called(bare.uses))}"
    if bare.readers:
        yield f"{len(bare.readers)} of {ranking.others()} others read what it alone writes"
    if bare.reads:
        yield f"reads {_some(bare.reads)} of others"


def _writes(bare: Candidate, ranking: _Ranking) -> Iterator[str]:
    for table in bare.contested[:_MOST]:
        others = ranking.called(ranking.writers[table] - {bare.module})
        yield f"writes {table}, which {_some(others)} {_verb('write', others)} too"
    if len(bare.contested) > _MOST:
        yield f"writes {len(bare.contested) - _MOST} more that others write too"
    if not bare.contested:
        yield f"writes {_some(bare.writes)} alone" if bare.writes else "writes no table of its own"
    common = ranking.contacts[bare.module].writes & ranking.common
    if common:
        yield f"writes {_some(sorted(common))}, as most route modules do"


def _verb(verb: str, subjects: Sequence[str]) -> str:
    return f"{verb}s" if len(subjects) == 1 else verb


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return f"{', '.join(names[:_MOST])}{more}"


def _key(candidate: Candidate) -> tuple[int, int, int, int, int, int, str]:
    return (
        _ORDER.index(candidate.advice),
        len(candidate.contested),
        len(candidate.uses) + len(candidate.used_by),
        len(candidate.readers),
        len(candidate.reads),
        candidate.own,
        candidate.module,
    )
