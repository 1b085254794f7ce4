"""Pooling over images: `pool.pool_2d`, earlier `downsample.max_pool_2d`."""

from autodiff.frontends.theano.tensor.signal import downsample, pool

__all__ = ["downsample", "pool"]
