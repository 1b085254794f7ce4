"""SciPy's Fourier transforms at traced arrays, by those of `np.fft` with the same names.

What SciPy is told besides about memory and threads does not change the result.

>>> import scipy.fft
>>> import autodiff as ad
>>> ad.grad(lambda x: scipy.fft.rfft(x, norm="forward")[0].real)(np.ones(4))
array([0.25, 0.25, 0.25, 0.25])
"""

import inspect

import numpy as np
from scipy.fft import _basic_backend

from autodiff.core.language.numpy_calls.teaching import teach
from autodiff.core.values.lists import of_lists

NAMES = (
    "fft", "ifft", "rfft", "irfft", "hfft", "ihfft", "fft2", "ifft2", "rfft2", "irfft2",
    "fftn", "ifftn", "rfftn", "irfftn",
)  # fmt: skip
SHARED = ("n", "s", "shape", "axis", "axes", "norm")
"""Arguments that mean the same in NumPy; in `scipy.fftpack` a shape is called `shape`."""


def by_numpy(module, names):
    """Let functions of a module call NumPy's of the same names where an argument is traced."""
    for name in names:
        own = getattr(module, name)
        teach(own, _called(getattr(np.fft, name), inspect.signature(own)))


def _called(function, signature):
    def traced(*args, **kwargs):
        given = signature.bind(*args, **kwargs)
        given.apply_defaults()
        x, *rest = given.arguments.items()
        kept = {"s" if k == "shape" else k: value for k, value in rest if k in SHARED}
        return function(of_lists(x[1]), **kept)

    return traced


by_numpy(_basic_backend, NAMES)
