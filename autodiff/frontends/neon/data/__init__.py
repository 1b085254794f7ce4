"""Data: `arrays` of rows, and `texts` and tasks along time."""

from autodiff.frontends.neon.data.arrays import CIFAR10, MNIST, ArrayIterator, NervanaDataIterator
from autodiff.frontends.neon.data.texts import (
    PTB,
    CopyTask,
    RepeatCopyTask,
    Text,
    Ticker,
)
