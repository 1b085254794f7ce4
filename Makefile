# Every target makes its own environment in .venv; nothing else is needed than Python 3.11+ and make.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: demo lab notebooks test fuzz lint figures bench clean

demo: $(READY)
	$(BIN)/autodiff demo

lab: $(READY)
	$(BIN)/autodiff lab

notebooks: $(READY)
	$(BIN)/autodiff course build --force

test: $(READY)
	$(BIN)/python -m pytest

SEED ?= 1
PROGRAMS ?= 20000
JOBS ?= 2

fuzz: $(READY)
	cd tests && OPENBLAS_NUM_THREADS=1 ../$(BIN)/python -m fuzz --seed $(SEED) --programs $(PROGRAMS) --jobs $(JOBS)

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

figures: $(READY)
	$(BIN)/autodiff figures

bench: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	$(BIN)/python -m benchmarks --save

$(READY): pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $(READY)

clean:
	rm -rf .venv
