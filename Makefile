# Alur's commands. `make help` lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest
# Files of tests run side by side, each with services of its own.
JOBS ?= 2

.PHONY: help run test test-all demo sure bench lock format clean

help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

.venv/.installed: requirements.lock setup.cfg pyproject.toml
	@echo "Setting up .venv (once; a minute or two) …"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

run: .venv/.installed ## Start everything; Ctrl-C stops it
	@exec $(BIN)/alur serve

test: .venv/.installed ## Run the test suite on real PostgreSQL and Valkey
	@$(PYTEST) -m "not long and not browser" -n $(JOBS) --dist loadfile
	@$(PYTEST) -m "browser and not long" tests/browser -n $(JOBS) --dist loadfile

test-all: .venv/.installed ## Run the long tests that `make test` leaves out
	@$(PYTEST) -m long -n $(JOBS) --dist loadfile

demo: .venv/.installed ## Carry real cases over HTTP, the first to a signed card
	@$(BIN)/alur demo

sure: .venv/.installed ## Format, lint, types, contracts, fast tests
	@$(BIN)/ruff format --check --quiet . || (echo "Run make format."; exit 1)
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(PYTEST) tests/unit tests/property -m "not long" -n $(JOBS) --dist loadfile

bench: .venv/.installed ## Measure against the floors; writes var/bench.json
	@$(BIN)/python -m benchmarks

format: .venv/.installed ## Format the code
	@$(BIN)/ruff format --quiet .
	@$(BIN)/ruff check --fix --quiet .

lock: ## Write requirements.lock anew (needs uv)
	@uv pip compile setup.cfg --extra build --extra test --universal --generate-hashes --no-header --no-annotate --python-version 3.11 -o requirements.lock

clean: ## Remove the environment and what it wrote; keeps var
	@rm -rf .venv build *.egg-info .mypy_cache .ruff_cache .pytest_cache
