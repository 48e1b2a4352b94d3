"""A session that fails is put again with less and less of it, each time on fresh data, as long as
it fails in the same way."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from splitter.errors import OutsideError
from splitter.model.parity import SAFE_METHODS, Request, Shrunk, Verdict
from splitter.parity.chains import Chain
from splitter.parity.excerpts import excerpt
from splitter.parity.ledger import Ledger
from splitter.parity.likeness import Mark, failing, fails_by, marks_of
from splitter.parity.reduction import fewest, least, only, without_unused
from splitter.parity.rules import Rule, sifted_by
from splitter.parity.secrets import Secrets, spelled_out
from splitter.workflows.data import Say

TRIES = 100
"""How often a session is put again at most."""
SESSIONS = 10
"""How many sessions of a run are shrunk at most."""
AGAIN = 3
"""How often a whole session is put again until it is taken for one that fails by chance."""

Put = Callable[[Chain], AsyncGenerator[Verdict]]
Judge = Callable[[Verdict], Verdict]
"""What is left of a verdict by what is known: rules of what varies, accepted differences."""


@dataclass(frozen=True, slots=True)
class Known:
    """Rules of what varies, and a list of accepted differences."""

    rules: frozenset[Rule]
    ledger: Ledger

    def __call__(self, verdict: Verdict) -> Verdict:
        """The verdict without what is known."""
        return next(self.ledger.settled([sifted_by(self.rules, verdict)]))


@dataclass(slots=True)
class Shrinking:
    """Shrinks the first sessions of a run that fail."""

    judge: Judge
    say: Say
    tries: int = TRIES
    sessions: int = SESSIONS
    _begun: int = 0

    async def told(
        self, chain: Chain, verdicts: Sequence[Verdict], put: Put, *, fresh: bool
    ) -> list[Verdict]:
        """The verdicts of a session; the first that fails says to what the session was shrunk.
        `fresh`: sessions that write have data of their own each time that they are put."""
        first = failing(map(self.judge, verdicts))
        if first is None:
            return list(verdicts)
        shrunk = await self._shrunk(chain, first, put, fresh)
        place = next(i for i, v in enumerate(verdicts) if v.case is first.case)
        told = replace(verdicts[place], shrunk=shrunk)
        return [*verdicts[:place], told, *verdicts[place + 1 :]]

    async def _shrunk(self, chain: Chain, verdict: Verdict, put: Put, fresh: bool) -> Shrunk:
        if not fresh and any(c.request.method not in SAFE_METHODS for c in chain):
            note = "not shrunk: it writes, and data cannot be made anew on servers that are kept"
            return Shrunk(len(chain), note=note)
        if self._begun >= self.sessions:
            return Shrunk(len(chain), note=f"not shrunk: {self.sessions} sessions were")
        self._begun += 1
        self.say(f"shrinking the session of {verdict.case.name!r}: {len(chain)} requests")
        attempts = _Attempts(put, self.judge, marks_of(verdict), self.tries)
        return await attempts.shrunk(chain, verdict.case.name)


class _EnoughError(Exception):
    """No further try; the text says why."""


@dataclass(slots=True)
class _Attempts:
    """Tries of one session. `best` is the smallest that was seen to fail."""

    put: Put
    judge: Judge
    wanted: frozenset[Mark]
    most: int
    done: int = 0
    best: Chain = ()
    _known: dict[str, bool] = field(default_factory=dict)

    async def shrunk(self, chain: Chain, name: str) -> Shrunk:
        """What is left of the session in the end."""
        note = ""
        try:
            if await self._comes_again(chain, name):
                await self._fewer_requests(name)
                await self._smaller_requests()
                await self.fails(without_unused(self.best))
            else:
                note = f"not shrunk: it did not fail so again when it was put {self.done} times"
        except _EnoughError as reason:
            note = str(reason)
        if not self.best:
            return Shrunk(len(chain), tries=self.done, note=note)
        return Shrunk(len(chain), len(self.best), self.done, _written(self.best), note)

    async def _comes_again(self, chain: Chain, name: str) -> bool:
        """Whether it fails again, up to the case that differed or as a whole."""
        names = [case.name for case in chain]
        head = only(chain, names[: names.index(name) + 1])
        for one in (head, *[only(chain, names)] * (AGAIN - 1)):
            self._known.clear()
            if await self.fails(one):
                return True
        return False

    async def _fewer_requests(self, name: str) -> None:
        whole = self.best
        rows = all(kind == "database" for _, kind, _ in self.wanted)
        least_of_all = [] if rows else [name]
        others = [case.name for case in whole if case.name not in least_of_all]
        await fewest(others, lambda some: self.fails(only(whole, [*some, *least_of_all])))

    async def _smaller_requests(self) -> None:
        for place in range(len(self.best)):
            whole = self.best

            async def fails(request: Request, whole: Chain = whole, place: int = place) -> bool:
                case = replace(whole[place], request=request)
                return await self.fails((*whole[:place], case, *whole[place + 1 :]))

            await least(whole[place].request, fails)

    async def fails(self, chain: Chain) -> bool:
        """Put it, and see. The same is not put twice."""
        if not chain:
            return False
        spelled = repr(chain)
        if spelled not in self._known:
            self._known[spelled] = await self._tried(chain)
        return self._known[spelled]

    async def _tried(self, chain: Chain) -> bool:
        if self.done >= self.most:
            raise _EnoughError(f"there may be less: {self.most} tries are the most")
        self.done += 1
        try:
            async with aclosing(self.put(chain)) as found:
                verdicts = [self.judge(verdict) async for verdict in found]
        except OutsideError as error:
            raise _EnoughError(f"there may be less: {error}") from error
        if not fails_by(verdicts, self.wanted):
            return False
        self.best = chain
        return True


def _written(chain: Chain) -> str:
    known = {secret for case in chain for secret in spelled_out(case.request)}
    return excerpt(chain, Secrets(known).hide)
