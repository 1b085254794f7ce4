"""Neon 1.8 (2017): op-trees, written lazily and computed when they are assigned; layers by columns.

    be = gen_backend("cpu", batch_size=4)
    x, w, t = be.array([[1, 2]]), be.array([[0.5], [1]]), be.empty((2, 2))
    tree = be.tanh(w * x)                       # a tree: nothing is computed
    t[:] = tree                                 # now it is, in one pass
    Autodiff(be.sum(tree), be).get_grad_asnumpyarray([w])

A batch is a set of columns, (features, batch), and its size belongs to the backend.  Layers have
`fprop` and `bprop` of their own; the symbolic derivative of op-trees serves new costs.
"""

import logging as _logging

from autodiff.frontends.neon.backends.backend import Backend, NervanaObject, Tensor


class _Logger:
    """`logger.display` prints; the rest is Python's logging."""

    def display(self, message: object, *args: object) -> None:
        """Print a line."""
        print(str(message) % args if args else message)

    def __getattr__(self, name: str) -> object:
        return getattr(_logging.getLogger("neon"), name)


logger = _Logger()
__version__ = "1.8.1"
