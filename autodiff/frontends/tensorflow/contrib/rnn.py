"""`tf.contrib.rnn`, the place of 1.0 for cells and for `static_rnn`."""
# ruff: noqa: F401 (all that is imported here is a public name)

from autodiff.frontends.tensorflow.ground.renamed import missing
from autodiff.frontends.tensorflow.nn.rnn import bidirectional_rnn as static_bidirectional_rnn
from autodiff.frontends.tensorflow.nn.rnn import rnn as static_rnn
from autodiff.frontends.tensorflow.nn.rnn_cell import (
    BasicLSTMCell,
    BasicRNNCell,
    DeviceWrapper,
    DropoutWrapper,
    EmbeddingWrapper,
    GRUBlockCell,
    GRUCell,
    InputProjectionWrapper,
    LSTMBlockCell,
    LSTMCell,
    LSTMStateTuple,
    MultiRNNCell,
    OutputProjectionWrapper,
    PhasedLSTMCell,
    ResidualWrapper,
    RNNCell,
)

__path__: list[str] = []  # modules below it are found by `paths`


def __getattr__(name: str) -> object:
    raise missing("tf.contrib.rnn", name, globals())
