"""Exercise 8.1: the loss of a classifier and its gradient, for logits of any size."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.course.exercise import ENGINE, Answer, Exercise, Misconception, parts_of

Pair = tuple[Any, Any]


def _softmax(z: Any) -> Any:
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def _log_softmax(z: Any) -> Any:
    shifted = z - z.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def _onehot(z: Any, labels: Any) -> Any:
    return np.eye(z.shape[1])[labels]


def _cross_entropy(z: Any, labels: Any) -> Pair:
    L = -np.mean(_log_softmax(z)[np.arange(len(labels)), labels])
    return L, (_softmax(z) - _onehot(z, labels)) / len(labels)


def _no_mean_in_gradient(z: Any, labels: Any) -> Pair:
    L, dz = _cross_entropy(z, labels)
    return L, dz * len(labels)


def _sum_of_rows(z: Any, labels: Any) -> Pair:
    L, dz = _cross_entropy(z, labels)
    return L * len(labels), dz * len(labels)


def _sign(z: Any, labels: Any) -> Pair:
    L, dz = _cross_entropy(z, labels)
    return L, -dz


def _sign_of_loss(z: Any, labels: Any) -> Pair:
    L, dz = _cross_entropy(z, labels)
    return -L, dz


def _both_signs(z: Any, labels: Any) -> Pair:
    L, dz = _cross_entropy(z, labels)
    return -L, -dz


def _no_onehot(z: Any, labels: Any) -> Pair:
    L, _ = _cross_entropy(z, labels)
    return L, _softmax(z) / len(labels)


def _onehot_added(z: Any, labels: Any) -> Pair:
    L, _ = _cross_entropy(z, labels)
    return L, (_softmax(z) + _onehot(z, labels)) / len(labels)


def _by_probabilities(z: Any, labels: Any) -> Pair:
    L, _ = _cross_entropy(z, labels)
    with np.errstate(all="ignore"):
        return L, -_onehot(z, labels) / _softmax(z) / len(labels)


def _sum_in_loss(z: Any, labels: Any) -> Pair:
    L, dz = _cross_entropy(z, labels)
    return L * len(labels), dz


def _mean_over_all(z: Any, labels: Any) -> Pair:
    L, dz = _cross_entropy(z, labels)
    return L / z.shape[1], dz / z.shape[1]


def _overflows(z: Any, labels: Any) -> Pair:
    with np.errstate(all="ignore"):
        p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
        L = -np.mean(np.log(p[np.arange(len(labels)), labels]))
    return L, (p - _onehot(z, labels)) / len(labels)


def _log_of_softmax(z: Any, labels: Any) -> Pair:
    with np.errstate(all="ignore"):
        L = -np.mean(np.log(_softmax(z)[np.arange(len(labels)), labels]))
    return L, (_softmax(z) - _onehot(z, labels)) / len(labels)


def _log_of_a_little_more(z: Any, labels: Any) -> Pair:
    p = _softmax(z)
    L = -np.mean(np.log(p[np.arange(len(labels)), labels] + 1e-12))
    return L, (p - _onehot(z, labels)) / len(labels)


def _one_shift(z: Any, labels: Any) -> Pair:
    return _overflows(z - z.max(), labels)


def _diagonal(z: Any, labels: Any) -> Pair:
    L, _ = _cross_entropy(z, labels)
    p, y = _softmax(z), _onehot(z, labels)
    return L, -y * (1 - p) / len(labels)


def _down_the_columns(z: Any, labels: Any) -> Pair:
    e = np.exp(z - z.max(axis=0))
    p = e / e.sum(axis=0)
    with np.errstate(all="ignore"):
        L = -np.mean(np.log(p[np.arange(len(labels)), labels]))
    return L, (p - _onehot(z, labels)) / len(labels)


def _as_parts(answer: Answer, z: Any, labels: Any) -> dict[str, Any]:
    with np.errstate(all="ignore"):
        found = answer(z, labels)
    return parts_of(found, "L", "dL/dz")


def _logits(rng: np.random.Generator) -> list[Pair]:
    return [
        (np.array([[1.0, 2.0]]), np.array([0])),
        (np.array([[0.0, 1.0, 2.0], [2.0, 0.0, 1.0]]), np.array([0, 2])),
        (rng.normal(size=(4, 3)), rng.integers(3, size=4)),
        (np.array([[1000.0, 999.0], [-1000.0, -1002.0]]), np.array([1, 0])),
        (np.array([[1000.0, -1000.0], [0.0, 0.0]]), np.array([1, 0])),
    ]


CROSS_ENTROPY = Exercise(
    number="8.1",
    title="Softmax cross-entropy that does not overflow",
    shows="a fused derivative is simpler and safer than the chain of its parts",
    solution=_cross_entropy,
    inputs=_logits,
    observe=_as_parts,
    forbids=(*ENGINE, "nn.softmax", "nn.softmax_cross_entropy", "nn.logsumexp"),
    hints=(
        "Start with two rows, z = [[0, 1, 2], [2, 0, 1]], labels 0 and 2. What are softmax(z) and "
        "L, and what does each row count for in a mean?",
        "softmax(z) does not change when the same number is subtracted from a whole row. Which "
        "number makes every exponent at most 0? And what is the log of the quotient, written out?",
    ),
    misconceptions=(
        Misconception(
            "1/N missing in the gradient",
            _no_mean_in_gradient,
            "L is a mean over the rows. If a row counts for 1/N of L, how much does its logit "
            "count?",
        ),
        Misconception(
            "the sum over the rows, not the mean",
            _sum_of_rows,
            "What happens to your L when every row is given twice? What should happen to a mean?",
        ),
        Misconception(
            "the sign of the gradient",
            _sign,
            "If the logit of the right label grows, does the loss rise or fall? What does your "
            "gradient say of it?",
        ),
        Misconception(
            "the sign of the loss",
            _sign_of_loss,
            "The logarithm of a probability is at most 0. May a loss be negative?",
            "the formula of L in section 1",
        ),
        Misconception(
            "the signs of the loss and of the gradient",
            _both_signs,
            "The logarithm of a probability is at most 0. May a loss be negative? Is it to be made "
            "small or large?",
            "the formula of L in section 1",
        ),
        Misconception(
            "the one-hot labels forgotten",
            _no_onehot,
            "What do the numbers in a row of dL/dz add up to in section 2, and what in yours? Does "
            "your gradient know the labels?",
            "the formula of dL/dz in section 2",
        ),
        Misconception(
            "the one-hot labels added",
            _onehot_added,
            "Let the right logit grow: does the loss rise or fall? Which sign has your slope?",
        ),
        Misconception(
            "stopped at the probabilities",
            _by_probabilities,
            "-1/p is the slope of the loss by the probability of the label. What stands between "
            "that probability and the logits?",
        ),
        Misconception(
            "the sum in the loss alone",
            _sum_in_loss,
            "Your gradient is that of a mean over the rows. What is your L: the mean, or the sum?",
        ),
        Misconception(
            "the mean over all entries",
            _mean_over_all,
            "How many images are there, and by how many numbers do you divide? Does a class more "
            "make the loss smaller?",
        ),
        Misconception(
            "no shift before the exponential",
            _overflows,
            "What is np.exp(1000)? What is that divided by itself?",
            "the input above: its logits are near 1000",
        ),
        Misconception(
            "the logarithm of a softmax that is 0",
            _log_of_softmax,
            "For logits 1000 and -1000 the softmax of the second is 0 in floating point, and "
            "log 0 is -inf. Must you compute the softmax to know its logarithm?",
        ),
        Misconception(
            "a small number added before the logarithm",
            _log_of_a_little_more,
            "What you added keeps the logarithm finite. What is the largest loss that your L can "
            "then say, and what should it be for logits 1000 and -1000?",
        ),
        Misconception(
            "one shift for the whole batch",
            _one_shift,
            "A row of -1000 and -1002 stands beside one of 1000. What is left of it after your "
            "shift, once exp has been taken?",
            "the second row of the input above",
        ),
        Misconception(
            "softmax differentiated as if it were elementwise",
            _diagonal,
            "Your gradient is 0 for every label but the right one. If another logit grows, does "
            "the probability of the right one stay the same?",
            "section 2: what a row of dL/dz adds up to",
        ),
        Misconception(
            "softmax along the wrong axis",
            _down_the_columns,
            "Which numbers must add up to 1: the classes of one image, or one class over all "
            "images?",
        ),
    ),
)
