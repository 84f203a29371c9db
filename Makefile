# What a developer needs; users need only ./run. `make` lists the targets.
PY := .venv/bin/python

.PHONY: help setup fmt lint types test quality check chaos soak docs lock release

help: ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

setup: ## everything a developer needs, into .venv
	./run setup dev

fmt: ## format and fix what can be fixed
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .

lint: ## style, banned APIs, import contracts, dependencies
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	.venv/bin/lint-imports
	.venv/bin/deptry .

types: ## mypy --strict
	$(PY) -m mypy

test: ## all tests
	$(PY) -m pytest --numprocesses 4 --dist worksteal

quality: ## floors of precision and recall on the labelled data, hostile feeds: minutes
	$(PY) -m pytest -m quality

CHAOS := $(PY) -c 'from tests.chaos import main; main()'
chaos: ## kill real processes 1,230 times and compare ledgers (about 20 minutes)
	$(CHAOS) --kills 1000
	$(CHAOS) --kills 200 --term
	$(CHAOS) --kills 30 --whole

soak: ## two simulated months, a million polls (about an hour)
	$(PY) -m tests.soak

bench: ## how fast rules are, all engines in one run
	$(PY) -m tests.bench.rules

check: lint types ## what each commit must pass, beside the tests

docs: ## write the pages that are made of the models and commands, and the JSON Schema
	$(PY) -m wirewatch.docs

lock: ## renew constraints.txt: the versions ./run installs (no host names, no hashes)
	uv pip compile --quiet --universal --all-extras --upgrade --no-annotate --no-header pyproject.toml -o constraints.txt

release: ## build, check what is in it, try it in empty environments
	.ci/release
