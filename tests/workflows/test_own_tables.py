from splitter.workflows.retiring import without_own_tables

TEXT = b"""
[project]
name = "bank"

[tool.splitter.monolith]
app = "main:app"

[tool.splitter.services.items]
routes = ["api.routes.items"]

[tool.splitters]
keep = "api.routes.users"

[tool.splitter]
last = ["api.routes.assets"]
"""


def test_settings_of_splitter_are_no_use_of_the_modules_that_they_name() -> None:
    text = without_own_tables(TEXT)
    assert "api.routes.users" in text
    assert 'name = "bank"' in text
    assert "items" not in text
    assert "assets" not in text


def test_other_files_are_as_they_are() -> None:
    assert without_own_tables(b"CMD api.routes.items") == "CMD api.routes.items"
