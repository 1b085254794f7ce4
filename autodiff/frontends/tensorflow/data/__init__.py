"""`tf.data`, `tf.contrib.data` before 1.4: data as a chain of steps, read by an iterator.

    data = tf.data.Dataset.from_tensor_slices((images, labels)).shuffle(100).batch(32).repeat()
    images, labels = data.make_one_shot_iterator().get_next()

`datasets` has the steps, `files` where elements are read from, `iterators` the nodes of a graph.
"""

from autodiff.frontends.tensorflow.data.datasets import Dataset as Dataset
from autodiff.frontends.tensorflow.data.files import TextLineDataset as TextLineDataset
from autodiff.frontends.tensorflow.data.files import TFRecordDataset as TFRecordDataset
from autodiff.frontends.tensorflow.data.iterators import Iterator as Iterator
from autodiff.frontends.tensorflow.ground.renamed import missing


def __getattr__(name: str) -> object:
    raise missing("tf.data", name, globals())
