"""`cntk.layers`: functions with parameters, whose input's shape the call tells; they compose."""

from autodiff.frontends.cntk.graph.functions import input_variable as Input
from autodiff.frontends.cntk.graph.functions import placeholder as Placeholder
from autodiff.frontends.cntk.initializers import *
from autodiff.frontends.cntk.layers.blocks import (
    Activation,
    Dense,
    Dropout,
    Embedding,
    For,
    LayerFunction,
    Sequential,
    default_options,
)
from autodiff.frontends.cntk.layers.images import (
    AveragePooling,
    BatchNormalization,
    Convolution,
    Convolution2D,
    GlobalAveragePooling,
    GlobalMaxPooling,
    MaxPooling,
)
from autodiff.frontends.cntk.layers.recurrent import LSTM, Fold, Recurrence, RNNStep, RNNUnit
