# The four things a newcomer types; each does its own set-up on a fresh clone.
#   make run     the transfer app and the console, ready to use
#   make test    every test, Python and browser
#   make check   format, lint, types, imports
#   make bench   every budget against its peers, in one table
# Options for the command reach it through ARGS: make run ARGS="--app-port 9000"

SHELL  := bash
VENV   := .venv
PY     := $(VENV)/bin/python
READY  := $(VENV)/.ready
SDK    := src/tallow/integrations/static/manifest.json
MODULES := browser/node_modules/.ready
# An install compiles the scrubber's matcher, where there is a compiler.
MATCHER := hatch_build.py $(wildcard src/tallow/scrub/matcher/*.[ch])

.DEFAULT_GOAL := help
.PHONY: help run test check bench format screenshots vectors clean

help:
	@sed -n '2,6s/^# \{0,1\}//p' Makefile

run: $(READY) $(SDK)
	@exec $(VENV)/bin/tallow up $(ARGS)

test: $(READY)-dev $(SDK)
	@scripts/need chromium prometheus
	cd browser && npm test --silent
	$(PY) -m pytest -n 2 --dist loadgroup $(ARGS)

check: $(READY)-dev $(MODULES)
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	cd browser && npm run --silent check

bench: $(READY)-dev $(SDK)
	$(PY) -m benchmarks $(ARGS)

format: $(READY)-dev
	$(VENV)/bin/ruff check --fix-only --quiet .
	$(VENV)/bin/ruff format .

screenshots: $(READY)-dev $(SDK)
	@scripts/need chromium
	$(PY) scripts/screenshots.py $(ARGS)

vectors: $(READY)-dev
	$(PY) scripts/scrub_vectors.py

$(PY):
	@scripts/need python3 python3-venv nodejs npm
	python3 -m venv $(VENV)

$(READY): pyproject.toml $(MATCHER) | $(PY)
	$(PY) -m pip install --quiet --disable-pip-version-check --editable '.[all]'
	@touch $@

$(READY)-dev: pyproject.toml $(MATCHER) | $(PY)
	@scripts/need gcc python3-dev
	$(PY) -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ $(READY)

$(MODULES): browser/package-lock.json
	@scripts/need nodejs npm
	cd browser && npm ci --silent --no-audit --no-fund
	@touch $@

$(SDK): $(MODULES) $(shell find browser -path browser/node_modules -prune -o -type f \( -name '*.ts' -o -name '*.tsx' -o -name '*.css' -o -name '*.mjs' -o -name '*.json' \) -print 2>/dev/null) src/tallow/scrub/rules.json
	cd browser && npm run --silent build

clean:
	rm -rf $(VENV) browser/node_modules src/tallow/integrations/static \
	  src/tallow_console/web/static src/tallow_transfer/static
