"""Every error and warning that autodiff raises on purpose, one class a reason."""

from __future__ import annotations


class AutodiffError(Exception):
    """Base of all errors of this library."""


class NonScalarError(AutodiffError, TypeError):
    """A gradient was asked of something that is not one number."""


class NotHolomorphicError(AutodiffError, ValueError):
    """A complex derivative was asked of a function that has none there, such as `np.conj`."""


class DisconnectedError(AutodiffError, ValueError):
    """The result does not depend on the variable at all (which is not the same as a zero)."""


class EscapedTracerError(AutodiffError, RuntimeError):
    """A traced value was used after the transform that made it had ended."""


class DetachError(AutodiffError, TypeError):
    """A conversion (`float(x)`, `np.array(x)`, ...) would silently drop the derivative."""


class UnsupportedError(AutodiffError, TypeError):
    """No derivative is registered for this NumPy function, or for this form of its arguments."""


class ValueNeededError(AutodiffError, TypeError):
    """The number itself is asked for, but only its shape and dtype are known so far."""


class ShapeError(AutodiffError, ValueError):
    """NumPy refused an operation on traced values: their shapes do not fit."""


class InPlaceError(AutodiffError, TypeError):
    """An in-place change cannot be given NumPy's exact meaning here."""


class MutationError(AutodiffError, ValueError):
    """An array that a derivative relies on was changed before the reverse sweep."""


class RuleError(AutodiffError, ValueError):
    """A derivative rule returned something that cannot be right: wrong shape, wrong length."""


class TreeError(AutodiffError, TypeError):
    """Two nested containers that must have the same structure do not."""


class GradientCheckError(AutodiffError, AssertionError):
    """Forward, reverse and numeric derivatives disagree."""


class AutodiffWarning(UserWarning):
    """Base of all warnings of this library."""


class PromotionNote(AutodiffWarning):
    """An integer was given as the variable, and is differentiated as a float64."""


class DisconnectedWarning(AutodiffWarning):
    """One of several variables does not influence the result: its gradient is zero."""


class KinkWarning(AutodiffWarning):
    """A second derivative was taken exactly at a kink, where the slope jumps."""
