"""A multilayer perceptron 64-64-32-10 on scikit-learn's handwritten digits."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

import autodiff as ad
from autodiff.nn import relu, softmax_cross_entropy
from autodiff.optim import Adam

SIZES = (64, 64, 32, 10)
Params = list[dict[str, np.ndarray]]


@dataclass(frozen=True, slots=True)
class Data:
    """Images (n, 64) in 0..1 and labels (n,), split in three."""

    train: tuple[np.ndarray, np.ndarray]
    validation: tuple[np.ndarray, np.ndarray]
    test: tuple[np.ndarray, np.ndarray]


@dataclass(slots=True)
class History:
    """What was measured after each epoch."""

    loss: list[float] = field(default_factory=list)
    validation_loss: list[float] = field(default_factory=list)
    train_accuracy: list[float] = field(default_factory=list)
    validation_accuracy: list[float] = field(default_factory=list)
    test_accuracy: float = 0.0


def load(rng: np.random.Generator) -> Data:
    """The 1797 digits, shuffled: 70 % to train on, 15 % to validate, 15 % to test."""
    images, labels = _images()
    order = rng.permutation(len(labels))
    images, labels = images[order] / 16.0, labels[order]
    a, b = int(0.70 * len(labels)), int(0.85 * len(labels))
    return Data((images[:a], labels[:a]), (images[a:b], labels[a:b]), (images[b:], labels[b:]))


def _images() -> tuple[np.ndarray, np.ndarray]:
    """scikit-learn's images and labels; in a browser, which has none, the site brings them."""
    beside = Path(__file__).with_name("digits.npz")
    if beside.is_file():
        with np.load(beside) as file:
            return file["images"].astype(float), file["labels"].astype(int)
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    return images, labels


def initial(rng: np.random.Generator) -> Params:
    """He initialisation: weights of variance 2 / inputs, biases 0 (He et al., 2015)."""
    return [
        {"W": rng.normal(size=(n, m)) * np.sqrt(2 / n), "b": np.zeros(m)}
        for n, m in pairwise(SIZES)
    ]


def logits(params: Params, x: Any) -> Any:
    """The network: affine layers with relu between them."""
    *hidden, last = params
    for layer in hidden:
        x = relu(x @ layer["W"] + layer["b"])
    return x @ last["W"] + last["b"]


def loss(params: Params, x: Any, labels: Any) -> Any:
    """Mean cross-entropy of the softmax of the logits."""
    return softmax_cross_entropy(logits(params, x), labels)


def accuracy(params: Params, x: np.ndarray, labels: np.ndarray) -> float:
    """The share of images whose largest logit is at the label."""
    return float(np.mean(np.argmax(logits(params, x), axis=-1) == labels))


def jittered(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The images, every second one moved by at most a pixel: more data from the same digits."""
    framed = np.pad(images.reshape(-1, 8, 8), ((0, 0), (1, 1), (1, 1)))
    n = len(images)
    shift = np.where(rng.random((2, n)) < 0.5, 1, rng.integers(0, 3, (2, n)))[..., None, None]
    rows, columns = shift[0] + np.arange(8)[:, None], shift[1] + np.arange(8)
    return framed[np.arange(n)[:, None, None], rows, columns].reshape(n, -1)


def train(
    data: Data,
    rng: np.random.Generator,
    epochs: int = 300,
    batch: int = 64,
    learning_rate: float = 3e-3,
    decay: float = 0.1,
    progress: bool = True,
) -> tuple[Params, History]:
    """Minimise the loss with Adam, cosine-annealed, with decoupled weight decay."""
    params, history = initial(rng), History()
    state = Adam().init(params)
    step = ad.value_and_grad(loss)
    images, labels = data.train
    bar = tqdm(range(epochs), desc="training", unit="epoch", disable=not progress)
    for epoch in bar:
        rate = learning_rate * 0.5 * (1 + np.cos(np.pi * epoch / epochs))
        order, losses = rng.permutation(len(labels)), []
        moved = jittered(images, rng)
        for start in range(0, len(labels), batch):
            chosen = order[start : start + batch]
            value, gradient = step(params, moved[chosen], labels[chosen])
            params, state = Adam(rate).update(params, gradient, state)
            params = [{"W": (1 - decay * rate) * p["W"], "b": p["b"]} for p in params]
            losses.append(float(value))
        history.loss.append(float(np.mean(losses)))
        history.validation_loss.append(float(loss(params, *data.validation)))
        history.train_accuracy.append(accuracy(params, *data.train))
        history.validation_accuracy.append(accuracy(params, *data.validation))
        bar.set_postfix(validation=f"{history.validation_accuracy[-1]:.1%}", refresh=False)
    history.test_accuracy = accuracy(params, *data.test)
    return params, history


def plot(history: History, path: Path) -> None:
    """Save the loss and accuracy curves."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(10, 4), layout="constrained")
    epochs = np.arange(1, len(history.loss) + 1)
    left.semilogy(epochs, history.loss, label="training (jittered images)")
    left.semilogy(epochs, history.validation_loss, label="validation")
    left.set(xlabel="epoch", ylabel="cross-entropy (nats)", title="Loss")
    right.plot(epochs, 100 * np.array(history.train_accuracy), label="training")
    right.plot(epochs, 100 * np.array(history.validation_accuracy), label="validation")
    right.axhline(100 * history.test_accuracy, color="0.3", ls=":", label="test")
    right.set(xlabel="epoch", ylabel="accuracy (%)", title="Accuracy", ylim=(85, 100.5))
    for axes in (left, right):
        axes.legend(frameon=False)
        axes.grid(alpha=0.25)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120, metadata={"Software": None})
    pyplot.close(figure)


def main(folder: Path, seed: int = 2017) -> History:
    """Train, print the test accuracy, save the curves."""
    rng = np.random.default_rng(seed)
    data = load(rng)
    sizes = " / ".join(str(len(part[1])) for part in (data.train, data.validation, data.test))
    print(f"MLP {'-'.join(map(str, SIZES))} on {sizes} digits (training / validation / test)")
    _, history = train(data, rng)
    plot(history, folder / "digits_training.png")
    print(f"test accuracy {history.test_accuracy:.2%}; curves: {folder / 'digits_training.png'}")
    return history
