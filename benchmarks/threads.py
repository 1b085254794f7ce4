"""One thread for every library, so that what is compared is the work and not the machine."""

import os

SETTINGS = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "JAX_PLATFORMS": "cpu",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
}


def use_one_thread() -> None:
    """Set the variables that BLAS, OpenMP and XLA read when they are loaded."""
    os.environ.update(SETTINGS)


def limit_loaded_libraries() -> str:
    """Limit what is loaded already, and say how it was done (needs threadpoolctl)."""
    try:
        import threadpoolctl
    except ImportError:
        return "one thread by OMP_NUM_THREADS=1 (threadpoolctl is not installed)"
    threadpoolctl.threadpool_limits(limits=1)
    return "one thread by OMP_NUM_THREADS=1 and threadpoolctl"
