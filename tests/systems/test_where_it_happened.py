"""What a front end refuses is told with the line of the program, and with what to write instead."""

import numpy as np
import pytest

from autodiff.frontends import caffe, chainer, slim
from autodiff.frontends.caffe.proto import caffe_pb2
from autodiff.frontends.chainer import functions as F
from autodiff.frontends.chainer import links as L
from autodiff.frontends.chainer.training.trigger import get_trigger

FILLER = caffe_pb2.FillerParameter(type="bilinaer")
CASES = {
    "a batch without an example": (lambda: chainer.dataset.concat_examples([]), "has no example"),
    "a trigger of days": (lambda: get_trigger((1, "day")), "'epoch' or 'iteration'"),
    "a tree of three": (
        lambda: L.BinaryHierarchicalSoftmax(2, (1, 2, 3)),
        "create_huffman_tree",
    ),
    "no words": (lambda: L.BinaryHierarchicalSoftmax.create_huffman_tree({}), "counts are empty"),
    "a label too large": (
        lambda: F.softmax_cross_entropy(np.zeros((1, 2), "f"), np.int32([5])),
        "classes 0 .. 1",
    ),
    "a filler": (lambda: caffe.blob.fill(caffe.blob.Blob((2, 2)), FILLER), "positive_unitball"),
    "a rank": (lambda: slim.utils.last_dimension([], 1), "at least 1 axes"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_an_error_names_the_line_and_the_way_out(name):
    call, advice = CASES[name]
    with pytest.raises((ValueError, IndexError), match=advice) as caught:
        call()
    assert "at test_where_it_happened.py, line" in str(caught.value)
