"""Backends: the CPU, and the derivative of op-trees."""

from autodiff.frontends.neon.backends.autodiff import Autodiff
from autodiff.frontends.neon.backends.backend import Backend, NervanaObject, gen_backend
