"""conv2d, resize_bilinear and batch_normalization give PyTorch's numbers (PyTorch is optional)."""

import numpy as np
import pytest

from autodiff.frontends import tensorflow as tf

torch = pytest.importorskip("torch")
F = torch.nn.functional
rng = np.random.default_rng(0)
IMAGES, FILTER = rng.normal(size=(2, 7, 6, 3)), rng.normal(size=(3, 3, 3, 4))
SCALE, SHIFT = rng.normal(size=3), rng.normal(size=3)


def first(x):
    return x.permute(0, 3, 1, 2)


def last(x):
    return x.permute(0, 2, 3, 1)


def normalized(x, scale, shift):
    mean, variance = tf.nn.moments(x, [0, 1, 2])
    return tf.nn.batch_normalization(x, mean, variance, shift, scale, 1e-5)


PAIRS = {
    "conv2d VALID": (
        lambda x, w: tf.nn.conv2d(x, w, [1, 2, 1, 1], "VALID"),
        lambda x, w: last(F.conv2d(first(x), w.permute(3, 2, 0, 1), stride=(2, 1))),
        (IMAGES, FILTER),
    ),
    "conv2d SAME": (
        lambda x, w: tf.nn.conv2d(x, w, [1, 1, 1, 1], "SAME"),
        lambda x, w: last(F.conv2d(first(x), w.permute(3, 2, 0, 1), padding="same")),
        (IMAGES, FILTER),
    ),
    "max_pool": (
        lambda x: tf.nn.max_pool(x, [1, 3, 2, 1], [1, 2, 2, 1], "VALID"),
        lambda x: last(F.max_pool2d(first(x), (3, 2), 2)), (IMAGES,),
    ),
    "avg_pool SAME": (
        lambda x: tf.nn.avg_pool(x, [1, 3, 3, 1], [1, 1, 1, 1], "SAME"),
        lambda x: last(F.avg_pool2d(first(x), 3, 1, 1, count_include_pad=False)), (IMAGES,),
    ),
    **{
        f"resize_bilinear {size}": (
            lambda x, size=size: tf.image.resize_bilinear(x, size, align_corners=True),
            lambda x, size=size: last(F.interpolate(first(x), size, mode="bilinear", align_corners=True)),
            (IMAGES,),
        )
        for size in ((4, 11), (14, 3))
    },
    "batch_normalization": (
        normalized, lambda x, s, b: last(F.batch_norm(first(x), None, None, s, b, training=True)),
        (IMAGES, SCALE, SHIFT),
    ),
    "elu": (tf.nn.elu, F.elu, (IMAGES,)),
    "softmax cross entropy": (
        lambda x: tf.nn.sparse_softmax_cross_entropy_with_logits(x, [0, 2, 1, 1, 2]),
        lambda x: F.cross_entropy(x, torch.tensor([0, 2, 1, 1, 2]), reduction="none"), (rng.normal(size=(5, 3)),),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PAIRS)
def test_agrees_in_value_and_gradient(name):
    ours, theirs, arrays = PAIRS[name]
    tensors = [torch.tensor(a, requires_grad=True) for a in arrays]
    expected = theirs(*tensors)
    ct = np.random.default_rng(1).normal(size=expected.shape)
    expected.backward(torch.tensor(ct))
    inputs = [tf.placeholder(tf.float64, np.shape(a)) for a in arrays]
    y = ours(*inputs)
    with tf.Session() as sess:
        value, *slopes = sess.run(
            [y, *tf.gradients(y, inputs, grad_ys=tf.constant(ct))], dict(zip(inputs, arrays))
        )
    np.testing.assert_allclose(value, expected.detach().numpy(), atol=1e-12)
    for own, tensor in zip(slopes, tensors, strict=True):
        np.testing.assert_allclose(own, tensor.grad.numpy(), atol=1e-11)


def test_without_align_corners_it_is_not_pytorch_s():
    """0.11 aligns the upper left corners, PyTorch the centres: the docstring says so."""
    x = tf.constant(IMAGES)
    own = tf.Session().run(tf.image.resize_bilinear(x, [14, 3]))
    other = last(F.interpolate(first(torch.tensor(IMAGES)), (14, 3), mode="bilinear")).numpy()
    assert np.max(np.abs(own - other)) > 0.1
    np.testing.assert_array_equal(own[:, ::2], IMAGES[:, :, ::2])
