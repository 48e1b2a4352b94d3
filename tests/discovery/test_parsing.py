import ast

import pytest

from splitter.discovery.parsing import absolute, is_package, module_name, parse
from splitter.model.changes import Note
from splitter.model.monolith import Sources


def test_trees_are_by_path_and_modules_by_dotted_name() -> None:
    found = parse(
        Sources({"main.py": b"x = 1\n", "api/__init__.py": b"", "api/a.py": b"", "a.txt": b"("})
    )
    assert sorted(found.trees) == ["api/__init__.py", "api/a.py", "main.py"]
    assert found.names == {"main": "main.py", "api": "api/__init__.py", "api.a": "api/a.py"}
    assert found.notes == ()
    assert isinstance(found.tree("main"), ast.Module)
    assert found.tree("elsewhere") is None


def test_a_package_wins_over_a_module_of_the_same_name() -> None:
    for files in ({"a.py": b"", "a/__init__.py": b""}, {"a/__init__.py": b"", "a.py": b""}):
        assert parse(Sources(files)).names == {"a": "a/__init__.py"}


def test_skipped_files_and_folders_are_not_read() -> None:
    files = {"a.py": b"(", "tests/deep/b.py": b"(", "testsuite.py": b"", "c.py": b""}
    found = parse(Sources(files), skip={"a.py", "tests"})
    assert found.names == {"testsuite": "testsuite.py", "c": "c.py"}
    assert found.notes == ()


@pytest.mark.parametrize(
    ("source", "line", "what"),
    [
        (b"x = 1\ndef broken(:\n", 2, "cannot be parsed: invalid syntax"),
        (b"x = '\0'\n", 0, "cannot be parsed: source code string cannot contain null bytes"),
        (b"# coding: no-such\n", 0, "cannot be parsed: unknown encoding: no-such"),
    ],
)
def test_what_cannot_be_parsed_is_a_note(source: bytes, line: int, what: str) -> None:
    found = parse(Sources({"a.py": source, "b.py": b""}))
    assert found.notes == (Note("a.py", line, "SPL001", what),)
    assert sorted(found.trees) == ["b.py"]
    assert found.names == {"a": "a.py", "b": "b.py"}
    assert found.tree("a") is None


def test_encodings_and_dubious_escapes_are_read_without_a_word() -> None:
    latin = "# coding: latin-1\nx = 'é'\n".encode("latin-1")
    bom = b"\xef\xbb\xbfx = '\\d'\n"
    found = parse(Sources({"a.py": latin, "b.py": bom}))
    assert found.notes == ()
    assert ast.dump(found.trees["a.py"]) == ast.dump(ast.parse("x = 'é'"))


@pytest.mark.parametrize(
    ("path", "name", "package"),
    [
        ("main.py", "main", False),
        ("api/routes/a.py", "api.routes.a", False),
        ("api/__init__.py", "api", True),
        ("__init__.py", "", True),
    ],
)
def test_module_names(path: str, name: str, package: bool) -> None:
    assert module_name(path) == name
    assert is_package(path) is package


@pytest.mark.parametrize(
    ("module", "path", "level", "expected"),
    [
        ("a.b", "x/y.py", 0, "a.b"),
        ("b", "x/y.py", 1, "x.b"),
        ("", "x/y.py", 1, "x"),
        ("b", "x/__init__.py", 1, "x.b"),
        ("b", "x/y/z.py", 2, "x.b"),
        ("", "x/y/__init__.py", 2, "x"),
        ("b", "y.py", 1, "b"),
        ("b", "y.py", 2, ""),
    ],
)
def test_relative_names(module: str, path: str, level: int, expected: str) -> None:
    assert absolute(module, path, level) == expected


def test_a_file_that_says_the_same_is_not_parsed_again() -> None:
    before = parse(Sources({"a.py": b"x = 1\n", "b.py": b"y = 1\n"}))
    after = parse(Sources({"a.py": b"x = 1\n", "b.py": b"y = 2\n"}))
    assert after.trees["a.py"] is before.trees["a.py"]
    assert ast.unparse(after.trees["b.py"]) == "y = 2"
