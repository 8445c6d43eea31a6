# Reader Study. The two commands: `make demo` and `make test`. Everything else is in CONTRIBUTING in docs/.
PYTHON ?= python3
VENV   := .venv
PY     := $(VENV)/bin/python
# Where pip and the others keep things between calls; an empty HOME is fine.
export PYTHONDONTWRITEBYTECODE ?= 1
export PIP_DISABLE_PIP_VERSION_CHECK ?= 1
MO     := locale/de/LC_MESSAGES/django.mo
ARGS   ?=

.PHONY: demo test long coverage serve worker lint format bench soak docs train clean help lock licences sbom audit

help:
	@echo "make demo     set everything up, run the demonstration study, serve it"
	@echo "make test     set everything up, run all tests"
	@echo "make long     the tests that take minutes: permission matrix, upgrades, second machine ..."
	@echo "make coverage the same, and which lines no test runs"
	@echo "make serve    serve what is in var/ (web and worker)"
	@echo "make worker   one more worker on the queues default and gpu"
	@echo "make lint     ruff, mypy, bandit, import contracts, migrations, translations, licences"
	@echo "make bench    measured ratios; ARGS=--simulations: coverage in simulated studies too"
	@echo "make soak     50,000 calls of the API, and faults under load; ARGS='--parts load' or day: see docs/faults.md"
	@echo "make train    train the demonstration CNN again (PyTorch, in .venv-train)"
	@echo "make docs     build the documentation into site/"
	@echo "make lock     write the lock files anew out of requirements*.txt; ARGS=--upgrade: with newer versions of all others"
	@echo "make licences write docs/licences.md anew"
	@echo "make sbom     what is installed, as CycloneDX 1.6, into var/sbom.json"
	@echo "make audit    ask the network for known weaknesses of what is locked"
	@echo "make clean    forget the data under var/"

demo: $(VENV)/.run $(MO)
	@$(PY) manage.py demo $(ARGS)

serve: $(VENV)/.run $(MO)
	@$(PY) manage.py serve $(ARGS)

worker: $(VENV)/.run $(MO)
	@$(PY) -m celery -A readerstudy worker -Q default,gpu -P solo --loglevel info $(ARGS)

test: $(VENV)/.dev $(MO)
	@$(PY) tools/browser.py
	@$(PY) -m pytest -n 2 --dist loadfile $(ARGS)

# What takes minutes: the permission matrix, two crawls for leaks, upgrades, every task delivered twice, a second machine, evidence on PostgreSQL.
long: $(VENV)/.dev $(MO)
	@$(PY) -m pytest -m long $(ARGS)

# Apart from `make test`: being watched line by line makes the tests a good third slower.
coverage: $(VENV)/.dev $(MO)
	@$(PY) tools/browser.py
	@$(PY) -m pytest -n 2 --dist loadfile --cov --cov-report= $(ARGS)
	@$(PY) -m coverage report

lint: $(VENV)/.dev $(MO)
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy readerstudy inference manage.py
	@$(VENV)/bin/mypy --strict readerstudy/stats inference/engine
	@$(VENV)/bin/lint-imports --no-cache
	@$(PY) manage.py makemigrations --check --dry-run
	@$(VENV)/bin/bandit --quiet --configfile pyproject.toml --recursive readerstudy inference tools manage.py
	@$(PY) -m tools.lint_migrations
	@$(PY) tools/messages.py --check
	@$(PY) -m tools.licences --check
	@$(PY) manage.py spectacular --fail-on-warn --validate --file /dev/null

format: $(VENV)/.dev
	@$(VENV)/bin/ruff check --fix . ; $(VENV)/bin/ruff format .

bench: $(VENV)/.dev $(MO)
	@$(PY) -m tools.bench $(ARGS)

soak: $(VENV)/.dev $(MO)
	@$(PY) -m tools.soak $(ARGS)

docs: $(VENV)/.dev
	@$(VENV)/bin/mkdocs build --strict

lock: $(VENV)/.dev
	@$(PY) -m tools.locks $(ARGS)

licences: $(VENV)/.dev
	@$(PY) -m tools.licences

sbom: $(VENV)/.dev
	@mkdir -p var
	@$(VENV)/bin/cyclonedx-py environment --spec-version 1.6 --output-format JSON --validate --pyproject pyproject.toml -o var/sbom.json $(PY)
	@echo "var/sbom.json"

audit: $(VENV)/.dev
	@$(VENV)/bin/pip-audit --disable-pip --require-hashes -r requirements.lock
	@$(VENV)/bin/pip-audit --disable-pip --require-hashes -r requirements-dev.lock

train: .venv-train/.done
	@.venv-train/bin/python -m inference.training --synthetic $(ARGS)

clean:
	@rm -rf var

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Reader Study needs Python 3.11 or newer; $(PYTHON) is " + sys.version.split()[0] + ". Say which: make PYTHON=python3.12 ...")'
	@echo "Making the virtual environment $(VENV) ..."
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing: on Debian and Ubuntu, apt install python3-venv."; rm -rf $(VENV); exit 1; }

# Only files whose SHA-256 stands in the lock are installed.
$(VENV)/.run: requirements.lock | $(VENV)/bin/python
	@echo "Installing what the application needs (about 400 MB to download the first time) ..."
	@$(PY) -m pip install -q --progress-bar on --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	@echo "Installing what the tests need ..."
	@$(PY) -m pip install -q --progress-bar on --require-hashes -r requirements-dev.lock
	@touch $@

.venv-train/.done: requirements-train.txt
	@$(PYTHON) -m venv .venv-train
	@.venv-train/bin/python -m pip install -q --progress-bar on -r requirements-train.txt
	@touch $@

$(MO): locale/de/LC_MESSAGES/django.po | $(VENV)/.run
	@$(PY) -m babel.messages.frontend -q compile -i $< -o $@
