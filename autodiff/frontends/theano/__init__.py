"""Theano 0.9 (2017): an expression is compiled to a function; state changes only by its updates.

    import theano, theano.tensor as T                       # by `frontends.run`, or
    from autodiff.frontends import theano                   # from here
    T = theano.tensor

    x, w = T.dvector("x"), theano.shared(np.zeros(3), "w")
    cost = T.sum((T.dot(x, w) - 1.0) ** 2)
    step = theano.function([x], cost, updates=[(w, w - 0.1 * T.grad(cost, w))])
    step([1.0, 2.0, 3.0])                                    # the cost before the step

Every variable has a type: dtype, number of axes, and along which of them it may broadcast.
`T.grad` makes a new graph, and `function` compiles what its outputs and updates need: equal
expressions are computed once, `log(softmax(x))` is the stable one.  `scan` is a loop as one node.
"""

from autodiff.frontends.theano import gradient, packing, printing, scan_module, tensor
from autodiff.frontends.theano.compiling import (
    Function,
    In,
    MissingInputError,
    Mode,
    Param,
    UnusedInputError,
    function,
)
from autodiff.frontends.theano.gradient import Lop, Rop, grad
from autodiff.frontends.theano.printing import pp
from autodiff.frontends.theano.scan_module import reduce, scan
from autodiff.frontends.theano.scan_module import scan_map as map  # its name in Theano
from autodiff.frontends.theano.settings import config
from autodiff.frontends.theano.sharing import shared
from autodiff.frontends.theano.types import TensorType
from autodiff.frontends.theano.variables import Variable
from autodiff.frontends.theano.writing import clone

__version__ = "0.9.0"
__all__ = [
    "Function",
    "In",
    "Lop",
    "MissingInputError",
    "Mode",
    "Param",
    "Rop",
    "TensorType",
    "UnusedInputError",
    "Variable",
    "clone",
    "config",
    "function",
    "grad",
    "gradient",
    "map",
    "packing",
    "pp",
    "printing",
    "reduce",
    "scan",
    "scan_module",
    "shared",
    "tensor",
]
