"""The networks that a course draws: each a plain function of NumPy, with arguments for it.

The lecture's network with unequal sizes, a perceptron of two layers on a batch, an LSTM cell, a
conv net, a transformer block, and a loop of two hundred steps.  The figures and the tests of the
pictures draw them.

>>> print(drawn("lecture").outline().splitlines()[0])
W1   [parameter]
"""

import numpy as np

import autodiff as ad
from autodiff import ops

sigmoid, conv2d = ops["sigmoid"], ops["conv2d"]


def normal(*shape, seed=0, scale=1.0):
    """Random numbers of a shape, the same each time."""
    return np.random.default_rng([seed, *shape]).normal(size=shape) * scale


def lecture(W1, W2, W3, x):
    """y = W3 σ(W2 σ(W1 x)), the network of the lecture."""
    z1 = W1 @ x
    h1 = sigmoid(z1)
    z2 = W2 @ h1
    h2 = sigmoid(z2)
    y = W3 @ h2
    return y


def mlp(p, x, t):
    """The mean squared error of a perceptron of two layers."""
    h = np.tanh(x @ p["W1"] + p["b1"])
    o = h @ p["W2"] + p["b2"]
    e = o - t
    loss = np.mean(e**2)
    return loss


def lstm_cell(W, x, h, c):
    """One step of an LSTM (Hochreiter and Schmidhuber, 1997), its result summed up."""
    n = len(h)
    z = W @ np.concatenate([x, h])
    i = sigmoid(z[0:n])
    f = sigmoid(z[n : 2 * n])
    o = sigmoid(z[2 * n : 3 * n])
    g = np.tanh(z[3 * n :])
    c_new = f * c + i * g
    h_new = o * np.tanh(c_new)
    return np.sum(h_new)


def softmax(z):
    """exp(z) / sum(exp(z)) along the last axis, stable."""
    e = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


def layer_norm(x, gain, shift):
    """Layer normalisation (Ba, Kiros and Hinton, 2016)."""
    mean = np.mean(x, axis=-1, keepdims=True)
    var = np.var(x, axis=-1, keepdims=True)
    return gain * (x - mean) / np.sqrt(var + 1e-5) + shift


def attention(p, x):
    """Self-attention with one head (Vaswani et al., 2017)."""
    q, k, v = x @ p["Wq"], x @ p["Wk"], x @ p["Wv"]
    weights = softmax(q @ k.T / np.sqrt(k.shape[-1]))
    return weights @ v @ p["Wo"]


def gelu(x):
    """The Gaussian error linear unit, by its tanh approximation (Hendrycks and Gimpel, 2016)."""
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


def feed_forward(p, x):
    """Two layers at each place by itself."""
    return gelu(x @ p["W1"] + p["b1"]) @ p["W2"] + p["b2"]


def block(p, x):
    """A transformer block with the normalisation first."""
    x = x + attention(p, layer_norm(x, p["g1"], p["s1"]))
    x = x + feed_forward(p, layer_norm(x, p["g2"], p["s2"]))
    return x


def transformer(p, x, tokens):
    """The cross entropy of the tokens, after one block."""
    logits = block(p, x) @ p["Wu"]
    probabilities = softmax(logits)
    rows = np.arange(len(tokens))
    return -np.mean(np.log(probabilities[rows, tokens]))


def conv_net(p, x, labels):
    """The cross entropy of a conv net with one layer, a relu and a pooling."""
    h = np.maximum(conv2d(x, p["K"], (1, 1)), 0)
    n, c, height, width = h.shape
    pooled = h.reshape(n, c, height // 2, 2, width // 2, 2).max(axis=(3, 5))
    logits = pooled.reshape(n, -1) @ p["W"] + p["b"]
    logp = logits - np.log(np.sum(np.exp(logits), axis=1, keepdims=True))
    rows = np.arange(n)
    return -np.mean(logp[rows, labels])


def training_loop(x, w):
    """Two hundred steps of one neuron that reads itself."""
    for _ in range(200):
        x = np.tanh(w * x + 0.1)
    return x


def _transformer_parameters(d=8, words=11):
    shapes = {"Wq": (d, d), "Wk": (d, d), "Wv": (d, d), "Wo": (d, d)}
    shapes |= {"W1": (d, 4 * d), "W2": (4 * d, d), "Wu": (d, words)}
    p = {name: normal(*shape, seed=i, scale=0.3) for i, (name, shape) in enumerate(shapes.items())}
    p |= {"b1": np.zeros(4 * d), "b2": np.zeros(d), "g1": np.ones(d), "g2": np.ones(d)}
    return p | {"s1": np.zeros(d), "s2": np.zeros(d)}


NETWORKS = {
    "lecture": (lecture, normal(3, 2), normal(4, 3), normal(4), np.array([1.0, 2.0])),
    "mlp": (
        mlp,
        {"W1": normal(3, 5), "b1": normal(5), "W2": normal(5, 2), "b2": normal(2)},
        normal(16, 3),
        normal(16, 2),
    ),
    "lstm_cell": (lstm_cell, normal(8, 5, scale=0.5), normal(3), normal(2), normal(2, seed=1)),
    "transformer": (
        transformer,
        _transformer_parameters(),
        normal(6, 8),
        np.array([1, 4, 2, 9, 10, 3]),
    ),
    "conv_net": (
        conv_net,
        {"K": normal(4, 1, 3, 3), "W": normal(36, 3, scale=0.3), "b": np.zeros(3)},
        normal(5, 1, 8, 8),
        np.array([0, 1, 2, 1, 0]),
    ),
    "training_loop": (training_loop, 0.5, 0.9),
}
"""By name: the function, and the arguments at which it is drawn."""


def drawn(name, **options):
    """The drawing of one of them."""
    f, *args = NETWORKS[name]
    return ad.draw(f, *args, **options)
