"""`mx.contrib`: where autograd stood at first."""

import autodiff.frontends.mxnet.autograd as autograd

__all__ = ["autograd"]
