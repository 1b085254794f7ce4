"""autodiff: forward- and reverse-mode automatic differentiation of plain NumPy code."""

from autodiff import ops
from autodiff.core.forward import Dual
from autodiff.core.jacobians import hessian, hvp, jacobian
from autodiff.core.reverse import Tensor
from autodiff.core.scopes import scope
from autodiff.core.tape import Tape
from autodiff.core.transforms import derivative, grad, jvp, value_and_grad, vjp
from autodiff.check import Report, check, check_grad
