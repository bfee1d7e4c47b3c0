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
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input

# With extras: pip before 25 looks at the newest release of coverage[toml] where the lock pins only coverage, and stops at its
# missing hash.
COMPILE := uv pip compile --universal --python-version 3.11 --upgrade --generate-hashes --no-strip-extras --no-emit-index-url \
	--no-header --no-annotate --quiet

# What `make bench` measures with: an archive of stories and servers to poll, where they lie beside the clone; else the sample.
# BENCH='--only poll --runs 1' chooses.
BENCH_STORIES ?= $(wildcard ../shared/corpus/stories.jsonl.gz)
BENCH_SERVERS ?= $(wildcard ../shared/tools)
PEERS := benchmarks/.venv/.up-to-date

# The least percent of the lines and branches of monitor/domain that `make test` must run: 99.59 on 2026-11-27, less a little
# for what properties draw by chance. It may only rise.
DOMAIN_COVERAGE := 99.3

# Sets up $(VENV) in three steps and says how far it is: on a terminal in one line, elsewhere in a line every five seconds.
define SET_UP
began=$$(date +%s); log=$$(mktemp); trap 'rm -f "$$log"' EXIT; trap 'kill $$pid 2>/dev/null; exit 130' INT TERM
locked=$$(grep -c '^[a-z].*==' requirements.lock)

far() { # how many packages are fetched, then how many are in place; nothing in the other steps
	grep -q '^Installing collected' "$$log" && set -- installing "$$(ls -d $(VENV)/lib/python*/site-packages/*.dist-info | grep -vcE '/(pip|setuptools|deal_monitor)-')" \
		|| set -- fetching "$$(grep -cE '^(Collecting|Requirement already)' "$$log")"
	echo "$$1 $$(($$2)) of $$((locked - $$(grep -c '^Ignoring' "$$log")))"
}
step() { # step NUMBER WHAT COMMAND...: runs the command; if it fails, says why and what to do
	number=$$1 what=$$2; shift 2; : >"$$log"; told=0 ticks=0
	[ -t 2 ] || echo "[$$number/3] $$what" >&2
	"$$@" >"$$log" 2>&1 & pid=$$!
	while kill -0 $$pid 2>/dev/null; do
		now=$$what; [ $$number = 2 ] && now="$$what: $$(far)"
		if [ -t 2 ]; then printf '\r\033[2K[%s/3] %s, %s s' $$number "$$now" $$(($$(date +%s) - began)) >&2
		elif [ $$((ticks += 1)) -ge 10 ]; then ticks=0; echo "      $$now, $$(($$(date +%s) - began)) s" >&2; fi
		sleep 0.5
	done
	wait $$pid && code=0 || code=$$?
	[ -t 2 ] && printf '\r\033[2K' >&2
	[ $$code = 0 ] || { tail -n 12 "$$log" >&2; remedy >&2; exit 1; }
	[ -t 2 ] && echo "[$$number/3] $$what: done" >&2 || :
}
remedy() {
	if grep -qiE 'No space left' "$$log"; then echo "make: the disk is full; free about 300 MB and call make again"
	elif grep -qiE 'DO NOT MATCH THE HASHES' "$$log"; then
		echo "make: a package is not the one that requirements.lock names. Try: pip cache purge; then ask who runs the package index"
	elif grep -qiE 'NewConnection|NameResolution|ConnectTimeout|ReadTimeout|ProxyError|SSLError|unreachable|timed out' "$$log"; then
		echo "make: the package index cannot be reached. Is there a network, does it need a proxy (HTTPS_PROXY) or a mirror"
		echo "(PIP_INDEX_URL)? Without any network: docs/operating.md, \"Install\". Then call make again."
	elif grep -qiE 'No matching distribution|not a supported wheel' "$$log"; then
		echo "make: no wheel of a package for $$($(BIN)/python -VV | tr '\n' ' ')on $$(uname -sm)."
		echo "Python 3.11 to 3.13 on Linux (x86-64, ARM) and macOS have them all: make venv PYTHON=/path/to/python3.12"
	else echo "make: the last lines of pip are above; call make again when that is mended"; fi
}
[ -x $(BIN)/python ] && $(BIN)/python -m pip --version >/dev/null 2>&1 \
	|| step 1 "making $(VENV) with $$($(PYTHON) --version)" $(PYTHON) -m venv --clear $(VENV)
step 2 "packages of requirements.lock" $(PIP) install --require-hashes --only-binary :all: --requirement requirements.lock
step 3 "installing deal-monitor itself" $(PIP) install --no-deps --no-build-isolation --no-index --editable .
echo "$(VENV) is ready after $$(($$(date +%s) - began)) s. Next: source $(BIN)/activate, and deal-monitor --help lists the commands." >&2
endef
export SET_UP

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help venv run demo wheel test slow coverage deep lint types check bench pictures reference mail-checks lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

venv: $(STAMP) ## Set up .venv from the lock (PYTHON=... chooses the interpreter)

run: $(STAMP) ## Start the monitor with config.toml
	@exec $(BIN)/deal-monitor run

demo: $(STAMP) ## Replay the sample year offline into var/demo
	@exec $(BIN)/deal-monitor demo

wheel: $(STAMP) ## Build the wheel into dist/, for pipx and for other machines
	@exec $(BIN)/python -m hatchling build --target wheel

test: $(STAMP) ## Run the tests that take less than about a second each
	@PROPERTY_TIMES=0.3 exec $(BIN)/python -m pytest -m 'not slow' $(if $(COVERAGE),--cov --cov-report term --cov-fail-under $(DOMAIN_COVERAGE))

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

bench: $(STAMP) $(PEERS) ## Measure speed beside peers and limits, and write benchmarks/README.md (about eight minutes)
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

# The peers of the benches have an environment of their own. Without it their rows are skipped, and the report fails.
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
	@sh -c "$$SET_UP" set-up
	@touch $@
