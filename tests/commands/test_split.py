"""`split`: a service that is there, boots alone and answers alike, or else nothing at all."""

from __future__ import annotations

from pathlib import Path

from terminal import EXAMPLE, Traces, append, copy, edit, splitter, tree

ROUTES = "api/routes/transactions.py"
HEALTH = '{"status": "ok", "service": "transaction"}'
OWN_NAME = "\n\n@categories_router.get('/own')\ndef own():\n    return {'from': __name__}\n"
REQUEST = "{path: /api/categories/own}"


def test_a_service_is_made_and_proven(project: Path, left: Traces) -> None:
    before = tree(project)
    words = ("split", "transaction", "--port", "8002")
    done = splitter(*words, at=project, environment=left.environment)
    made = [line[4:] for line in done.lines if line.startswith("  + ")]
    changed = [line[4:] for line in done.lines if line.startswith("  ~ ")]
    assert done.lines[0] == f"split transaction: wrote {len(made) + len(changed)} files"
    assert changed == [".splitter/manifest.json"]
    assert done.lines[-4:] == [
        "transaction: boots alone",
        f"  /health/live: 200 {HEALTH}",
        f"  /health/ready: 200 {HEALTH}",
        "8 cases: 8 matched",
    ]
    after = tree(project)
    assert {path for path, data in after.items() if data is not None} - set(before) == set(made)
    assert {p for p in before if before[p] != after[p]} == set(changed)
    assert (left.processes(), left.files()) == ([], [])
    page = splitter("status", "--format", "json", at=project).document
    service = next(s for s in page["services"] if s["name"] == "transaction")
    assert [m["what"].partition(" (")[0] for m in service["milestones"] if m["done"]] == [
        "Structure created",
        "Routes copied from api/routes/transactions.py",
        "Imports point at the new homes",
        "Boots alone",
        "Answers as the monolith",
    ]


def test_in_a_fresh_folder_what_init_writes_comes_along(tmp_path: Path) -> None:
    project = copy(EXAMPLE, tmp_path / "project")
    before = tree(project)
    words = ("split", "fire", "--port", "8004", "--no-parity", "--format", "json")
    document = splitter(*words, at=project).document
    assert (document["schema"], document["title"], document["applied"]) == (1, "split fire", True)
    assert document["verify"]["ok"] is True
    kinds = {change["path"]: change["kind"] for change in document["changes"]}
    assert set(kinds.values()) == {"create"}
    assert {"splitter.toml", "shared/auth/auth.py", "services/fire_service/main.py"} <= set(kinds)
    assert splitter("undo", at=project).lines[0] == "undone: split fire"
    assert tree(project) == before


def test_a_service_that_answers_otherwise_is_not_split(project: Path, left: Traces) -> None:
    append(project, ROUTES, OWN_NAME)
    append(project, "parity/cases.yaml", f"\n  - {{name: own, request: {REQUEST}}}\n")
    before = tree(project)
    words = ("split", "transaction", "--port", "8002")
    done = splitter(*words, at=project, environment=left.environment, status=1)
    assert done.lines == [
        "transaction: boots alone",
        f"  /health/live: 200 {HEALTH}",
        f"  /health/ready: 200 {HEALTH}",
        "own: 1 difference (transaction)",
        "  body $.from",
        '    monolith: "api.routes.transactions"',
        '    service:  "services.transaction_service.routes.transactions"',
        "  monolith: curl -i http://127.0.0.1:8000/api/categories/own",
        "  service:  curl -i http://127.0.0.1:8002/api/categories/own",
        "9 cases: 8 matched, 1 mismatched",
        "transaction is not split: nothing was written",
    ]
    assert tree(project) == before
    assert (left.processes(), left.files()) == ([], [])


def test_a_service_that_does_not_boot_is_not_split(tmp_path: Path, left: Traces) -> None:
    project = copy(EXAMPLE, tmp_path / "project")
    append(project, ROUTES, "\nimport importlib\n\nimportlib.import_module('ca' + 'che')\n")
    before = tree(project)
    words = ("split", "transaction", "--port", "8002")
    done = splitter(*words, at=project, environment=left.environment, status=1)
    assert done.lines[0] == "transaction: does not boot alone"
    assert done.lines[-1] == "transaction is not split: nothing was written"
    assert "No module named 'cache'" in done.out
    assert tree(project) == before
    assert (left.processes(), left.files()) == ([], [])


def test_a_monolith_that_cannot_be_imported_is_not_split(project: Path) -> None:
    edit(project, "config.py", "settings = get_settings()", "settings = no_settings()")
    before = tree(project)
    done = splitter("split", "transaction", "--port", "8002", at=project, status=1)
    assert done.out == ""
    assert done.err.splitlines()[1:3] == [
        "error: the monolith cannot be imported, so nothing can be held against it",
        "  config.py:62: NameError: name 'no_settings' is not defined",
    ]
    assert tree(project) == before


LATE = {
    "main.py": "from contextlib import asynccontextmanager\n\nfrom fastapi import FastAPI\n\n"
    "from routes import early\n\n\n@asynccontextmanager\nasync def lifespan(app):\n"
    "    from routes import late\n\n    app.include_router(late.router)\n    yield\n\n\n"
    "app = FastAPI(lifespan=lifespan)\napp.include_router(early.router)\n",
    "routes/__init__.py": "",
    **{
        f"routes/{name}.py": "from fastapi import APIRouter\n\nrouter = APIRouter()\n\n\n"
        f"@router.get('/{name}')\ndef {name}():\n    return 1\n"
        for name in ("early", "late")
    },
}


def test_routes_that_the_application_is_not_seen_to_have_are_not_split(tmp_path: Path) -> None:
    for name, text in LATE.items():
        tmp_path.joinpath(name).parent.mkdir(exist_ok=True)
        tmp_path.joinpath(name).write_text(text)
    splitter("init", at=tmp_path)
    done = splitter("split", "late", "--port", "8002", at=tmp_path, status=1)
    assert "  routes/late.py:7: SPL010 GET /late is in the source only" in done.err.splitlines()
    assert "set lifespan = true under [monolith]" in done.err
    assert not (tmp_path / "services").exists()
    edit(tmp_path, "splitter.toml", "[monolith]\n", "[monolith]\nlifespan = true\n")
    done = splitter("split", "late", "--port", "8002", at=tmp_path)
    assert done.lines[-1] == "3 cases: 3 matched"
