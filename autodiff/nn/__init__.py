"""Neural networks in plain NumPy style: activations, layers, losses, initializers.

    rng = np.random.default_rng(0)
    model = nn.Sequential((nn.Dense.init(rng, 64, 32), nn.relu, nn.Dense.init(rng, 32, 10)))

    def loss(model, x, labels):
        return nn.softmax_cross_entropy(model(x), labels)

    gradient = ad.grad(loss)(model, x, labels)

A model is a container of its parameters: what `ad.grad` and the optimizers of `autodiff.optim`
take and return.  Images are (N, C, H, W).
"""

from autodiff.nn.initializers import (
    constant,
    fans,
    glorot_normal,
    glorot_uniform,
    he_normal,
    he_uniform,
    normal,
    ones,
    truncated_normal,
    uniform,
    xavier_normal,
    xavier_uniform,
    zeros,
)
from autodiff.nn.layers import (
    BatchNorm,
    Conv2D,
    Dense,
    Embedding,
    LayerNorm,
    Sequential,
    flatten,
    moments,
    moving_average,
)
from autodiff.nn.losses import (
    hinge,
    l2_loss,
    mean_absolute_error,
    mean_squared_error,
    sigmoid_cross_entropy,
)
from autodiff.ops.networks.nn import (
    avg_pool2d,
    batch_norm,
    conv2d,
    dropout,
    elu,
    embedding,
    layer_norm,
    leaky_relu,
    log_softmax,
    logsumexp,
    max_pool2d,
    relu,
    relu6,
    sigmoid,
    softmax,
    softmax_cross_entropy,
    softplus,
)
from autodiff.ops.networks.resizing import resize_bilinear

__all__ = [
    "BatchNorm",
    "Conv2D",
    "Dense",
    "Embedding",
    "LayerNorm",
    "Sequential",
    "avg_pool2d",
    "batch_norm",
    "constant",
    "conv2d",
    "dropout",
    "elu",
    "embedding",
    "fans",
    "flatten",
    "glorot_normal",
    "glorot_uniform",
    "he_normal",
    "he_uniform",
    "hinge",
    "l2_loss",
    "layer_norm",
    "leaky_relu",
    "log_softmax",
    "logsumexp",
    "max_pool2d",
    "mean_absolute_error",
    "mean_squared_error",
    "moments",
    "moving_average",
    "normal",
    "ones",
    "relu",
    "relu6",
    "resize_bilinear",
    "sigmoid",
    "sigmoid_cross_entropy",
    "softmax",
    "softmax_cross_entropy",
    "softplus",
    "truncated_normal",
    "uniform",
    "xavier_normal",
    "xavier_uniform",
    "zeros",
]
