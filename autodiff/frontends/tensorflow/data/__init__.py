"""`tf.data`, `tf.contrib.data` before 1.4: data as a chain of steps, read by an iterator.

    data = tf.data.Dataset.from_tensor_slices((images, labels)).shuffle(100).batch(32).repeat()
    images, labels = data.make_one_shot_iterator().get_next()

`datasets` has the steps, `files` where elements are read from, `iterators` the nodes of a graph.
"""

from typing import Any

from autodiff.frontends.tensorflow.data.datasets import Dataset as Dataset
from autodiff.frontends.tensorflow.data.files import TextLineDataset as TextLineDataset
from autodiff.frontends.tensorflow.data.files import TFRecordDataset as TFRecordDataset
from autodiff.frontends.tensorflow.data.iterators import Iterator as Iterator
from autodiff.frontends.tensorflow.ground.renamed import missing


def shuffle_and_repeat(buffer_size: Any, count: Any = None, seed: Any = None) -> Any:
    """For `apply`: `shuffle`, then `repeat`."""
    return lambda dataset: dataset.shuffle(buffer_size, seed).repeat(count)


def map_and_batch(map_func: Any, batch_size: Any, num_parallel_batches: Any = 1) -> Any:
    """For `apply`: `map`, then `batch`."""
    return lambda dataset: dataset.map(map_func).batch(batch_size)


def batch_and_drop_remainder(batch_size: Any) -> Any:
    """For `apply`: batches of that size alone."""
    return lambda dataset: dataset.batch(batch_size, drop_remainder=True)


def __getattr__(name: str) -> object:
    raise missing("tf.data", name, globals())
