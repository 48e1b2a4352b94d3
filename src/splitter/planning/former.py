"""The names that modules had in the monolith, for code that is told a name as text."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from splitter.planning.layout import Layout
from splitter.planning.program import Program


@dataclass(frozen=True, slots=True)
class FormerNames:
    """Old dotted names and the new ones of what has taken their place, the first of them first.

    A package may have none: it is only on the way to others. `told`: code asks where things
    lie, so what has taken a module's place calls itself by the old name.
    """

    modules: Mapping[str, tuple[str, ...]]
    packages: Mapping[str, tuple[str, ...]]
    told: bool = False

    def __bool__(self) -> bool:
        return bool(self.modules or self.packages)


NOTHING_FORMER = FormerNames({}, {})


def former_names(
    program: Program,
    layout: Layout,
    homes: Sequence[str],
    modules: Collection[str],
    *,
    told: bool = False,
) -> FormerNames:
    """Where in these homes some modules of the monolith have gone."""
    found: dict[str, tuple[str, ...]] = {}
    for module in sorted(modules):
        targets = [layout.targets.get(home, {}).get(module, "") for home in homes]
        found[module] = tuple(target for target in targets if target)
    packages = {parent: found.get(parent, ()) for m in found for parent in packages_around(m)}
    packages |= {
        m: t for m, t in found.items() if m in program.views and program.views[m].is_package
    }
    return FormerNames(
        {m: targets for m, targets in found.items() if targets and m not in packages},
        dict(sorted(packages.items())),
        told,
    )


def packages_around(name: str) -> list[str]:
    """The packages that a module lies in, the outermost first."""
    parts = name.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts))]
