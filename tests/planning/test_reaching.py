"""Which methods run for a route: those that something reached may call by their name."""

from __future__ import annotations

import pytest
from monoliths import ground

from splitter.planning.program import Program
from splitter.planning.reaching import Reaching

STORE = """
from typing import Annotated, Optional
from fastapi import Depends

class Base:
    def __init__(self): self.open_up()
    def open_up(self): opened()
    def save(self): base_saved()

class Store(Base):
    def save(self): super().save(); saved()
    def load(self): loaded()
    def drop(self): dropped()

class Other:
    def save(self): other_saved()
    def helper(self) -> Store: ...

class Holder:
    store: Store
    def __init__(self, inner: Store): self.inner = inner

def get_store() -> "Store": ...
def opened(): ...
def base_saved(): ...
def saved(): ...
def loaded(): ...
def dropped(): ...
def other_saved(): ...

store = Store()
StoreDep = Annotated[Store, Depends(get_store)]
known: Optional[Store] = None
"""
CASES = {
    "an annotated parameter": ("s: Store", "s.load()", {"loaded"}),
    "an alias of Annotated": ("s: StoreDep", "s.load()", {"loaded", "opened"}),
    "a default that depends": ("s=Depends(get_store)", "s.load()", {"loaded"}),
    "what a function returns": ("", "get_store().load()", {"loaded"}),
    "an object at module level": ("", "store.load()", {"loaded", "opened"}),
    "an annotation at module level": ("", "known.load()", {"loaded"}),
    "a local variable": ("", "s = Store(); s.load()", {"loaded", "opened"}),
    "the base's method, too": ("s: Store", "s.save()", {"saved", "base_saved"}),
    "what overrides it": ("b: Base", "b.save(); Store", {"saved", "base_saved", "opened"}),
    "an attribute of an object": ("h: Holder", "h.store.load(); h.inner.drop()",
                                  {"loaded", "dropped"}),
    "a method's result": ("o: Other", "o.helper().load()", {"loaded"}),
    "an unknown object": ("x, s: Store, o: Other", "x.save()",
                          {"saved", "base_saved", "other_saved"}),
    "a library's object": ("s: Store", "import json; json.load()", set()),
    "a class that is only an annotation": ("s: Store", "return 1", set()),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_only_the_methods_that_may_be_meant_run(case: str) -> None:
    parameters, body, expected = CASES[case]
    main = (
        "from fastapi import Depends, FastAPI\nfrom store import *\n\napp = FastAPI()\n\n"
        f"@app.get('/')\ndef index({parameters}):\n    {body}\n"
    )
    start = ground({"main.py": main, "store.py": STORE})
    program = Program(start.parsed)
    reaching = Reaching(program)
    pieces = reaching.reach(reaching.roots(start.routes)).pieces
    marks = {"opened", "base_saved", "saved", "loaded", "dropped", "other_saved"}
    named = {name for piece in pieces for name in program.statement(piece[:2]).binds}
    assert named & marks == expected
