# Tocsin. `make help` lists the targets.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory
export PIP_DISABLE_PIP_VERSION_CHECK := 1

VENV    := .venv
BIN     := $(VENV)/bin
PIP     := $(BIN)/python -m pip -qq
WORKERS ?= 2

IS_SUPPORTED := -c 'import sys; sys.exit(sys.version_info < (3, 11))'
CANDIDATES   := python3 python3.13 python3.12 python3.11 python
PYTHON       ?= $(shell for python in $(CANDIDATES); do \
	$$python $(IS_SUPPORTED) >/dev/null 2>&1 && { echo $$python; break; }; done)

.PHONY: help run test soak bench lock fmt clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' Makefile

run: $(VENV)/.run ## detect incidents in a bundled log and show them
	@$(BIN)/tocsin demo

test: $(VENV)/.dev ## format, lint, types, layers and every test
	@$(BIN)/ruff format --check --quiet --output-format concise . || { echo 'Run "make fmt".' >&2; exit 1; }
	@$(BIN)/ruff check --quiet --output-format concise .
	@$(BIN)/mypy
	@report=$$($(BIN)/lint-imports --no-logo) || { echo "$$report"; exit 1; }
	@$(BIN)/pytest --quiet -n $(WORKERS)

soak: $(VENV)/.dev ## the long forms of the property and fault tests
	@TOCSIN_SOAK=1 $(BIN)/pytest -n $(WORKERS) tests/property tests/fault

bench: $(VENV)/.dev ## measure what the README claims
	@$(BIN)/python -m benchmarks

lock: $(VENV)/.dev ## resolve requirements/*.lock again; UPGRADE=--upgrade takes the newest
	@$(COMPILE) $(UPGRADE) pyproject.toml requirements/build.in --output-file requirements/run.lock
	@$(COMPILE) $(UPGRADE) --extra postgres --extra aws --extra apprise --constraints requirements/run.lock \
		pyproject.toml requirements/build.in requirements/dev.in --output-file requirements/dev.lock

COMPILE = $(BIN)/uv pip compile --quiet --no-config --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock'

fmt: $(VENV)/.dev ## format and repair what ruff can
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format --quiet .

clean: ## remove everything that make and the tools made
	@rm -rf $(VENV) dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.python:
	@test -n '$(PYTHON)' || { echo 'Tocsin needs Python 3.11 or newer and found none; make PYTHON=/path/to/python3.11 names one.' >&2; exit 1; }
	@$(PYTHON) $(IS_SUPPORTED) 2>/dev/null || { echo 'Tocsin needs Python 3.11 or newer; $(PYTHON) is not.' >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.run: $(VENV)/.python requirements/run.lock pyproject.toml
	@echo 'Installing the locked dependencies into $(VENV) …'
	@$(PIP) install --require-hashes --requirement requirements/run.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements/dev.lock
	@echo 'Installing the locked development tools into $(VENV) …'
	@$(PIP) install --require-hashes --requirement requirements/dev.lock
	@touch $@
