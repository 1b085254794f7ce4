"""The environment in which a lesson's cells run: one thread, and figures in the notebook.

A BLAS with as many threads as there are processors waits for them at each product: on a loaded
machine 200 gradients of a batch of 64 took 5.7 s so, and 0.03 s with one thread.  And a shell that
draws into files, `MPLBACKEND=agg` as on many servers, would take the figures from the notebooks
without a word.
"""

from __future__ import annotations

from collections.abc import Mapping

NAMES = (
    *("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"),
    *("BLIS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS", "NUMEXPR_NUM_THREADS"),
)


def one_thread(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that are not set yet, each as 1.

    >>> one_thread({"OMP_NUM_THREADS": "4"})["OPENBLAS_NUM_THREADS"]
    '1'
    >>> "OMP_NUM_THREADS" in one_thread({"OMP_NUM_THREADS": "4"})
    False
    """
    return {name: "1" for name in NAMES if name not in environment}


def of_kernels(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables of a kernel that is started from here; Jupyter chooses how it draws.

    >>> of_kernels({"MPLBACKEND": "agg", "OMP_NUM_THREADS": "4"})["OMP_NUM_THREADS"]
    '4'
    >>> "MPLBACKEND" in of_kernels({"MPLBACKEND": "agg"})
    False
    """
    kept = {name: value for name, value in environment.items() if name != "MPLBACKEND"}
    return one_thread(environment) | kept
