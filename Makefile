# One entry for everything: `make help` lists the targets.
#
# SIGTERM: `run` replaces the recipe's shell by the program, so make passes the signal on to it; the program closes
# down, and ends with 0. GNU make then always dies of the SIGTERM it got itself (status 143, as a shell shows it):
# a supervisor that looks at the status should start `.venv/bin/deal-monitor run`, which is the same command.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.up-to-date
# Compiled modules are kept whatever the shell says: the tests start the program many times.
unexport PYTHONDONTWRITEBYTECODE
# Only wheels: building an archive would fetch build tools that no hash guards.
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check --no-input

COMPILE := uv pip compile --universal --python-version 3.11 --upgrade --generate-hashes --no-emit-index-url --no-header \
	--no-annotate --quiet

# What `make bench` measures with: an archive of stories and servers to poll, where they lie beside the clone; else the sample.
# BENCH='--only poll --runs 1' chooses.
BENCH_STORIES ?= $(wildcard ../shared/corpus/stories.jsonl.gz)
BENCH_SERVERS ?= $(wildcard ../shared/tools)
PEERS := benchmarks/.venv/.up-to-date

# The least percent of the lines and branches of monitor/domain that `make test` must run: 99.59 on 2026-11-27, less a little
# for what properties draw by chance. It may only rise.
DOMAIN_COVERAGE := 99.3

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help venv run demo test slow coverage deep lint types check bench pictures reference mail-checks lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

venv: $(STAMP) ## Set up .venv from the lock (PYTHON=... chooses the interpreter)

run: $(STAMP) ## Start the monitor with config.toml
	@exec $(BIN)/deal-monitor run

demo: $(STAMP) ## Replay the sample year offline into var/demo
	@exec $(BIN)/deal-monitor demo

test: $(STAMP) ## Run the tests that take less than about a second each
	@exec $(BIN)/python -m pytest -m 'not slow' $(if $(COVERAGE),--cov --cov-report term --cov-fail-under $(DOMAIN_COVERAGE))

slow: $(STAMP) ## Run the other tests
	@exec $(BIN)/python -m pytest -m slow

coverage: ## Run the tests of `make test`, and fail if they run less of monitor/domain than before
	@$(MAKE) --no-print-directory test COVERAGE=yes

deep: $(STAMP) ## Try the properties on thirty times as many examples, new ones each time
	@PROPERTY_TIMES=30 exec $(BIN)/python -m pytest tests/domain tests/pipeline/test_arrival_order.py tests/replay/test_replay.py tests/store/test_json_codec.py --timeout 1200

lint: $(STAMP) ## Check style and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP) ## Check types
	$(BIN)/mypy

check: lint types test ## All of the above checks

bench: $(STAMP) $(PEERS) ## Measure speed beside peers and limits, and write benchmarks/README.md (about six minutes)
	@BENCH_STORIES="$(BENCH_STORIES)" BENCH_SERVERS="$(BENCH_SERVERS)" exec $(BIN)/python -m benchmarks.report $(BENCH)

pictures: $(STAMP) ## Make the README's pictures from the demo (needs Chromium)
	$(BIN)/python docs/pictures.py

reference: $(STAMP) ## Make the reference pages from the code
	$(BIN)/python -m docs.make_reference

mail-checks: $(STAMP) ## Set up the checkers of mails and run them on every kind (needs ../shared; as root, apt-get installs)
	@.ci/mail-tools
	@.ci/shared-mail

lock: ## Renew both requirements.lock from pyproject.toml (needs uv on the PATH)
	$(COMPILE) pyproject.toml --group dev --group build --output-file requirements.lock
	$(COMPILE) --group bench --output-file benchmarks/requirements.lock

clean: ## Remove .venv and caches; var/ stays
	rm -rf $(VENV) benchmarks/.venv build dist .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find monitor tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

# The peers of the benches have an environment of their own. Without it their rows are skipped, so this never fails.
$(PEERS): benchmarks/requirements.lock
	@echo "Setting up benchmarks/.venv ..."
	@{ $(PYTHON) -m venv --clear benchmarks/.venv \
		&& benchmarks/.venv/bin/python -m pip --quiet --disable-pip-version-check --no-input install \
			--require-hashes --only-binary :all: --requirement benchmarks/requirements.lock \
		&& touch $@; } || { rm -rf benchmarks/.venv; echo "make: the peers cannot be set up; their rows are skipped" >&2; }

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "make: $(PYTHON) is missing or older than 3.11. Name another one: make venv PYTHON=/path/to/python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' || { \
		echo "make: $(PYTHON) comes without venv; install it (Debian: python3-venv) or name another: PYTHON=..." >&2; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	@echo "Setting up $(VENV) with $$($(BIN)/python --version) ..."
	@$(PIP) install --require-hashes --only-binary :all: --requirement requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --no-index --editable .
	@touch $@
