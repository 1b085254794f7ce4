"""Layers against PyTorch's on the same numbers, values and gradients (PyTorch is optional)."""

import numpy as np
import pytest

import autodiff as ad
from autodiff import nn

torch = pytest.importorskip("torch")
F = torch.nn.functional
rng = np.random.default_rng(0)
IMAGES, KERNELS = rng.normal(size=(2, 3, 7, 6)), rng.normal(size=(4, 3, 3, 2))
ROWS, HALF = rng.normal(size=(5, 4)), rng.random((5, 4))
LABELS = np.array([0, 3, 1, 1, 2])

PAIRS = {
    "conv2d": (
        lambda x, w: nn.conv2d(x, w, (2, 1), (1, 2)),
        lambda x, w: F.conv2d(x, w, stride=(2, 1), padding=(1, 2)),
        (IMAGES, KERNELS),
    ),
    "max_pool2d": (
        lambda x: nn.max_pool2d(x, 3, 2, 1),
        lambda x: F.max_pool2d(x, 3, 2, 1),
        (IMAGES,),
    ),
    "avg_pool2d": (
        lambda x: nn.avg_pool2d(x, 2, 1, 1), lambda x: F.avg_pool2d(x, 2, 1, 1), (IMAGES,)
    ),
    "batch_norm": (
        lambda x, s, b: nn.batch_norm(x, s, b),
        lambda x, s, b: F.batch_norm(x, None, None, s, b, training=True),
        (IMAGES, rng.normal(size=3), rng.normal(size=3)),
    ),
    "layer_norm": (
        lambda x, s, b: nn.layer_norm(x, s, b),
        lambda x, s, b: F.layer_norm(x, (4,), s, b),
        (ROWS, rng.normal(size=4), rng.normal(size=4)),
    ),
    **{
        f"resize_bilinear {size} {centers}": (
            lambda x, size=size, c=centers: nn.resize_bilinear(x, size, c),
            lambda x, size=size, c=centers: F.interpolate(
                x, size, mode="bilinear", align_corners=c == "corners"
            ),
            (IMAGES,),
        )
        for size in ((4, 11), (14, 3), (1, 6))
        for centers in ("corners", "half_pixel")
    },
    "elu": (nn.elu, F.elu, (ROWS,)),
    "relu6": (lambda x: nn.relu6(4 * x), lambda x: F.relu6(4 * x), (ROWS,)),
    "softplus": (nn.softplus, F.softplus, (ROWS,)),
    "log_softmax": (nn.log_softmax, lambda x: F.log_softmax(x, -1), (ROWS,)),
    "softmax_cross_entropy": (
        lambda x: nn.softmax_cross_entropy(x, LABELS),
        lambda x: F.cross_entropy(x, torch.tensor(LABELS)),
        (ROWS,),
    ),
    "sigmoid_cross_entropy": (
        nn.sigmoid_cross_entropy, F.binary_cross_entropy_with_logits, (ROWS, HALF)
    ),
    "mean_squared_error": (nn.mean_squared_error, F.mse_loss, (ROWS, HALF)),
    "mean_absolute_error": (nn.mean_absolute_error, F.l1_loss, (ROWS, HALF)),
}  # fmt: skip


@pytest.mark.parametrize("name", PAIRS)
def test_agrees(name):
    ours, theirs, arrays = PAIRS[name]
    out, pullback = ad.vjp(ours, *arrays)
    tensors = [torch.tensor(a, requires_grad=True) for a in arrays]
    expected = theirs(*tensors)
    np.testing.assert_allclose(out, expected.detach().numpy(), atol=1e-12)
    ct = np.random.default_rng(1).normal(size=np.shape(out))
    expected.backward(torch.tensor(ct))
    for own, tensor in zip(pullback(ct), tensors, strict=True):
        np.testing.assert_allclose(own, tensor.grad.numpy(), atol=1e-12)
