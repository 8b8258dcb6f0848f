# `make demo` and `make test` do all set-up themselves; `make setup` does only that.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: setup demo test lint clean

setup: $(STAMP)

# Installed anew only when a requirement changes.
$(STAMP): setup.py $(wildcard requirements/*.txt) constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip "setuptools<81" wheel
	$(BIN)/python -m pip install --quiet --no-build-isolation -c constraints.txt -e ".[tests,optional]"
	touch $(STAMP)

demo: $(STAMP)
	$(BIN)/python tools/demo.py

# Most of the time goes into starting Python: two processes of one thread each. A crashed process ends the run, since
# pytest-xdist waits for ever for the rest of its file.
test: $(STAMP) lint
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest tests -n 2 --dist loadfile --max-worker-restart 0

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

clean:
	rm -rf $(VENV) build dist *.egg-info work_dirs .pytest_cache .ruff_cache .mypy_cache .hypothesis
