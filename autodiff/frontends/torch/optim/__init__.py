"""`optim`: functions of (feval, x, config, state), which change the vector x in place.

`feval(x)` returns the loss and its gradient; the state is a table that the caller keeps.
"""

from autodiff.frontends.torch.optim.first_order import adadelta, adagrad, adam, nag, rmsprop, sgd
from autodiff.frontends.torch.optim.lbfgs import lbfgs, lswolfe
from autodiff.frontends.torch.optim.reports import ConfusionMatrix, Logger, checkgrad
