"""What was done is taken back byte for byte, and what the user edited is never overwritten."""

from __future__ import annotations

from pathlib import Path

import pytest
from terminal import CASES, EXAMPLE, append, copy, edit, splitter, tree

ROUTES = "services/transaction_service/routes/transactions.py"
COMMANDS = (
    ("scaffold", "fire", "--port", "8004"),
    ("rewrite-imports",),
    ("extract", "transaction"),
    ("gateway",),
    ("deprecate", "transaction", "--sunset", "2031-01-01"),
    ("deprecate", "auth", "--sunset", "2031-01-01"),
)


def test_undo_goes_back_step_by_step_to_the_very_beginning(
    with_services: Path, tmp_path: Path
) -> None:
    fresh = copy(EXAMPLE, tmp_path / "fresh")
    (fresh / "parity" / "cases.yaml").write_bytes(CASES.read_bytes())
    append(with_services, "api/routes/transactions.py", "\n# of the user\n")
    past = []
    for words in COMMANDS:
        past.append(tree(with_services))
        splitter(*words, at=with_services)
        assert tree(with_services) != past[-1]
    for words in reversed(COMMANDS):
        said = splitter("undo", at=with_services).lines[0]
        assert said.startswith("undone: ")
        assert words[0] in said
        assert tree(with_services) == past.pop()
    titles = [splitter("undo", at=with_services).lines[0] for _ in range(3)]
    assert titles == ["undone: split auth", "undone: split transaction", "undone: init"]
    edit(with_services, "api/routes/transactions.py", "\n# of the user\n", "")
    assert tree(with_services) == tree(fresh)
    for _ in range(2):
        assert splitter("undo", at=with_services).out == "nothing to undo\n"


def test_undo_leaves_an_edited_file_and_all_else(with_services: Path) -> None:
    append(with_services, "services/auth_service/main.py", "\n# mine\n")
    (with_services / "services/auth_service/utils.py").unlink()
    before = tree(with_services)
    for words in (["undo"], ["undo", "--dry-run"], ["undo", "--diff"]):
        done = splitter(*words, at=with_services, status=1)
        assert done.out == ""
        assert done.err.splitlines()[:3] == [
            f"error: {with_services}: nothing was written, for 2 files are not as expected:",
            "  services/auth_service/main.py has been edited since",
            "  services/auth_service/utils.py is no longer there",
        ]
        assert "run undo again" in done.err
        assert tree(with_services) == before


@pytest.mark.parametrize(
    "words",
    [
        ("extract", "transaction"),
        ("scaffold", "transaction", "--port", "8002"),
        ("split", "transaction", "--port", "8002", "--no-parity"),
    ],
    ids=" ".join,
)
def test_an_edited_copy_is_left_and_named(words: tuple[str, ...], with_services: Path) -> None:
    """Even where the monolith has moved on, so that there would be something to copy."""
    append(with_services, ROUTES, "\n# mine\n")
    append(with_services, "services/transaction_service/requirements.txt", "mine==1\n")
    append(with_services, "api/routes/transactions.py", "\n# theirs\n")
    append(with_services, "domain/budgeting.py", "\nLIMITS = {}\n")
    before = tree(with_services)
    done = splitter(*words, at=with_services)
    assert f"{ROUTES}: SPL090 edited by hand, left as it is\n" in done.err
    now = tree(with_services)
    assert {path for path in before if now[path] != before[path]} <= {".splitter/manifest.json"}
    assert set(now) == set(before)


def test_rewriting_keeps_an_edit_and_it_stays_the_users(with_services: Path) -> None:
    append(with_services, ROUTES, "\nfrom utils import today as the_day  # mine\n")
    done = splitter("rewrite-imports", at=with_services)
    assert done.lines == ["rewrite-imports: wrote 1 file", f"  ~ {ROUTES}"]
    line = "\nfrom shared.utils import today as the_day  # mine\n"
    assert (with_services / ROUTES).read_text().endswith(line)
    append(with_services, "api/routes/transactions.py", "\n# theirs\n")
    done = splitter("extract", "transaction", at=with_services)
    assert f"{ROUTES}: SPL090 edited by hand, left as it is\n" in done.err
    assert (with_services / ROUTES).read_text().endswith(line)


def test_other_files_that_were_edited_are_left_and_named(with_services: Path) -> None:
    splitter("gateway", at=with_services)
    splitter("deprecate", "auth", "--sunset", "2031-01-01", at=with_services)
    append(with_services, "gateway/nginx.conf", "# mine\n")
    append(with_services, "splitter_deprecations.py", "# mine\n")
    edit(with_services, "splitter.toml", "port = 8000\n", "port = 8100  # mine\n")
    gateway = splitter("gateway", at=with_services)
    assert gateway.err == "gateway/nginx.conf: SPL090 edited by hand, left as it is\n"
    assert gateway.out == "configure the gateway: nothing to change\n"
    words = ("deprecate", "transaction", "--sunset", "2031-01-01")
    done = splitter(*words, at=with_services)
    assert "splitter_deprecations.py: SPL090 edited by hand, left as it is\n" in done.err
    assert (with_services / "splitter_deprecations.py").read_text().endswith("# mine\n")
    splitter("scaffold", "fire", "--port", "8054", at=with_services)
    settings = (with_services / "splitter.toml").read_text()
    assert "port = 8100  # mine\n" in settings
    assert "port = 8054\n" in settings


def test_a_file_that_is_in_the_way_is_kept(project: Path) -> None:
    (project / "services/fire_service").mkdir(parents=True)
    (project / "services/fire_service/main.py").write_text("# mine\n")
    done = splitter("scaffold", "fire", "--port", "8004", at=project)
    assert "services/fire_service/main.py: SPL090 edited by hand, left as it is\n" in done.err
    assert (project / "services/fire_service/main.py").read_text() == "# mine\n"
