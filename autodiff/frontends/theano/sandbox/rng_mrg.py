"""`MRG_RandomStreams`: here the same streams as `RandomStreams` (Theano's drew other numbers)."""

from autodiff.frontends.theano.tensor.shared_randomstreams import RandomStreams as MRG_RandomStreams

__all__ = ["MRG_RandomStreams"]
