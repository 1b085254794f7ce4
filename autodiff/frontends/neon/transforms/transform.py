"""`neon.transforms.transform`, as programs import it."""

from autodiff.frontends.neon.transforms import Transform

__all__ = ["Transform"]
