"""Lesson 8, training: a stable loss, an optimiser, a diagnosis, and weights that fit the depth."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.course.exercise import Answer, Exercise, Misconception

Pair = tuple[Any, Any]

# -- 8.1 softmax cross-entropy --------------------------------------------------------------


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


def _overflows(z: Any, labels: Any) -> Pair:
    with np.errstate(all="ignore"):
        p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
        L = -np.mean(np.log(p[np.arange(len(labels)), labels]))
    return L, (p - _onehot(z, labels)) / len(labels)


def _log_of_softmax(z: Any, labels: Any) -> Pair:
    with np.errstate(all="ignore"):
        L = -np.mean(np.log(_softmax(z)[np.arange(len(labels)), labels]))
    return L, (_softmax(z) - _onehot(z, labels)) / len(labels)


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
    if not isinstance(found, tuple | list) or len(found) != 2:
        raise TypeError("return two things: L, and dL/dz")
    return {"L": found[0], "dL/dz": found[1]}


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
    hints=(
        "Start with one row and two logits, z = [1, 2], label 0. What are softmax(z) and L?",
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

# -- 8.2 momentum ---------------------------------------------------------------------------


def _momentum(p: Any, g: Any, m: Any, rate: float, keep: float) -> Pair:
    m = keep * m + g
    return p - rate * m, m


def _old_velocity(p: Any, g: Any, m: Any, rate: float, keep: float) -> Pair:
    return p - rate * m, keep * m + g


def _uphill(p: Any, g: Any, m: Any, rate: float, keep: float) -> Pair:
    m = keep * m + g
    return p + rate * m, m


def _averaged(p: Any, g: Any, m: Any, rate: float, keep: float) -> Pair:
    m = keep * m + (1 - keep) * g
    return p - rate * m, m


def _forgetful(p: Any, g: Any, m: Any, rate: float, keep: float) -> Pair:
    new = keep * m + g
    return p - rate * new, m


def _plain_descent(p: Any, g: Any, m: Any, rate: float, keep: float) -> Pair:
    return p - rate * g, keep * m + g


def _rate_twice(p: Any, g: Any, m: Any, rate: float, keep: float) -> Pair:
    m = keep * m + rate * g
    return p - rate * m, m


def _several_steps(answer: Answer, p: Any, gradients: Any, rate: float, keep: float) -> Any:
    """p and m after each of several steps from rest."""
    m, seen = np.zeros_like(p), {}
    for k, g in enumerate(gradients, 1):
        found = answer(p, g, m, rate, keep)
        if not isinstance(found, tuple | list) or len(found) != 2:
            raise TypeError("return two things: the new p, and the new m")
        p, m = found
        seen |= {f"p after step {k}": p, f"m after step {k}": m}
    return seen


def _descents(rng: np.random.Generator) -> list[tuple[Any, ...]]:
    return [
        (np.array([1.0]), [np.array([2.0]), np.array([2.0])], 0.1, 0.5),
        (rng.normal(size=(2, 3)), [rng.normal(size=(2, 3)) for _ in range(3)], 0.3, 0.9),
    ]


MOMENTUM = Exercise(
    number="8.2",
    title="An optimiser of your own",
    shows="an optimiser is a pure update rule with a memory",
    solution=_momentum,
    inputs=_descents,
    observe=_several_steps,
    hints=(
        "Two lines: first the new m, then the new p. What is returned?",
        "From rest (m = 0), the first step is that of plain SGD. The second goes further. By how "
        "much?",
    ),
    misconceptions=(
        Misconception(
            "p moves by the old m",
            _old_velocity,
            "After the first step from rest (m = 0), has your p moved at all? Which m did it use?",
        ),
        Misconception(
            "the sign",
            _uphill,
            "The gradient is 2: the loss grows with p. Does your step make p larger or smaller?",
        ),
        Misconception(
            "a running mean in place of a running sum",
            _averaged,
            "With the same g at every step, where does your m settle: at g, or at g / (1 - keep)? "
            "Which of the two does m = keep · m + g reach?",
        ),
        Misconception(
            "m is not remembered",
            _forgetful,
            "What do you return for m? What will the next step find there?",
        ),
        Misconception(
            "p moves by the gradient alone",
            _plain_descent,
            "You update m. Does p ever feel it?",
        ),
        Misconception(
            "the rate is applied twice",
            _rate_twice,
            "How many times does the rate stand between a gradient and p in your step? And in the "
            "formula?",
        ),
    ),
)

# -- 8.3 a diagnosis ------------------------------------------------------------------------


def _finite(values: Any, adjoints: Any) -> bool:
    return all(np.isfinite(array).all() for array in [*values, *adjoints])


def _size(array: Any) -> float:
    return float(np.sqrt(np.mean(np.square(array))))


def _word(first: float, last: float) -> str:
    if first < last / 1000:
        return "vanishing"
    return "exploding" if first > 1000 * last else "healthy"


def _diagnose(values: Any, adjoints: Any) -> str:
    if not _finite(values, adjoints):
        return "not finite"
    if any(np.all(h == 0) for h in values):
        return "dead"
    return _word(_size(adjoints[0]), _size(adjoints[-1]))


def _upside_down(values: Any, adjoints: Any) -> str:
    return _diagnose(values, adjoints[::-1])


def _any_zero(values: Any, adjoints: Any) -> str:
    if not _finite(values, adjoints):
        return "not finite"
    if any(np.any(h == 0) for h in values):
        return "dead"
    return _diagnose(values, adjoints)


def _by_mean(values: Any, adjoints: Any) -> str:
    word = _diagnose(values, adjoints)
    if word in ("not finite", "dead"):
        return word
    return _word(abs(float(np.mean(adjoints[0]))), abs(float(np.mean(adjoints[-1]))))


def _by_values(values: Any, adjoints: Any) -> str:
    word = _diagnose(values, adjoints)
    if word in ("not finite", "dead"):
        return word
    return _word(_size(values[0]), _size(values[-1]))


def _equal_to_nan(values: Any, adjoints: Any) -> str:
    if any(np.all(h == 0) for h in values):
        return "dead"
    return _word(_size(adjoints[0]), _size(adjoints[-1]))


def _last_layer_only(values: Any, adjoints: Any) -> str:
    if _finite(values, adjoints) and not np.all(values[-1] == 0):
        return _word(_size(adjoints[0]), _size(adjoints[-1]))
    return _diagnose(values, adjoints)


def _patients(rng: np.random.Generator) -> list[tuple[list[Any], list[Any]]]:
    def layers(factors: Any, centre: float = 0.0) -> list[Any]:
        made = []
        for factor in factors:
            array = rng.normal(size=(5, 4))
            array += centre - array.mean()
            made.append(factor * array)
        return made

    def active(factors: Any) -> list[Any]:
        return [np.maximum(array, 0.0) for array in layers(factors)]

    flat = (1.0, 1.0, 1.0)
    dead = active(flat)
    dead[1] = np.zeros((5, 4))
    broken = layers((1e-2, 1e-2, 1e-2))
    broken[0][2, 1] = np.nan
    infinite = active(flat)
    infinite[2][0, 0] = np.inf
    quiet = [layers((1.0,))[0], layers((1.0,))[0], layers((1.0,), 0.5)[0]]
    return [
        (active(flat), layers((0.02, 0.01, 0.01), 1.0)),
        (active(flat), layers((1e-8, 1e-5, 1e-2), 1.0)),
        (active(flat), layers((1e4, 1e1, 1e-2), 1.0)),
        (dead, layers((1e-2, 1e-2, 1e-2), 1.0)),
        (active(flat), broken),
        (infinite, layers((1e-2, 1e-2, 1e-2), 1.0)),
        (active((1e-4, 1e-1, 1e2)), layers((1e-2, 1e-2, 1e-2), 1.0)),
        ([np.abs(array) + 0.1 for array in layers(flat)], quiet),
    ]


DIAGNOSE = Exercise(
    number="8.3",
    title="What is wrong with this network?",
    shows="health is read from the adjoints, layer by layer",
    solution=_diagnose,
    inputs=_patients,
    hints=(
        "Take the five words in their order, and return the first that applies.",
        "np.isfinite and np.all do the first two. For the others you need two sizes: of "
        "adjoints[0], and of adjoints[-1].",
    ),
    misconceptions=(
        Misconception(
            "first and last layer exchanged",
            _upside_down,
            "A gradient flows from the loss back. In which layer has it travelled furthest: in "
            "the first, or in the last? Which of the two is small when it vanishes?",
            "section 5: the curves go from layer 1 to layer 10",
        ),
        Misconception(
            "a few zeros count as dead",
            _any_zero,
            "How many values of a healthy relu layer are exactly 0?",
            "section 2: what a relu does to half of its inputs",
        ),
        Misconception(
            "the mean in place of the size",
            _by_mean,
            "The adjoints 5, -5, 5, -5 have the mean 0. Is that gradient small?",
        ),
        Misconception(
            "values in place of adjoints",
            _by_values,
            "In section 5 every value was 0.5, and the network was ill. What are you measuring?",
            "the two printed lines of section 5",
        ),
        Misconception(
            "NaN is not noticed",
            _equal_to_nan,
            "What is np.nan == np.nan? And is np.nan < 0.001 true?",
        ),
        Misconception(
            "only the last layer is looked at for dead units",
            _last_layer_only,
            "If the layer in the middle is dead, and the last one is kept alive by its biases, "
            "what do the layers before it receive?",
        ),
    ),
)

# -- 8.4 initial weights --------------------------------------------------------------------

DEPTH = 16


def _weight_std(n: int, slope: float) -> float:
    return float(np.sqrt(2 / (n * (1 + slope**2))))


def _multiplies(answer: Answer, n: int, slope: float) -> dict[str, float]:
    """By how much a layer multiplies the size of the adjoint, measured over a deep network."""
    rng, std = np.random.default_rng(n), float(answer(n, slope))
    adjoint = rng.normal(size=(64, n))
    start = _size(adjoint)
    for _ in range(DEPTH):
        slopes = np.where(rng.random((64, n)) < 0.5, 1.0, slope)
        adjoint = (adjoint * slopes) @ (std * rng.normal(size=(n, n))).T
    each = (_size(adjoint) / start) ** (1 / DEPTH)
    return {"a layer multiplies the adjoint by about": round(each, 2)}


def _glorot(n: int, slope: float) -> float:
    return float(np.sqrt(1 / n))


def _variance(n: int, slope: float) -> float:
    return 2 / (n * (1 + slope**2))


def _relu_only(n: int, slope: float) -> float:
    return float(np.sqrt(2 / n))


def _slope_unsquared(n: int, slope: float) -> float:
    return float(np.sqrt(2 / (n * (1 + slope))))


def _unit(n: int, slope: float) -> float:
    return 1.0


WEIGHT_STD = Exercise(
    number="8.4",
    title="Weights that let a gradient through",
    shows="the variance of the weights makes up for what the activation takes",
    solution=_weight_std,
    inputs=lambda rng: [(64, 0.0), (64, 1.0), (64, 0.5), (256, 0.0)],
    observe=_multiplies,
    hints=(
        "Start with slope 1, where nothing is lost: by how much does a product with n × n weights "
        "of variance v multiply the mean square?",
        "Half of the units multiply the square by 1, the other half by slope². What is the mean, "
        "and what must n · v be to make up for it?",
    ),
    misconceptions=(
        Misconception(
            "the activation is forgotten",
            _glorot,
            "For slope 1 your weights are right. What does a relu do to half of the adjoints?",
            "the curve 'relu, std √(1/n)' of section 5",
        ),
        Misconception(
            "the variance in place of the standard deviation",
            _variance,
            "Your number is right for a variance. What do you multiply a standard normal number "
            "by to give it the variance v?",
        ),
        Misconception(
            "right for a relu only",
            _relu_only,
            "With slope 1 there is no kink at all. Does anything then have to be made up for?",
        ),
        Misconception(
            "the slope is not squared",
            _slope_unsquared,
            "An adjoint is multiplied by the slope. By what is its square multiplied?",
        ),
        Misconception(
            "standard deviation 1",
            _unit,
            "Each adjoint is a sum of n products. How does the size of such a sum grow with n?",
            "patient B, section 6",
        ),
    ),
)

EXERCISES = (CROSS_ENTROPY, MOMENTUM, DIAGNOSE, WEIGHT_STD)
