"""The errors of running a graph, under the names that TensorFlow gives them."""

from __future__ import annotations

from autodiff.core.ground.errors import AutodiffError, AutodiffWarning


class OpError(AutodiffError):
    """Base of what can go wrong while a graph runs."""


class InvalidArgumentError(OpError, ValueError):
    """A placeholder was not fed, a feed does not fit, or an op refused its values."""


class FailedPreconditionError(OpError, RuntimeError):
    """A variable was read before it was initialized."""


class OutOfRangeError(OpError, EOFError):
    """A reader or a queue has no more elements."""


class CancelledError(OpError, RuntimeError):
    """An operation was cancelled, for example by closing a queue."""


class UnimplementedError(OpError, NotImplementedError):
    """A node that was read from a file, and that there is no code for here."""


class NotFoundError(OpError, LookupError):
    """A file, or a tensor in a checkpoint, is not there."""


class DataLossError(OpError, ValueError):
    """A file is damaged or cut short."""


class GraphError(AutodiffError, ValueError):
    """A graph can't be built so: mixed graphs, mixed dtypes, a name that is not there."""


class GrowingGraphWarning(AutodiffWarning):
    """Nodes are added to a graph between runs: the loop gets slower with every step."""
