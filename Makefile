# `make demo` and `make test` do all set-up themselves; `make setup` does only that.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
LIGHT_VENV := .venv-light
LIGHT_STAMP := $(LIGHT_VENV)/.installed
# What is tested without PyTorch too.
LIGHT_TESTS := $(addprefix tests/test_,light serve inference video images registration)

.PHONY: setup demo weights test lint size docs clean

setup: $(STAMP)

# Installed anew only when a requirement changes.
$(STAMP): setup.py $(wildcard requirements/*.txt) constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip "setuptools<81" wheel
	$(BIN)/python -m pip install --quiet --no-build-isolation -c constraints.txt -e ".[train,annotate,openvino,detect,tests,docs]"
	touch $(STAMP)

# What users get without PyTorch: the newest of everything, unpinned.
$(LIGHT_STAMP): setup.py $(wildcard requirements/*.txt)
	test -x $(LIGHT_VENV)/bin/python || $(PYTHON) -m venv $(LIGHT_VENV)
	$(LIGHT_VENV)/bin/python -m pip install --quiet --upgrade pip
	$(LIGHT_VENV)/bin/python -m pip install --quiet --upgrade --upgrade-strategy eager -e ".[serve,evaluate,medical,thermal,sound,tests-light]"
	touch $(LIGHT_STAMP)

demo: $(STAMP)
	$(BIN)/python demo/whole_way.py

# All that comes with the package, from nothing: hours (`tools/reproduce.py --dry-run` says how many).
weights: $(STAMP)
	$(BIN)/python tools/reproduce.py --publish

# Most of the time goes into starting Python: two processes of one thread each. A crashed process ends the run, since
# pytest-xdist waits for ever for the rest of its file.
test: $(STAMP) $(LIGHT_STAMP) lint
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest tests -n 2 --dist loadfile --no-loadscope-reorder \
		--max-worker-restart 0 --durations 25 --ignore tests/test_serve
	OMP_NUM_THREADS=1 $(LIGHT_VENV)/bin/python -m pytest $(LIGHT_TESTS) -n 2 --dist loadfile --max-worker-restart 0

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/codespell *.md Makefile configs demo docs mmfusion_distill requirements tests tools

# Lines and files of every room of the package, the rooms by their size.
size:
	@find mmfusion_distill -name '*.py' | xargs awk '{n = split(FILENAME, part, "/"); room = n > 2 ? part[2] : "ground"; \
		lines[room]++; lines["all"]++; if (FNR == 1) {files[room]++; files["all"]++}} \
		END {for (room in lines) printf "%6d lines %4d files  %s\n", lines[room], files[room], room}' | sort -rn

# Warnings are errors, as in the test of the site.
docs: $(STAMP)
	$(BIN)/python -m sphinx -W --keep-going -q -b html docs build/site
	@echo "written: build/site/index.html"

clean:
	rm -rf $(VENV) $(LIGHT_VENV) build dist *.egg-info work_dirs .pytest_cache .ruff_cache .mypy_cache .hypothesis
