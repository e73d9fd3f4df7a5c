# The only entry for developers and CI. `make` lists the targets.
# What a target needs is installed first, and said; a second run of the same target is quick.

# The system's before one from elsewhere: distributions build theirs with a profile of its use, which makes it half as
# fast again as one that was compiled by hand.
PYTHON ?= $(or $(wildcard /usr/bin/python3.11),$(shell command -v python3.11 || command -v python3))
BIN := .venv/bin
RUN := $(BIN)/python -m
PYTEST := $(RUN) pytest
# Two workers at least: many tests wait for a child process.
WORKERS ?= $(shell n=$$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2); [ $$n -gt 2 ] && echo $$n || echo 2)
# One more than processors where nothing else runs: a quarter of its time a worker waits, for the disk or a moment.
SPREAD := -n $(shell expr $(WORKERS) + 1) --dist worksteal
# As many where other tests run beside them. A module of these works on one server from its first test to its last, and
# their conftest.py says which comes first.
BY_MODULE := -n $(WORKERS) --dist loadscope --no-loadscope-reorder
LOCK := UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --universal --generate-hashes --python-version 3.11 --quiet

export PATH := $(CURDIR)/$(BIN):$(PATH)

.DEFAULT_GOAL := help
.PHONY: help setup ready checked-page covered peers demo test test-fast test-stores lint types fmt check docs web web-check e2e bench browser azurite postgres peer clients libraries generated dist lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' Makefile

setup: .venv/.installed ## make .venv with every extra and development tool
	@:

.venv/.requirements: requirements/dev.txt requirements/uv.txt tools/setup.py
	@$(PYTHON) tools/setup.py venv
	@touch $@

.venv/.installed: .venv/.requirements pyproject.toml tools/build.py tools/compiled.py src/runstone/journal/appending.c
	@$(PYTHON) tools/setup.py project
	@touch $@

.venv/.node: requirements/node.txt .venv/.installed
	@$(BIN)/python tools/web.py has-node || $(BIN)/python tools/setup.py node
	@touch $@

.venv-peer/.installed: requirements/peer.txt .venv/.installed
	@$(BIN)/python tools/setup.py peer
	@touch $@

peer: .venv-peer/.installed ## make .venv-peer with the genuine MLflow, which tests compare with
	@:

.venv-mlflow2/.installed: requirements/mlflow1.txt requirements/mlflow2.txt .venv/.installed
	@$(BIN)/python tools/setup.py clients
	@touch $@

clients: .venv-mlflow2/.installed ## make environments with older clients of MLflow, which tests drive the server with
	@:

.venv-libraries/.installed: pyproject.toml .venv/.installed
	@$(BIN)/python tools/setup.py libraries
	@touch $@

libraries: .venv-libraries/.installed ## make an environment with libraries that log through MLflow, which tests let train
	@:

.venv-fasttrackml/.installed: requirements/fasttrackml.txt .venv/.installed
	@$(BIN)/python tools/setup.py fasttrackml
	@touch $@

azurite: .venv/.node ## install the service that speaks as Azure's storage, for tests
	@$(BIN)/python tools/web.py azurite

browser: setup ## install Chromium from the system's packages where there is none
	@$(BIN)/python tools/setup.py browser

postgres: setup ## install PostgreSQL from the system's packages where there is none
	@$(BIN)/python tools/setup.py postgres

web: .venv/.node ## build the page, if its sources changed
	@$(BIN)/python tools/web.py build

demo: setup web ## train real models, show them on a page; DEMO="--exit" only verifies
	$(BIN)/runstone demo $(DEMO)

fmt: setup ## bring the Python files into shape
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format --quiet .

lint: setup ## style, import rules, repository checks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(RUN) tools.lengths
	$(RUN) tools.lazy_imports
	$(RUN) tools.words
	$(RUN) tools.changes check

types: setup ## strict types
	$(BIN)/mypy

check: lint types ## what must hold before a commit, without the tests
	$(RUN) tools.generated

generated: setup ## write what is made from the code: spec/openapi.json, spec/public-api.txt, docs/reference
	$(RUN) tools.generated --write

test-fast: setup ## the inner loop: no slow, peer and browser tests
	$(PYTEST) $(SPREAD) -m "not slow and not peer and not browser"

test-stores: setup postgres ## every store, against the shared suite
	$(PYTEST) $(SPREAD) tests/stores tests/migrations

test: .venv/.node ## everything; what CI runs
	@$(MAKE) --no-print-directory --jobs=5 --output-sync=target ready
	$(PYTEST) $(SPREAD) -m "not browser and not peer" --cov --cov-report= --cov-fail-under=0
	@$(MAKE) --no-print-directory --jobs=3 --output-sync=target covered peers e2e

# What precedes the tests, side by side: installs wait for the network while checks keep the processors busy.
# What takes longest of either kind comes first.
ready: check libraries checked-page browser peer clients docs postgres azurite

covered: ## how much of the code the last tests have run
	$(RUN) coverage report --skip-covered
	$(RUN) coverage report --skip-covered --fail-under=100 --include='src/runstone/entities/*,src/runstone/search/*,src/runstone/schemas/*,src/runstone/errors/*'

peers: peer clients libraries ## Runstone beside the genuine MLflow
	$(PYTEST) $(BY_MODULE) -m peer tests/peers

# In this order: the check writes types that the build reads.
checked-page: web-check
	@$(BIN)/python tools/web.py build

web-check: .venv/.node ## lint, types and tests of the page
	$(BIN)/python tools/web.py check

e2e: setup web browser ## the page in a real browser
	$(PYTEST) $(BY_MODULE) -m browser tests/e2e

docs: setup ## build the site into docs/_build/html
	$(RUN) sphinx -W --keep-going --quiet -b html docs docs/_build/html
	$(RUN) tools.offline docs/_build/html

bench: setup web peer postgres .venv-fasttrackml/.installed ## the bars, side by side with others; ONLY="writes starts" measures some again
	$(RUN) benchmarks $(ONLY)

dist: setup web ## build the wheel and the source archive into dist/
	$(BIN)/hatchling build

lock: setup ## write requirements/*.txt from pyproject.toml
	$(LOCK) pyproject.toml --extra server -o requirements/server.txt
	$(LOCK) pyproject.toml --all-extras --group dev -o requirements/dev.txt
	$(LOCK) --group uv -c requirements/dev.txt -o requirements/uv.txt
	$(LOCK) --group node -o requirements/node.txt
	$(LOCK) --group peer -o requirements/peer.txt
	$(LOCK) --group mlflow1 -o requirements/mlflow1.txt
	$(LOCK) --group mlflow2 -o requirements/mlflow2.txt
	$(LOCK) --group fasttrackml -o requirements/fasttrackml.txt

clean: ## remove what was built; the environments stay
	rm -rf .build dist docs/_build src/runstone/server/static src/runstone/journal/*.so .venv/.installed .coverage .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
