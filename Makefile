# `make demo` and `make test` do all set-up themselves; `make setup` does only that.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
SERVE_VENV := .venv-serve
SERVE_STAMP := $(SERVE_VENV)/.installed

.PHONY: setup demo weights test lint docs clean

setup: $(STAMP)

# Installed anew only when a requirement changes.
$(STAMP): setup.py $(wildcard requirements/*.txt) constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip "setuptools<81" wheel
	$(BIN)/python -m pip install --quiet --no-build-isolation -c constraints.txt -e ".[tests,optional,detect,docs]"
	touch $(STAMP)

# The newest Gradio wants other packages than MMagic does: these lie in front of the others here.
$(SERVE_STAMP): $(STAMP) requirements/serve.txt
	$(BIN)/python -m venv --without-pip $(SERVE_VENV)
	echo "import site; site.addsitedir('$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')')" \
		> $$($(SERVE_VENV)/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/base.pth
	$(SERVE_VENV)/bin/python -m pip install --quiet -r requirements/serve.txt
	touch $(SERVE_STAMP)

demo: $(STAMP)
	$(BIN)/python demo/whole_way.py

# All that comes with the package, from nothing: hours (`tools/reproduce.py --dry-run` says how many).
weights: $(STAMP)
	$(BIN)/python tools/reproduce.py --publish

# Most of the time goes into starting Python: two processes of one thread each. A crashed process ends the run, since
# pytest-xdist waits for ever for the rest of its file.
test: $(STAMP) $(SERVE_STAMP) lint
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest tests -n 2 --dist loadfile --max-worker-restart 0 --durations 25 \
		--ignore tests/test_serve
	OMP_NUM_THREADS=1 $(SERVE_VENV)/bin/python -m pytest tests/test_serve

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/codespell *.md Makefile configs demo docs mmfusion_distill requirements tests tools

# Warnings are errors, as in the test of the site.
docs: $(STAMP)
	$(BIN)/python -m sphinx -W --keep-going -q -b html docs build/site
	@echo "written: build/site/index.html"

clean:
	rm -rf $(VENV) $(SERVE_VENV) build dist *.egg-info work_dirs .pytest_cache .ruff_cache .mypy_cache .hypothesis
