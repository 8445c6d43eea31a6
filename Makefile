# Reader Study. The two commands: `make demo` and `make test`. Everything else is in CONTRIBUTING in docs/.
PYTHON ?= python3
VENV   := .venv
PY     := $(VENV)/bin/python
# Where pip and the others keep things between calls; an empty HOME is fine.
export PYTHONDONTWRITEBYTECODE ?= 1
export PIP_DISABLE_PIP_VERSION_CHECK ?= 1
MO     := locale/de/LC_MESSAGES/django.mo
ARGS   ?=

.PHONY: demo test serve worker lint format bench docs train clean help

help:
	@echo "make demo     set everything up, run the demonstration study, serve it"
	@echo "make test     set everything up, run all tests"
	@echo "make serve    serve what is in var/ (web and worker)"
	@echo "make worker   one more worker on the queues default and gpu"
	@echo "make lint     ruff, mypy, import contracts, migrations, translations"
	@echo "make bench    measured ratios; ARGS=--simulations: coverage in simulated studies too"
	@echo "make train    train the demonstration CNN again (PyTorch, in .venv-train)"
	@echo "make docs     build the documentation into site/"
	@echo "make clean    forget the data under var/"

demo: $(VENV)/.run $(MO)
	@$(PY) manage.py demo $(ARGS)

serve: $(VENV)/.run $(MO)
	@$(PY) manage.py serve $(ARGS)

worker: $(VENV)/.run $(MO)
	@$(PY) -m celery -A readerstudy worker -Q default,gpu -P solo --loglevel info $(ARGS)

test: $(VENV)/.dev $(MO)
	@$(PY) tools/browser.py
	@$(PY) -m pytest -n 2 --dist loadfile --cov --cov-report= $(ARGS)
	@$(PY) -m coverage report --format=total | sed 's/^/coverage in percent: /'

lint: $(VENV)/.dev $(MO)
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy readerstudy inference manage.py
	@$(VENV)/bin/mypy --strict readerstudy/stats inference/engine
	@$(VENV)/bin/lint-imports --no-cache
	@$(PY) manage.py makemigrations --check --dry-run
	@$(PY) -m tools.lint_migrations
	@$(PY) tools/messages.py --check
	@$(PY) manage.py spectacular --fail-on-warn --validate --file /dev/null

format: $(VENV)/.dev
	@$(VENV)/bin/ruff check --fix . ; $(VENV)/bin/ruff format .

bench: $(VENV)/.dev $(MO)
	@$(PY) -m tools.bench $(ARGS)

docs: $(VENV)/.dev
	@$(VENV)/bin/mkdocs build --strict

train: .venv-train/.done
	@.venv-train/bin/python -m inference.training --synthetic $(ARGS)

clean:
	@rm -rf var

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Reader Study needs Python 3.11 or newer; $(PYTHON) is " + sys.version.split()[0] + ". Say which: make PYTHON=python3.12 ...")'
	@echo "Making the virtual environment $(VENV) ..."
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing: on Debian and Ubuntu, apt install python3-venv."; rm -rf $(VENV); exit 1; }

$(VENV)/.run: requirements.txt | $(VENV)/bin/python
	@echo "Installing what the application needs (about 400 MB to download the first time) ..."
	@$(PY) -m pip install -q --progress-bar on -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.run
	@echo "Installing what the tests need ..."
	@$(PY) -m pip install -q --progress-bar on -r requirements-dev.txt
	@touch $@

.venv-train/.done: requirements-train.txt
	@$(PYTHON) -m venv .venv-train
	@.venv-train/bin/python -m pip install -q --progress-bar on -r requirements-train.txt
	@touch $@

$(MO): locale/de/LC_MESSAGES/django.po | $(VENV)/.run
	@$(PY) -m babel.messages.frontend -q compile -i $< -o $@
