"""`tf.nn.rnn_cell` (1.0: `tf.contrib.rnn`): the cells and their wrappers, gathered."""
# ruff: noqa: F401 (all that is imported here is a public name)

from autodiff.frontends.tensorflow.ground.renamed import missing
from autodiff.frontends.tensorflow.nn.cell_wrappers import (
    DeviceWrapper,
    DropoutWrapper,
    EmbeddingWrapper,
    InputProjectionWrapper,
    MultiRNNCell,
    OutputProjectionWrapper,
    ResidualWrapper,
)
from autodiff.frontends.tensorflow.nn.cells import (
    BasicLSTMCell,
    BasicRNNCell,
    GRUCell,
    LSTMCell,
    LSTMStateTuple,
    RNNCell,
)
from autodiff.frontends.tensorflow.nn.cells import linear as _linear
from autodiff.frontends.tensorflow.nn.timed_cells import PhasedLSTMCell

LSTMBlockCell, GRUBlockCell = BasicLSTMCell, GRUCell
"""The same cells, which kernels of TensorFlow compute in one piece."""


def __getattr__(name: str) -> object:
    raise missing("tf.nn.rnn_cell", name, globals())
