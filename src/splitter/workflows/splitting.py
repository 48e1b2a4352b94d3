"""A service, made and proven in one: nothing is written unless it boots alone and answers alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace

from splitter.effects import results
from splitter.errors import RefusedError
from splitter.model.parity import Outcome
from splitter.reports.parity import wording
from splitter.workflows import completeness, proving, verifying
from splitter.workflows.change import Drawn, whole_service
from splitter.workflows.data import Say
from splitter.workflows.project import Project
from splitter.workflows.proposal import Proposal
from splitter.workflows.proving import Proof
from splitter.workflows.verifying import Checked


def split(
    project: Project,
    name: str,
    port: int,
    routes: Sequence[str],
    *,
    prove: bool,
    parity: bool,
    say: Say,
) -> Proposal:
    """The whole service as one change, tried out in a folder of its own before it is proposed.

    `prove` boots it there, `parity` also holds its answers against the monolith's. What fails is
    told in the proposal, which is then not `ok` and is not to be applied.
    """
    say(f"planning the {name} service")
    drawn, proposal = whole_service(project, name, port, routes)
    if not prove:
        return proposal
    if parity and not project.settings.parity.cases:
        _refuse_unseen(drawn)
    tried = drawn.project.after(proposal.changes)
    due = completeness.expected(drawn.blueprint.ground, drawn.service)
    checked = verifying.boot(tried, drawn.service, due, say=say)
    said = list(checked.lines())
    details: dict[str, object] = {"verify": checked.document()}
    if checked.ok and parity:
        proof = proving.prove(tried, [drawn.service], say=say)
        said += told(proof)
        details["parity"] = {**asdict(proof.summary), "told": list(told(proof))}
        checked = replace(checked, ok=proof.ok)
    if checked.ok:
        broken = tuple(_broken(project, tried, drawn, proposal, say=say))
        said += [line for other in broken for line in other.lines()]
        said += [f"{other.service} would not boot any more" for other in broken]
        checked = replace(checked, ok=not broken)
    if not checked.ok:
        said.append(f"{name} is not split: nothing was written")
        return replace(proposal, said=tuple(said), details=details, ok=False)
    kept = results.read(tried.root, "verify")
    record = verifying.record(tried, drawn.service, True)
    results.write(tried.root, "verify", {**kept, name: record})
    return replace(proposal, said=tuple(said), details=details)


def _broken(
    project: Project, tried: Project, drawn: Drawn, proposal: Proposal, *, say: Say
) -> Iterator[Checked]:
    """The services that boot as they are and would not any more, for this changes files of theirs.

    One whose imports have not been rewritten yet is not expected to boot.
    """
    gone = {c.path for c in proposal.changes.changes if c.kind in ("change", "delete")}
    for plan in drawn.blueprint.plans.values():
        service = plan.service
        if service.name == drawn.service.name or f"{service.folder}/main.py" not in project.sources:
            continue
        mine = (p for p in gone if p.startswith(("shared/", f"{service.folder}/")))
        if not any(mine) or verifying.not_rewritten(project, service):
            continue
        if verifying.fingerprint(project, service) == verifying.fingerprint(tried, service):
            continue
        due = completeness.expected(drawn.blueprint.ground, service)
        checked = verifying.boot(tried, service, due, say=say)
        if not checked.ok and verifying.boot(project, service, due, say=say).ok:
            yield checked


def _refuse_unseen(drawn: Drawn) -> None:
    """Where cases are made from what the running application has, it has to have some routes."""
    routes = drawn.blueprint.plans[drawn.service.name].routes
    if any("runtime" in route.found_by for route in routes):
        return
    raise RefusedError(
        f"{drawn.service.name} has no route that the running application has, so nothing can be "
        "compared",
        reasons=tuple(
            f"{r.file}:{r.line}: SPL010 {', '.join(r.methods) or r.kind} {r.path} is in the source "
            "only"
            for r in routes
        ),
        hint="if they are added at start-up, set lifespan = true under [monolith] in "
        "splitter.toml; or give cases of your own in parity.cases; or split with --no-parity",
    )


def told(proof: Proof) -> Iterator[str]:
    """The summary of a proof, after what does not match (ten cases at the most)."""
    failed = [v for v in proof.verdicts if v.outcome is not Outcome.MATCH]
    for verdict in failed[:10]:
        yield f"{verdict.case.name}: {wording.headline(verdict)}"
        yield from (f"  {line}" for line in wording.lines(verdict))
    if len(failed) > 10:
        yield f"and {len(failed) - 10} more"
    yield from (wording.gone(one) for one in proof.stale)
    yield wording.told(proof.summary)
