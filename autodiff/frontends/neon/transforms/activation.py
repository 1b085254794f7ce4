"""`neon.transforms.activation`, as programs import it."""

from autodiff.frontends.neon.transforms import (
    Explin,
    Identity,
    Logistic,
    Rectlin,
    Rectlinclip,
    Softmax,
    Tanh,
)

__all__ = ["Explin", "Identity", "Logistic", "Rectlin", "Rectlinclip", "Softmax", "Tanh"]
