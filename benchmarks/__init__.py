"""Speed and memory of autodiff beside hand-written NumPy and other libraries.

`python -m benchmarks` runs every workload in every library that is installed.  A workload is
one entry (see `benchmarks.workloads`), a library one module (see `benchmarks.kits`).
"""
