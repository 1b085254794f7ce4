"""`chainer.links`: layers with their parameters, and the classifier around a predictor.

Before 1.5 they were called functions, and `F.Linear` stayed a name of them.
"""

import autodiff.frontends.chainer.functions as functions
from autodiff.frontends.chainer.links.basic import (
    BatchNormalization,
    Bias,
    Convolution2D,
    Deconvolution2D,
    EmbedID,
    Linear,
    Parameter,
)
from autodiff.frontends.chainer.links.blocks import Inception, MLPConvolution2D
from autodiff.frontends.chainer.links.classifier import Classifier
from autodiff.frontends.chainer.links.recurrent import GRU, LSTM, StatefulGRU
from autodiff.frontends.chainer.links.sampling import BinaryHierarchicalSoftmax, NegativeSampling

for _link in (
    BatchNormalization, BinaryHierarchicalSoftmax, Convolution2D, EmbedID, Inception, Linear,
    NegativeSampling, Parameter,
):  # fmt: skip
    setattr(functions, _link.__name__, _link)
del _link
