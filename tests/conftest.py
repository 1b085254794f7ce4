"""No test hangs on the tests before it: each has its own graph, and leaves the process as it was.

Which tests share a process is chance where several processes run them, so that what one leaves
behind fails another one on some machines alone.
"""

import os
import sys

if not any(name.endswith("_NUM_THREADS") for name in os.environ):
    for name in ("OPENBLAS", "OMP", "MKL"):  # a BLAS that waits for its threads takes minutes
        os.environ[f"{name}_NUM_THREADS"] = "1"

import numpy as np
import pytest

NOT_OURS = {
    *("PYTEST_CURRENT_TEST", "TF_CPP_MIN_LOG_LEVEL", "TPU_SKIP_MDS_QUERY"),
    *("KMP_DUPLICATE_LIB_OK", "KMP_INIT_AT_FORK", "PYGAME_HIDE_SUPPORT_PROMPT"),
    "TORCHINDUCTOR_CACHE_DIR",
}
"""Variables that pytest changes during a test, and that packages set when they are imported."""


@pytest.fixture(autouse=True)
def fresh_graph():
    _forget()
    yield
    _forget()


@pytest.fixture(autouse=True)
def the_process_stays_as_it_was():
    before = _state()
    yield
    after = _state()
    changed = {name for name in before | after if before.get(name) != after.get(name)}
    assert not changed, "this test has changed what other tests in this process will find"


def _state():
    """What belongs to the whole process and changes what others compute, draw or print."""
    variables = {f"${name}": text for name, text in os.environ.items() if name not in NOT_OURS}
    return variables | {
        "folder": os.getcwd(),
        "floating point": np.geterr(),
        "printing": np.get_printoptions(),
        "depth": sys.getrecursionlimit(),
    }


def _forget():
    """A new default graph and no session, in a process that has come to use the front end."""
    if "autodiff.frontends.tensorflow" in sys.modules:
        from autodiff.frontends import tensorflow
        from autodiff.frontends.tensorflow.ground import defaults

        tensorflow.reset_default_graph()
        defaults.sessions.items.clear()
