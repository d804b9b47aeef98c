# `make` lists what can be made. Everything happens in .venv; nothing is installed anywhere else.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Your own configuration when there is one.
CONFIG ?= $(if $(wildcard config.toml),config.toml,config.example.toml)
# Further arguments: make run ARGS="--once", make test ARGS="tests/store -x"
ARGS ?=
CORPUS ?=

export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Twice quiet: errors only.
PIP := $(BIN)/python -m pip --quiet --quiet
MAKEFLAGS += --no-print-directory
.DELETE_ON_ERROR:

# A stamp is younger than what it was made from, so an installation that is up to date costs nothing.
INSTALLED := $(VENV)/.installed
INSTALLED_DEV := $(VENV)/.installed-dev
LOCKS := requirements/run.lock requirements/build.lock

# Runs on any Python, however old, to tell whether it is one of those that pyproject.toml allows.
FITS := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))
WANTED := alertsvc needs Python 3.11 to 3.14; choose one with: make install PYTHON=/path/to/python3

.PHONY: help install install-dev run test check fmt train evaluate card wheel test-wheel lock clean

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-12s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

install: $(INSTALLED) ## Put the service and its locked packages into .venv (PYTHON=python3.12 to choose)

$(INSTALLED): $(LOCKS) pyproject.toml
	@command -v "$(PYTHON)" >/dev/null || { echo "There is no $(PYTHON) here. $(WANTED)" >&2; exit 1; }
	@"$(PYTHON)" -c '$(FITS)' || { echo "$(PYTHON) is $$("$(PYTHON)" --version 2>&1). $(WANTED)" >&2; exit 1; }
	@$(BIN)/python -c '$(FITS)' 2>/dev/null || { \
	  echo "Making $(VENV) with $$("$(PYTHON)" --version)"; \
	  "$(PYTHON)" -m venv --clear $(VENV) || { \
	    rm -rf $(VENV); echo "No environment could be made; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }; }
	@echo "Installing the locked packages into $(VENV) (about 350 MB; a minute or two)"
	@$(PIP) install --require-hashes -r requirements/run.lock -r requirements/build.lock
	@echo "Installing alertsvc itself, from this folder"
	@$(PIP) install --no-build-isolation --no-deps --editable .
	@touch $@

install-dev: $(INSTALLED_DEV) ## The same with what tests and checks need

$(INSTALLED_DEV): $(INSTALLED) requirements/dev.lock
	@echo "Installing the tools for tests and checks into $(VENV)"
	@$(PIP) install --require-hashes -r requirements/dev.lock
	@touch $@

run: $(INSTALLED) ## Start the service with config.toml, else with config.example.toml
	@$(BIN)/alertsvc run --config $(CONFIG) $(ARGS)

test: check ## All checks, then all tests (ARGS="tests/store -x" for some)
	@echo "Running the tests"
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile $(ARGS)

check: $(INSTALLED_DEV) ## Lint, format and types, changing nothing
	@echo "Checking style and types"
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check . || { echo "Some files are not formatted: make fmt" >&2; exit 1; }
	@$(BIN)/mypy --no-error-summary

fmt: $(INSTALLED_DEV) ## Format the code and mend what can be mended
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format .

train: $(INSTALLED) ## Train the classifier on seeds/ again
	@$(BIN)/alertsvc train $(ARGS)

evaluate: $(INSTALLED) ## Score detection on what it was not trained on, and on a labelled corpus: CORPUS=DIR
	@$(BIN)/alertsvc evaluate --gate $(if $(CORPUS),--corpus "$(CORPUS)") $(ARGS)

card: $(INSTALLED) ## Measure everything and write classifiers/MODEL_CARD.md (some ten minutes)
	@$(BIN)/alertsvc evaluate --card $(ARGS)

wheel: $(INSTALLED_DEV) ## Build the source archive and the wheel into dist/
	@echo "Building into dist/"
	@rm -rf dist
	@$(BIN)/python -m build --no-isolation --outdir dist . >build.log 2>&1 || { cat build.log >&2; rm -f build.log; exit 1; }
	@rm -f build.log
	@ls -1 dist

test-wheel: wheel ## Install the wheel into an environment of its own and let the service run once from there
	@echo "Making build/wheel and installing the wheel into it"
	@rm -rf build/wheel && mkdir -p build/wheel/home
	@$(BIN)/python -m venv build/wheel/venv
	@build/wheel/venv/bin/python -m pip --quiet --quiet install --require-hashes -r requirements/run.lock
	@build/wheel/venv/bin/python -m pip --quiet --quiet install --no-deps --no-index dist/alertsvc-*.whl
	@printf '[demonstration]\nenabled = true\n\n[web]\nenabled = false\n' >build/wheel/home/config.toml
	@echo "Trying it on the demonstration feeds, out of reach of the source"
	@cd build/wheel/home && ../venv/bin/alertsvc --version
	@cd build/wheel/home && ../venv/bin/alertsvc rules check && ../venv/bin/alertsvc rules test
	@cd build/wheel/home && ../venv/bin/alertsvc run --once --config config.toml
	@echo "The wheel works"

# Needs uv once: pip install uv. Say `make lock ARGS=--upgrade` to take newer versions. One lock serves every Python
# and platform that pyproject.toml allows; the addresses of package indexes are left out, so that any mirror will do.
LOCK := uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header
lock: ## Resolve the versions in requirements/*.lock anew (pip install uv)
	@command -v uv >/dev/null || { echo "make lock needs uv: pip install uv" >&2; exit 1; }
	$(LOCK) $(ARGS) pyproject.toml --output-file requirements/run.lock
	$(LOCK) $(ARGS) pyproject.toml --group dev --constraint requirements/run.lock --output-file requirements/dev.lock
	$(LOCK) $(ARGS) --group build --output-file requirements/build.lock

clean: ## Remove what was built and cached; .venv and var/ stay
	@rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage build.log
	@find . -name __pycache__ -type d ! -path './$(VENV)/*' -prune -exec rm -rf {} +
