# healthcode: everything a person or a machine runs here. Needs make and Python 3.11 or newer, nothing else.

PYTHON ?= python3
IN := .venv/bin/python
PIP := $(IN) -m pip --disable-pip-version-check --quiet install --require-hashes

.PHONY: help setup run test proof soak bench lint format pins clean

help:  ## This list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile

setup: .venv/tested  ## Everything installed in .venv, pinned by hash
	@echo "ready: make run, make test"
run: .venv/runs  ## The service with a model town, and the way in on the screen
	@$(IN) -m healthcode run
test: .venv/tested  ## The suite, on SQLite and PostgreSQL
	$(IN) -m pytest -n 2
proof: .venv/tested  ## The long proofs, within an hour
	$(IN) -m pytest -n 2 -m proof
soak: .venv/tested  ## The very long ones
	$(IN) -m pytest -m soak
bench: .venv/tested  ## What it costs: one table, each row beside its yardstick
	$(IN) -m benchmarks
lint: .venv/tested  ## Style, types, and who may import whom
	.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy && .venv/bin/lint-imports
format: .venv/tested  ## Put the code in its usual form
	.venv/bin/ruff check --fix . && .venv/bin/ruff format .
pins: .venv/bin/python  ## Resolve requirements*.in again: newest versions that fit
	$(IN) -m pip --disable-pip-version-check --quiet install uv
	for name in requirements requirements-dev; do .venv/bin/uv pip compile $$name.in --output-file $$name.txt --upgrade --quiet \
		--universal --python-version 3.11 --generate-hashes --no-strip-extras --no-annotate --no-header --no-emit-index-url --no-emit-find-links || exit 1; done
clean:  ## Forget what was installed and cached; the data in var/ stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.venv/tested: .venv/runs requirements-dev.txt
	$(PIP) -r requirements-dev.txt
	@touch $@
.venv/runs: .venv/bin/python requirements.txt
	$(PIP) -r requirements.txt
	@touch $@
.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "healthcode needs Python 3.11 or newer; here is $$($(PYTHON) --version 2>&1). Try: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "This Python cannot make environments: it lacks ensurepip. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv .venv
