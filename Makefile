# Everything a person or CI runs. Needs Python 3.11 or newer, git and make; the rest comes from the lock file.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test report docs up down lint faults nights bench clean reset lock

VENV := .venv
BIN := $(VENV)/bin
LOCK := requirements/requirements.lock
BOOTSTRAP := requirements/bootstrap.lock
# The loaders that `make bench` sets beside ours live apart, so that nothing of theirs can be relied on.
BENCH_VENV := .venv-bench
BENCH_LOCK := requirements/bench.lock
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate
# Named by content and place, so that a checkout installs nothing again, and a moved project does.
STAMP = $(VENV)/.installed-$(shell (pwd; cat $(LOCK) pyproject.toml) | git hash-object --stdin)
BENCH_STAMP = $(BENCH_VENV)/.installed-$(shell (pwd; cat $(BENCH_LOCK)) | git hash-object --stdin)
# The first of these that runs and is new enough makes the environment; `make run PYTHON=...` decides otherwise.
PYTHON ?= python3.13 python3.12 python3.11 python3
USABLE := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))

# What the shell tells every interpreter is not meant for ours: other modules, asserts left out, nothing compiled kept.
unexport PYTHONPATH PYTHONHOME PYTHONOPTIMIZE PYTHONSTARTUP PYTHONSAFEPATH PYTHONDONTWRITEBYTECODE PYTHONWARNINGS
# Python 3.11 looks for the project by the shell's characters: one that knows ASCII alone has no folder with an é.
ifneq ($(shell locale charmap 2>/dev/null),UTF-8)
export LC_ALL := $(firstword $(shell locale -a 2>/dev/null | grep -iE '^(C|en_GB|en_US)\.utf-?8$$'))
endif
export UV_PYTHON_DOWNLOADS := never
export PIP_ROOT_USER_ACTION := ignore
export PIP_DISABLE_PIP_VERSION_CHECK := 1

help: ## List the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | while IFS="$$(printf '\t')" read -r name what; do \
		printf '  make %-6s %s\n' "$$name" "$$what"; done

run: $(STAMP) ## Take in every dataset, refresh, publish, say what came of it (SOURCES=<folder> for real files)
	@$(BIN)/warehouse run

test: $(STAMP) ## Run every test (REAL_DATA=, NATIONAL_DATA=<folder> for those on real files)
	@$(BIN)/python -m pytest --numprocesses logical --dist loadfile --no-loadscope-reorder

report: $(STAMP) ## Write the morning page of what is published (a file for any browser)
	@$(BIN)/warehouse report

docs: $(STAMP) ## Write dictionary, lineage, checks, roles, licences, changes (pages for any browser)
	@$(BIN)/warehouse docs

up: $(STAMP) ## Start Airflow to stay: scheduler and web UI, on this machine only
	@$(BIN)/warehouse up

down: $(STAMP) ## Stop Airflow and the embedded PostgreSQL; the data stays
	@$(BIN)/warehouse down

lint: $(STAMP) ## Check style and types of Python and SQL
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/sqlfluff lint --processes 0 dbt_project
	@$(BIN)/mypy

faults: $(STAMP) ## Kill a night at every named point and see whether readers or rows suffer (POINTS="..." for some; MUTANT=all plants wrong publishers)
	@MUTANT=$(MUTANT) $(BIN)/python tests/faults $(POINTS)

nights: $(STAMP) ## Have feeds, checks, disks, the server and its connections fail, and see what is published
	@$(BIN)/python tests/faults nights

bench: $(STAMP) ## Measure how long things take, beside other loaders (OPTIONS="--rows 200000" for less)
	@$(MAKE) --silent --no-print-directory $(BENCH_STAMP) || rm -rf $(BENCH_VENV)
	@$(BIN)/python -m benchmarks $(OPTIONS)

clean: ## Remove the environment and every cache; the data stays
	@rm -rf $(VENV) $(BENCH_VENV) .pytest_cache .hypothesis .mypy_cache .ruff_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

reset: $(STAMP) ## Remove the embedded database, after asking; the archive of published files stays
	@$(BIN)/warehouse reset

lock: $(STAMP) ## Solve the requirements anew and write the lock files
	@$(COMPILE) --excludes requirements/excludes.txt requirements/requirements.in -o $(LOCK)
	@$(COMPILE) requirements/bench.in -o $(BENCH_LOCK)
	@sed -n '/^uv==/,/[^\\]$$/p' $(LOCK) > $(BOOTSTRAP)

$(STAMP):
	@for python in $(PYTHON); do \
		if "$$python" -c '$(USABLE)' 2>/dev/null; then found="$$python"; break; fi; done; \
	if [ -z "$$found" ]; then \
		echo "error: none of [$(PYTHON)] is a working Python 3.11 or newer with its venv module." >&2; \
		echo "remedy: install one (Debian: python3 and python3-venv), or name it: make run PYTHON=/path/to/python3" >&2; \
		exit 1; fi; \
	echo "Making the environment with $$("$$found" -V) from the lock file; at first this takes a minute or two."; \
	rm -f $(VENV)/.installed-*; \
	grep -qs "$(CURDIR)/$(VENV)" $(BIN)/activate && $(BIN)/python -c '$(USABLE)' 2>/dev/null \
		|| "$$found" -m venv --clear $(VENV)
	@$(BIN)/uv --version >/dev/null 2>&1 || $(BIN)/python -m pip install --quiet --require-hashes -r $(BOOTSTRAP)
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes $(LOCK)
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

$(BENCH_STAMP): $(STAMP)
	@echo "Making the environment of the other loaders from its own lock file."
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(BENCH_VENV)
	@$(BIN)/uv pip sync --quiet --python $(BENCH_VENV)/bin/python --require-hashes $(BENCH_LOCK)
	@touch $@
