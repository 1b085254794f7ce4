"""`nn`: modules, containers and criteria.

- `module`: what a module is, and its check against the tape
- `linear`: modules whose three methods are written out by hand
- `pointwise`, `spatial`: those whose gradient is a rule of the registry
- `containers`, `criteria`
"""

from autodiff.frontends.torch.nn.containers import *
from autodiff.frontends.torch.nn.criteria import *
from autodiff.frontends.torch.nn.linear import *
from autodiff.frontends.torch.nn.module import Jacobian, Module, check_module
from autodiff.frontends.torch.nn.pointwise import *
from autodiff.frontends.torch.nn.spatial import *
from autodiff.frontends.torch.nn.training import StochasticGradient
