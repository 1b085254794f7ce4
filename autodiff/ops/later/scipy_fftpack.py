"""`scipy.fftpack` at traced arrays: older names, of which those of real numbers pack otherwise."""

from scipy import fftpack

from autodiff.ops.later.scipy_fft import by_numpy

by_numpy(fftpack, ["fft", "ifft", "fft2", "ifft2", "fftn", "ifftn"])
