"""What a tape gives back stays with the process: the next call asks the system for no page."""

import os
import subprocess
import sys

import pytest

from autodiff.core.ground import memory

FAULTS = """
import resource
import numpy as np
import autodiff as ad

def f(x):
    for _ in range(6):
        x = np.tanh(x * 1.5)
    return np.sum(x)

gradient, x = ad.grad(f), np.ones(60_000)
for _ in range(5):
    gradient(x)
faults = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_minflt
before = faults()
for _ in range(20):
    gradient(x)
print((faults() - before) / 20)
"""


@pytest.mark.skipif(
    "CS_GNU_LIBC_VERSION" not in getattr(os, "confstr_names", {}), reason="not the GNU C library"
)
def test_the_second_gradient_needs_no_new_pages():
    own = {name: value for name, value in os.environ.items() if not name.startswith("MALLOC_")}
    own.pop("GLIBC_TUNABLES", None)
    found = subprocess.run(
        [sys.executable, "-c", FAULTS], env=own, capture_output=True, text=True, check=True
    )
    assert float(found.stdout) < 50  # of the 2,600 pages that its arrays fill


def test_where_there_is_too_little_memory_nothing_happens(monkeypatch):
    def refused(*_):
        raise MemoryError

    monkeypatch.setattr(memory.np, "empty", refused)
    memory.keep_what_is_freed()
