from __future__ import annotations

from dataclasses import replace

from environments import IMPORTS, RUNNING, SHOP, VERSIONS, drawn

from splitter.planning.findings.dependencies import undeclared

ALL = "fastapi==0.115.0\npydantic\npyyaml\nuvicorn\nboto3\n"
INSTALLED = replace(
    RUNNING,
    versions=VERSIONS | {"boto3": "1.35.0"},
    distributions=IMPORTS | {"boto3": ("boto3",)},
)


def told(text: str, path: str = "requirements.txt", **more: str) -> list[tuple[object, ...]]:
    plan = drawn(SHOP | {path: text} | more, "users", "orders", running=INSTALLED)
    found = undeclared(plan)
    return [(f.note.path, f.note.line, f.note.code, f.note.what, f.services) for f in found]


def test_nothing_is_told_where_files_and_environment_agree() -> None:
    assert told(ALL) == []


def test_nothing_is_told_of_a_monolith_without_dependency_files() -> None:
    assert told("fastapi\n", path="notes.txt") == []


def test_what_is_imported_and_not_asked_for_is_missing() -> None:
    assert told(ALL.replace("pyyaml\n", "")) == [
        (
            *("tools.py", 1, "SPL034"),
            "pyyaml is imported, and requirements.txt does not ask for it",
            ("users",),
        )
    ]


def test_what_something_asked_for_requires_is_not_missing() -> None:
    assert told(ALL.replace("pydantic\n", "")) == []


def test_what_is_asked_for_and_not_installed_is_told() -> None:
    assert told(ALL + "celery>=5\n") == [
        (
            *("requirements.txt", 6, "SPL035"),
            "celery is asked for, and not installed in the monolith's environment",
            (),
        )
    ]


def test_other_versions_than_the_pinned_and_locked_ones_are_told() -> None:
    lock = '[[package]]\nname = "pyyaml"\nversion = "6.0.1"\n'
    assert told(ALL.replace("0.115.0", "0.116"), **{"uv.lock": lock}) == [
        (
            *("requirements.txt", 1, "SPL036"),
            "fastapi is to be 0.116, and 0.115.0 is installed",
            ("orders", "users"),
        ),
        (
            *("uv.lock", 0, "SPL036"),
            "pyyaml is to be 6.0.1, and 6.0.2 is installed",
            ("users",),
        ),
    ]


def test_a_version_that_is_spelled_otherwise_is_the_same() -> None:
    assert told(ALL.replace("0.115.0", "0.115")) == []


def test_what_no_service_needs_is_told_once_for_a_file() -> None:
    assert told("httpx\n" + ALL + "Passlib\n") == [
        ("requirements.txt", 1, "SPL037", "httpx and passlib are needed by no planned service", ())
    ]


def test_what_is_not_known_of_the_environment_is_not_told() -> None:
    files = SHOP | {"requirements.txt": "celery\n"}
    bare = replace(INSTALLED, versions={}, distributions={}, requires={})
    assert list(undeclared(drawn(files, "users", running=bare))) == []
