"""`chainer.functions`: everything that can be called on variables."""

from autodiff.frontends.chainer.function import Function
from autodiff.frontends.chainer.functions import loss
from autodiff.frontends.chainer.functions.arithmetic import *
from autodiff.frontends.chainer.functions.joining import *
from autodiff.frontends.chainer.functions.layers import *
from autodiff.frontends.chainer.functions.loss import *
