# Learning Record Hub. `make` alone says what there is.

PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	command -v $$name >/dev/null && $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	&& echo $$name && break; done || echo python3)
VENV ?= .venv
BIN := $(VENV)/bin
T ?= tests

.DEFAULT_GOAL := help
.PHONY: help demo test check lint setup screenshots clean

help: ## Say what there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:[^#]*## /\t/' | expand -t 14

$(BIN)/hub: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo 'Python 3.11 or newer is needed; say which with: make PYTHON=/path/to/python3 ...'; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $(BIN)/hub

$(BIN)/pytest: $(BIN)/hub
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $(BIN)/pytest

setup: $(BIN)/pytest ## Make a virtual environment with everything for development

demo: $(BIN)/hub ## Run a whole hub with simulated systems; Ctrl-C stops everything
	$(BIN)/hub demo

test: $(BIN)/pytest ## Run all tests, or some: make test T=tests/xapi
	$(BIN)/pytest -n 2 $(T)

check: lint test ## Lint, types, import rules, templates, then all tests

lint: $(BIN)/pytest ## Lint, types, import rules and templates
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint hub --lint --quiet

screenshots: $(BIN)/pytest ## Take the pictures in docs/images with a real browser
	$(BIN)/python docs/screenshots.py

clean: ## Remove the virtual environment and caches; var/ with the demo's data stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
