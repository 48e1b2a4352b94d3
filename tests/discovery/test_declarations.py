from __future__ import annotations

from splitter.discovery.declarations import declarations, locked


def found(path: str, text: str) -> list[tuple[str, int, str]]:
    return [(d.name, d.line, d.version) for d in declarations({path: text.encode()})]


def test_lines_of_a_requirements_file() -> None:
    text = """# what we need
fastapi[standard]==0.115.0  # the web
Typing_Extensions>=4; python_version < "3.12"
-r other.txt
--index-url https://example.org
git+https://example.org/x.git
name @ https://example.org/name.zip
pinned===1.0 \\
    --hash=sha256:abc
any==1.*
"""
    assert found("requirements.txt", text) == [
        ("any", 10, ""),
        ("fastapi", 2, "0.115.0"),
        ("name", 7, ""),
        ("pinned", 8, "1.0"),
        ("typing-extensions", 3, ""),
    ]


def test_files_of_other_names_and_folders() -> None:
    for path in ("requirements.in", "requirements/base.txt", "requirements-prod.txt"):
        assert found(path, "flask\n") == [("flask", 1, "")]
    for path in ("requirements-dev.txt", "requirements/test.txt", "docs/requirements.txt"):
        assert found(path, "flask\n") == []
    assert found("requirements_testing.txt", "flask\n") == []


def test_a_project_by_its_own_table_and_by_poetry_s() -> None:
    text = """[project]
dependencies = [
    "fastapi>=0.100",
    "pyyaml==6.0",
]
[project.optional-dependencies]
more = ["flask"]
"""
    assert found("pyproject.toml", text) == [("fastapi", 3, ""), ("pyyaml", 4, "6.0")]
    text = """[tool.poetry.dependencies]
python = "^3.11"
fastapi = "^0.100"
flask = {version = "3", optional = true}
"""
    assert found("pyproject.toml", text) == [("fastapi", 3, "")]


def test_broken_files_ask_for_nothing() -> None:
    assert found("pyproject.toml", "[project\n") == []
    assert found("requirements.txt", "=== ???\n\x00\n") == []
    assert locked({"uv.lock": b"[[package\n"}) == ()


def test_a_lock_gives_the_only_version_of_each() -> None:
    text = b"""
[[package]]
name = "Flask"
version = "3.0"
[[package]]
name = "numpy"
version = "1.0"
[[package]]
name = "numpy"
version = "2.0"
"""
    assert [(d.name, d.version) for d in locked({"poetry.lock": text})] == [("flask", "3.0")]
