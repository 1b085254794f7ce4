"""A derivative that is 0 since its terms cancel is right, and a wrong rule among them is found."""

import itertools
import warnings

import numpy as np
import pytest
from sabotage import sabotaged

import autodiff as ad
from autodiff.core.transforms.record import record
from autodiff.ops.networks import nn

ROWS, COLUMNS = 6, 3


def batch_norm(h):
    d = h - h.mean(0)
    return d / np.sqrt((d**2).mean(0) + 1e-5)


def softmax(h):
    e = np.exp(h - h.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def naive_softmax(h):
    return np.exp(h) / np.sum(np.exp(h), axis=1, keepdims=True)


def row_by_row(h):
    """h, filled row by row."""
    out = np.zeros_like(h)
    for i, row in enumerate(h):
        out[i] = row
    return out


BLIND_TO_ROWS = {  # to one number added to each column
    "centred": lambda h: h - h.mean(0),
    "batch norm": batch_norm,
    "batch norm of stacked rows": lambda h: batch_norm(np.stack([row for row in h])),
    "batch norm of joined parts": lambda h: batch_norm(np.concatenate([h[:2], h[2:]])),
    "batch norm of written rows": lambda h: batch_norm(row_by_row(h)),
    "standardised": lambda h: (h - np.mean(h, axis=0)) / np.std(h, axis=0),
    "steps": lambda h: np.diff(h, axis=0),
    "pairs": lambda h: h[:, None, :] - h[None, :, :],
    "variance": lambda h: np.var(h, axis=0),
    "covariance": lambda h: np.cov(h.T),
    "correlation": lambda h: np.corrcoef(h, rowvar=False),
    "spread": lambda h: np.max(h, axis=0) - np.min(h, axis=0),
}
BLIND_TO_COLUMNS = {  # to one number added to each row
    "softmax": softmax,
    "naive softmax": naive_softmax,
    "softmax of the registry": nn.softmax,
    "log softmax": nn.log_softmax,
    "log of softmax": lambda h: np.log(softmax(h)),
    "loss": lambda h: nn.softmax_cross_entropy(h, np.arange(ROWS) % COLUMNS),
    "layer norm": lambda h: nn.layer_norm(h, np.ones(COLUMNS), np.zeros(COLUMNS)),
    "above the least": lambda h: h - np.min(h, axis=1, keepdims=True),
}
BLIND_TO_SIZE = {
    "directions": lambda h: h / np.linalg.norm(h, axis=1, keepdims=True),
    "by hand": lambda h: h / np.sqrt(np.sum(h * h)),
    "cosines": lambda h: (h @ h.T) / np.sum(h**2),
    "shares": lambda h: np.abs(h) / np.sum(np.abs(h)),
    "of the largest": lambda h: h / np.max(np.abs(h)),
    "standard": lambda h: h / np.std(h),
    "ratios": lambda h: h[1:] / h[:-1],
}
CONSTANT = {
    "sum of a softmax": lambda h: np.sum(softmax(h), axis=1),
    "sum of the naive softmax": lambda h: np.sum(naive_softmax(h), axis=1),
    "sum of a batch norm": lambda h: np.sum(batch_norm(h), axis=0),
    "length of a direction": lambda h: np.sum(h**2) / np.linalg.norm(h) ** 2,
    "cos**2 + sin**2": lambda h: np.cos(h) ** 2 + np.sin(h) ** 2,
    "sum of a log softmax's exp": lambda h: np.sum(np.exp(nn.log_softmax(h)), axis=1),
    "exp of log": lambda h: np.exp(np.log(1 + h**2)) - h**2,
}
AFTER = {
    "nothing": lambda y: y,
    "tanh": np.tanh,
    "square": lambda y: y**2,
    "sine": lambda y: np.sin(3 * y),
    "bump": lambda y: np.exp(-(y**2)),
    "softplus": lambda y: np.log1p(np.exp(y)),
    "size": lambda y: np.abs(y) * 2,
    "relu": nn.relu,
}
BEFORE = {
    "nothing": lambda h: h,
    "tanh": np.tanh,
    "curved": lambda h: h + 0.3 * h**2,
    "product": lambda h: h @ np.array([[0.3, 1.0, -0.4], [0.7, -0.2, 0.5], [1.1, 0.2, 0.9]]),
}


def programs(rng):
    """(name, f, x): f has derivative 0 at x, along every direction, by cancellation."""
    x = rng.normal(size=(ROWS, COLUMNS)) * 10.0 ** rng.integers(-2, 3)
    weights = rng.normal(size=1000)
    (before, pre), (after, post) = (
        list(table.items())[rng.integers(len(table))] for table in (BEFORE, AFTER)
    )
    before_x = pre(x / np.max(np.abs(x)))  # kept where exp and its kin are tame

    def weighed(y):
        y = np.ravel(post(y))
        return np.sum(y * weights[: y.size])

    for name, blind in BLIND_TO_ROWS.items():
        yield (
            f"{before}, {name}, {after}, rows",
            lambda b, blind=blind: weighed(blind(before_x + b)),
            rng.normal(size=COLUMNS),
        )
    for name, blind in BLIND_TO_COLUMNS.items():
        yield (
            f"{before}, {name}, {after}, columns",
            lambda b, blind=blind: weighed(blind(before_x + b)),
            rng.normal(size=(ROWS, 1)),
        )
    for name, blind in BLIND_TO_SIZE.items():
        yield (
            f"{before}, {name}, {after}, size",
            lambda s, blind=blind: weighed(blind(s * before_x)),
            rng.uniform(0.3, 3.0),
        )
    for name, blind in CONSTANT.items():
        yield (
            f"{before}, {name}, {after}, constant",
            lambda h, blind=blind: weighed(blind(pre(h))),
            rng.normal(size=(ROWS, COLUMNS)),
        )


PROGRAMS = [one for seed in range(8) for one in programs(np.random.default_rng(seed))]


@pytest.mark.parametrize(("name", "f", "x"), PROGRAMS, ids=[name for name, _, _ in PROGRAMS])
def test_a_right_zero_is_never_called_wrong(name, f, x):
    report = ad.check(f, x)
    assert report.kind == "right", report


UNSEEN = ("part", "held", "clip")
"""Parts of results; and the clip of corrcoef, whose diagonal is on the bound up to rounding."""


def rules_of(f, x):
    """The ops with a rule that a run of f uses, in order."""
    run = record(f, (x,), {}, (0,))
    ops = dict.fromkeys(e.op for e in run.program if e.op and e.op.kind != "constant")
    return [op for op in ops if op.name not in UNSEEN]


@pytest.mark.parametrize(
    ("name", "f", "x"), PROGRAMS[::3], ids=[name for name, _, _ in PROGRAMS[::3]]
)
@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_a_wrong_rule_among_terms_that_cancel_is_named(name, f, x, mode):
    ops = rules_of(f, x)
    seed = sum(map(ord, name + mode))
    op = ops[np.random.default_rng(seed).integers(len(ops))]
    with sabotaged(op, mode):
        report = ad.check(f, x)
    assert report.kind == "wrong", report
    assert op in [rule.equation.op for rule in report.rules]


X = np.random.default_rng(0).normal(size=(32, 4))


def test_the_bias_before_a_batch_norm_agrees_and_says_why():
    report = ad.check(lambda b: np.mean(np.tanh(batch_norm(X + b)) ** 2), np.zeros(4))
    assert report.rows[0].word == "agrees"
    assert "with respect to b is 0: terms of about" in report.notes[0]
    assert "cancel" in report.notes[0]


def test_a_cut_among_terms_that_cancel_is_found():
    """The mean taken as a constant, as a student forgets it: the derivative is not 0 any more."""

    def forgets_the_mean(b):
        h = X + b
        d = h - ad.stop_gradient(h.mean(0))
        return np.mean(np.tanh(d) ** 2)

    assert ad.check(forgets_the_mean, np.zeros(4)).kind == "cut"


def test_a_small_wrong_term_beside_terms_that_cancel_is_found():
    off = ad.custom_op(lambda x: x * x, partials=lambda ans, x: 2.0002 * x, name="off")
    report = ad.check(lambda b: np.sum(batch_norm(X + b)) + 1e-6 * np.sum(off(b)), np.ones(4))
    assert report.kind == "wrong"


@pytest.mark.parametrize("size", [1e-9, 1e-3, 1.0, 1e6, 1e12])
def test_the_size_of_the_loss_does_not_matter(size):
    for table, x in ((BLIND_TO_ROWS, np.ones(COLUMNS)), (BLIND_TO_COLUMNS, np.ones((ROWS, 1)))):
        for name, blind in itertools.islice(table.items(), 0, None, 2):
            report = ad.check(lambda b, g=blind: size * np.sum(np.sin(g(X[:ROWS, :3] + b))), x)
            assert report.kind == "right", (name, report)


def test_a_function_that_drops_imaginary_parts_is_checked_by_differences_and_in_silence():
    def dropping(x):
        y = np.zeros_like(x, dtype=float)  # where NumPy cuts complex numbers, and warns
        y[...] = x
        return np.sum(y**2)

    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        report = ad.check(dropping, np.array([1.0, 2.0]))
    assert report.kind == "right", report
    assert not told
