"""The workloads, in the order of the table; adding one is one entry in one of these modules."""

from benchmarks.workload import Workload
from benchmarks.workloads import (
    chain,
    conv,
    examples,
    gmm,
    graphs,
    importing,
    logistic,
    long_chain,
    matrices,
    mlp,
    rnn,
    scalar,
    sessions,
)

MODULES = (
    scalar,
    chain,
    long_chain,
    mlp,
    conv,
    rnn,
    examples,
    logistic,
    gmm,
    matrices,
    sessions,
    graphs,
    importing,
)
WORKLOADS: tuple[Workload, ...] = tuple(
    workload for module in MODULES for workload in module.WORKLOADS
)
