# Every target makes its own environment in .venv; nothing else is needed than Python 3.11+ and make.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
STUDENT := .venv/.student


.PHONY: demo lab site serve notebooks test extras exports fuzz lint figures bench clean

demo: $(READY)
	$(BIN)/autodiff demo

# What a student needs, and not the graders' extensions; an environment that has more is used as it is.
lab:
	test -e $(READY) || $(MAKE) $(STUDENT)
	$(BIN)/autodiff lab

# The lessons as pages for a browser, and the reference made from the docstrings.
site: $(READY)
	$(BIN)/autodiff course build --to web --out build/site

serve: site
	@echo "http://127.0.0.1:8000/ (end with Ctrl+C)"
	$(BIN)/python -m http.server --bind 127.0.0.1 --directory build/site 8000

notebooks: $(READY)
	$(BIN)/autodiff course build --force

# Programs that run side by side, in `test` and `fuzz`; what measures time runs alone.
JOBS ?= 2

test: $(READY)
	$(BIN)/python -m pytest --numprocesses $(JOBS) --dist loadfile -m "not timed"
	$(BIN)/python -m pytest -m timed tests

# numba, JAX and ONNX, for which a program is written; the tests of that skip what is not installed.
extras: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[compile]' onnx onnxruntime

exports: $(READY)
	$(BIN)/python -m pytest --numprocesses $(JOBS) --dist loadfile -m "not timed" tests/source tests/bench

SEED ?= 1
PROGRAMS ?= 20000

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

$(STUDENT): pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[course]'
	touch $(STUDENT)

clean:
	rm -rf .venv
