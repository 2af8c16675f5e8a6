# Guanlian: one command per need. `make` alone lists them.
#
# A fresh machine needs Python 3.11 or newer, Node 20 or newer and make. Every other need is fetched once, from PyPI
# and npm through their own clients, into .venv and node_modules; the lock files decide when it is fetched again.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:

# The first Python on PATH that is new enough; 3.11 first, the one that everything was tested with.
PYTHON ?= $(shell for name in python3.11 python3.12 python3.13 python3; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$name" && break; done)

# anvil, cast and forge are linked there too: brownie, the gateway and the tests find them on PATH.
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export PYTHONDONTWRITEBYTECODE := 1

PYTHON_READY := .venv/.ready
NODE_READY := node_modules/.ready
TOOLS_READY := .venv/.tools
VERIFIER := backend/web/static/verify.js
CHARTS := backend/web/static/charts.js
BUNDLE := --bundle --format=esm --target=es2020 --minify --charset=utf8 --legal-comments=eof --log-level=warning
COMPILED := .cache/compiled
SOLIDITY := $(shell find contracts -name '*.sol' 2>/dev/null)
GATEWAY_TESTS := pytest -p no:pytest-brownie
# Of the tests on the embedded chain, those that hold on any chain as they stand: run on validators too.
ON_NETWORK := $(patsubst %,tests/integration/test_api_%.py,records certificate)

.PHONY: help setup demo test test-fast test-network fuzz lint fmt abi gas bench month check clean
.PHONY: compiler lock test-contracts test-forge test-gateway lint-python lint-solidity

help:
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(COMPILED) $(VERIFIER) $(CHARTS)  ## Install everything below this folder, and the compiler for brownie

demo: setup  ## Start a chain and a gateway and let a few hundred parcels live
	guanlian demo

test: setup  ## Run all tests: contracts, gateway, browser, and forge's short run
	@$(MAKE) --no-print-directory --keep-going test-contracts test-forge test-gateway

test-fast: setup  ## Run the pure tests only: no node, no browser, a few seconds
	$(GATEWAY_TESTS) tests/backend $(wildcard tests/test_*.py)

test-network: setup  ## Run the tests on real validators; builds go-ethereum once where Go is found, else skips
	@guanlian network build || true
	$(GATEWAY_TESTS) tests/network
	GUANLIAN_TEST_ON_NETWORK=1 $(GATEWAY_TESTS) $(ON_NETWORK)

fuzz: setup  ## Let forge make a million random calls
	FOUNDRY_PROFILE=fuzz forge test

lint: setup  ## Check style, types and formatting
	@$(MAKE) --no-print-directory --keep-going lint-python lint-solidity

fmt: setup  ## Format Python and Solidity
	ruff check --fix-only --quiet .
	ruff format .
	forge fmt

abi: setup  ## Write the contracts' ABI files that the gateway reads
	python -m scripts.abi

gas: setup  ## Measure gas and size of the contracts and rewrite tests/contracts/gas.json
	UPDATE_GAS=1 pytest tests/contracts/test_gas.py

bench: setup  ## Measure documents, parcels and records a second, from HTTP in to indexed out
	python -m scripts.bench

month: setup  ## Run a month of 50,000 exports over three lanes and count it three ways, in about an hour
	python -m scripts.month

check: setup  ## Everything that CI runs: lint and test
	@$(MAKE) --no-print-directory --keep-going lint test

# `interfaces` is brownie's: it makes that folder, empty, wherever a project has none.
clean:  ## Remove what the commands above made; an installation's data stays
	rm -rf $(VERIFIER) $(CHARTS) .venv node_modules .cache build reports *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	rmdir interfaces 2>/dev/null || true

# The parts of `test` and `lint`. Brownie's plugin compiles and starts a chain of its own for the contracts; the
# gateway's tests start what they need themselves.

test-contracts:
	pytest tests/contracts

test-forge:
	forge test

test-gateway:
	$(GATEWAY_TESTS) --ignore=tests/contracts --ignore=tests/network -n 2 --dist loadfile

lint-python:
	ruff check .
	ruff format --check .
	mypy

# The linter has a cache of its own: it compiles without bytecode, and forge test would take its files for compiled tests.
lint-solidity:
	forge fmt --check
	FOUNDRY_OUT=.cache/forge/lint/out FOUNDRY_CACHE_PATH=.cache/forge/lint/cache forge lint --deny warnings

# Set-up, step by step. Each step leaves a file inside what it made: who deletes the one deletes the other.

# Brownie's compiled wheel fails in four places; the two switches of its setup.py build it as plain Python.
$(PYTHON_READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Guanlian needs Python 3.11 or newer on PATH." >&2; exit 1; }
	test -x .venv/bin/python || $(PYTHON) -m venv .venv
	.venv/bin/python -m pip install --quiet --disable-pip-version-check setuptools==84.2.1 wheel==0.48.0
	BROWNIE_LIB=1 BROWNIE_NOCOMPILE=1 .venv/bin/python -m pip install --quiet --disable-pip-version-check \
		--no-build-isolation --no-binary eth-brownie -r requirements.lock
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	.venv/bin/python -m pip check
	@touch $@

# Not `npm ci`: it refuses a lock file without the programs for other kinds of machine, and not every mirror has
# those. `--no-save` holds to the lock file all the same and leaves it as it is.
$(NODE_READY): package-lock.json package.json .npmrc
	@node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' \
		|| { echo "Guanlian needs Node 20 or newer on PATH." >&2; exit 1; }
	npm install --no-save --no-audit --no-fund --loglevel=error
	@touch $@

# npm brings the programs for this kind of machine only, so the pattern names one folder. They are linked and not
# wrapped: npm's own launchers always report success, and outlive the program that they start.
$(TOOLS_READY): $(PYTHON_READY) $(NODE_READY)
	for tool in anvil cast forge; do \
		ln -sf ../../node_modules/@foundry-rs/"$$(ls node_modules/@foundry-rs | grep "^$$tool-" | head -1)"/bin/$$tool \
			.venv/bin/$$tool; \
	done
	@touch $@

# Every time: the compiler lies in the home folder, where no file of ours tells whether it is still there.
compiler: $(TOOLS_READY)
	@python -m scripts.setup_compiler

$(COMPILED): $(SOLIDITY) brownie-config.yaml | compiler
	brownie compile
	@mkdir -p $(@D) && touch $@

# The check of certificates that runs in a browser: our modules and the libraries that they stand on, in one file, in
# the JavaScript of 2020: browsers inside other programs, which scan most codes, are years behind.
$(VERIFIER): $(wildcard backend/web/verifier/*.js) $(NODE_READY)
	node_modules/.bin/esbuild backend/web/verifier/page.js $(BUNDLE) --outfile=$@

# The charts of the console's figures, with the library that draws them.
$(CHARTS): $(wildcard backend/web/charts/*.js) $(NODE_READY)
	node_modules/.bin/esbuild backend/web/charts/page.js $(BUNDLE) --outfile=$@

lock: $(PYTHON_READY)
	{ head -1 requirements.lock; .venv/bin/python -m pip freeze --exclude-editable; } > .lock.new
	mv .lock.new requirements.lock
