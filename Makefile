# One line each. Everything starts from Debian 12 with root, python3, git and make.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
REPORTS := build/reports
CACHE := $(or $(STREAMVERSE_CACHE),/var/cache/streamverse)
PYTEST := $(BIN)/pytest --durations=5
# A file of tests on each core, with fixtures of its own. Not for what measures how late it is.
TWO_AT_ONCE := -n 2 --dist loadfile --no-loadscope-reorder
.DEFAULT_GOAL := help
.PHONY: help venv demo up down images tools check unit media media-files media-contribution media-live media-alone apiserver e2e browser test bench soak

help: ## say what there is
	@awk -F':.*## ' '/^[a-z0-9]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

venv: $(VENV)/.made ## the Python environment of this checkout

$(VENV)/.made: requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --require-hashes -r requirements/dev.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

demo: venv ## from an empty machine to a film that plays; prints its URLs
	@$(BIN)/streamverse cluster up && $(BIN)/streamverse demo

up: venv ## start the cluster, or repair it
	@$(BIN)/streamverse cluster up

down: venv ## stop the cluster and remove it with its volumes
	@$(BIN)/streamverse cluster down

images: venv ## build and load the platform's images
	@$(BIN)/streamverse cluster images

tools: venv
	@$(BIN)/streamverse cluster tools

check: venv tools ## lint, types, import contracts, drift, unit tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/python -m crds.generate --check
	@$(MAKE) --no-print-directory unit

unit: venv tools ## pure tests
	$(PYTEST) tests/unit $(TWO_AT_ONCE) --junitxml=$(REPORTS)/unit.xml

media: tools media-files media-contribution media-live media-alone ## tests of the media steps with real ffmpeg, without a cluster

media-files: venv tools
	$(PYTEST) tests/media -m "not contribution and not live and not soak" $(TWO_AT_ONCE) --junitxml=$(REPORTS)/media-files.xml

# Not by the file: they have no fixture in common, and one file would be waited for at the end.
media-contribution: venv tools
	$(PYTEST) tests/media -m "contribution and not soak" -n 2 --dist worksteal --junitxml=$(REPORTS)/media-contribution.xml

media-live: venv tools
	$(PYTEST) tests/media -m "live and not alone and not soak" $(TWO_AT_ONCE) --junitxml=$(REPORTS)/media-live.xml

media-alone: venv tools
	$(PYTEST) tests/media -m "alone and not soak" --junitxml=$(REPORTS)/media-alone.xml

browser: export PATH := $(CACHE)/bin:$(PATH)
browser: venv tools ## tests of the player page in a real browser, without a cluster
	$(PYTEST) tests/browser --junitxml=$(REPORTS)/browser.xml

apiserver: venv tools ## tests against a real API server
	$(PYTEST) tests/apiserver $(TWO_AT_ONCE) --junitxml=$(REPORTS)/apiserver.xml

e2e: up tools ## user stories on the cluster
	$(PYTEST) tests/e2e --junitxml=$(REPORTS)/e2e.xml

test: venv ## all that must pass, and one summary of it
	@rm -rf $(REPORTS); $(MAKE) -k --no-print-directory check media browser apiserver e2e; status=$$?; $(BIN)/python -m tests.summary $(REPORTS); exit $$status

bench: up tools ## side-by-side benchmarks; tables for docs/performance.md
	@$(BIN)/python -m bench

soak: up tools ## what is too long for every change
	$(PYTEST) tests/unit --hypothesis-profile=search
	$(PYTEST) tests -m soak --timeout=7200
