"""The time that importing a library takes, beyond NumPy's own."""

import functools
import os
import subprocess
import sys
import tempfile

from benchmarks.clock import own_answer
from benchmarks.workload import Workload

MODULES = {"micrograd": "micrograd.engine"}
PROGRAM = """
import time, numpy
start = time.perf_counter()
import {module}
print(time.perf_counter() - start)
"""


def build(rng):
    """Nothing: the work is done in a fresh interpreter."""


@functools.cache
def _folder():
    return tempfile.TemporaryDirectory(prefix="bytecode")


def compiled():
    """The environment of a process that finds everything compiled, as after an installation."""
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPYCACHEPREFIX": _folder().name}


def import_in(kit, inputs):
    """Prepare the import of a library in a process of its own; answers its seconds."""
    program = PROGRAM.format(module=MODULES.get(kit.NAME, kit.NAME))
    command = [sys.executable, "-c", program]

    def call():
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=compiled())
        return float(done.stdout)

    return call


NO_PACKAGE = {
    name: "no package of its own"
    for name in ("compiled", "compiled_numpy", "bare", "torch_compile")
}
WORKLOADS = (
    Workload(
        name="import",
        title="import, over NumPy's own",
        build=build,
        in_library=import_in,
        target=0.060,
        missed=(
            "NumPy's own takes 160 to 280 ms on this machine, autograd's 43: it is 0.45 of "
            "NumPy's; the version that took 31 ms on a quicker one loaded 40 modules more"
        ),
        reference="",
        measure=own_answer,
        absolute=True,
        checked=False,
        rounds=7,
        without=NO_PACKAGE,
    ),
)
