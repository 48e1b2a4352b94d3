# make demo: watch a monolith become seven services.   make test: all checks, all tests.
# Needs Python 3.11 or later, make and git; makes its own environment in .venv, with uv if it is there.

VENV ?= .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)

.PHONY: demo test lint types layers tests build clean pins

demo: $(VENV)/.ready
	$(BIN)/splitter demo

test: lint types layers tests

lint: $(VENV)/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.ready
	$(BIN)/mypy

layers: $(VENV)/.ready
	$(BIN)/lint-imports

tests: $(VENV)/.ready
	$(BIN)/python -m pytest -n 2 --dist loadgroup

build: $(VENV)/.ready
	$(BIN)/python -m build --no-isolation

# The exact versions of everything for development and CI, one plain file; from requirements/dev.in.
pins:
	uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate \
		--no-emit-package monolith-splitter requirements/dev.in -o requirements/dev.txt

clean:
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

$(VENV)/.ready: requirements/dev.txt pyproject.toml
ifeq ($(PYTHON),)
	@echo 'splitter needs Python 3.11 or later; none was found (name one: make PYTHON=/path/to/python)' >&2; exit 1
endif
ifneq ($(UV),)
	$(UV) venv --quiet --allow-existing --python $(PYTHON) $(VENV)
	$(UV) pip install --quiet --python $(BIN)/python -r requirements/dev.txt
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
else
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
endif
	@touch $@
