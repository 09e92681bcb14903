# Everything a person does with this checkout. `make help` lists it.
# DATABASE_URL, REDIS_URL and CACHE_URL point run and test at servers of yours; without them embedded ones start.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.NOTPARALLEL:
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
UV_VERSION := 0.13.9
export PORT
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONUNBUFFERED := 1
# The embedded servers for the time of one command.
WITH_SERVERS := $(BIN)/python -m p2ktd.embedded run --

.PHONY: help run test bench check check-format check-lint check-imports check-templates check-types check-migrations format lock venv native native-test shell dbshell manage migrations logs stop clean

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: native venv ## Install what is missing, start everything, print the address and the accounts (PORT=8000)
	@exec $(BIN)/python -m p2ktd.launch

test: native-test venv check ## make check, then every test, browser tests included (ARGS="-k word" for some)
	@exec $(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile $(ARGS)

bench: venv ## Measure pages against the least that a page can cost (ARGS="catalogue --rounds 3" for some)
	@exec $(WITH_SERVERS) $(BIN)/python manage.py bench $(ARGS)

check: venv ## Format, lint, types, import walls, templates, missing migrations (all of them, also after one fails)
	@$(MAKE) --keep-going --no-print-directory check-format check-lint check-imports check-templates check-types check-migrations

check-format:
	$(BIN)/ruff format --check --quiet .

check-lint:
	$(BIN)/ruff check --quiet .

check-imports:
	@mkdir -p var
	$(BIN)/lint-imports --no-cache >var/imports.log 2>&1 || { cat var/imports.log; exit 1; }

check-templates:
	$(BIN)/djlint templates --lint --quiet

check-types:
	$(WITH_SERVERS) $(BIN)/mypy .

check-migrations:
	$(WITH_SERVERS) $(BIN)/python manage.py makemigrations --check --dry-run

format: venv ## Write the code as ruff would
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

venv: .venv/installed ## The virtual environment, from requirements-dev.lock

.venv/installed: requirements-dev.lock
	@deploy/make-venv "$(PYTHON)" requirements-dev.lock
	@touch $@

native: ## Native libraries for PDFs (Pango, fonts), by apt-get where that is allowed
	@deploy/install-native run

native-test: ## The same, Chromium for the browser tests, and ClamAV's daemon for its own
	@deploy/install-native test

lock: ## Refresh both lock files from pyproject.toml (UPGRADE=1 takes newer versions)
	@deploy/make-lock "$(PYTHON)" $(UV_VERSION) $(if $(UPGRADE),--upgrade)

shell: venv ## A Python shell with the models
	@exec $(WITH_SERVERS) $(BIN)/python manage.py shell

manage: venv ## One of Django's commands: make manage ARGS="showmigrations"
	@exec $(WITH_SERVERS) $(BIN)/python manage.py $(ARGS)

migrations: venv ## Write the migrations that the models need
	@exec $(WITH_SERVERS) $(BIN)/python manage.py makemigrations

logs: ## Follow the logs of a running `make run`
	@tail -n 20 -F var/log/*.log

stop: ## Stop embedded servers that were left running
	@$(BIN)/python -m p2ktd.embedded stop

clean: stop ## Remove the local data (var/) and the virtual environment
	rm -rf var .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
