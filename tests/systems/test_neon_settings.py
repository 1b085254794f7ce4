"""What a program of neon asks for is what it gets: settings that once had no effect.

The truth is NumPy's, or what neon's sources say.
"""

import numpy as np
import pytest

from autodiff.frontends.neon.backends import gen_backend
from autodiff.frontends.neon.callbacks.callbacks import Callback, Callbacks
from autodiff.frontends.neon.data import CIFAR10, MNIST, ArrayIterator, Text
from autodiff.frontends.neon.initializers import Constant
from autodiff.frontends.neon.layers import Affine, GeneralizedCost, Pooling
from autodiff.frontends.neon.models import Model
from autodiff.frontends.neon.optimizers import Adam, GradientDescentMomentum
from autodiff.frontends.neon.transforms import Misclassification, SumSquared

HOOKS = [
    f"on_{what}_{when}" for what in ("train", "epoch", "minibatch") for when in ("begin", "end")
]


def trained(rounds=2, **settings):
    """A model that is trained on two minibatches an epoch, and its callbacks."""
    gen_backend(batch_size=10)
    rows = np.random.default_rng(0).normal(size=(20, 3))
    data = ArrayIterator(rows, rows[:, :2] * 0.5, make_onehot=False)
    model = Model([Affine(2, Constant(0.1))])
    model.initialize(data)
    callbacks = Callbacks(model, **{"eval_set": data, **settings})

    def run():
        cost = GeneralizedCost(SumSquared())
        model.fit(data, cost, GradientDescentMomentum(0.1, 0.9), rounds, callbacks)

    return model, callbacks, run


class Log(Callback):
    """Notes which hooks were called when, under a name."""

    def __init__(self, log, name="log", **freqs):
        super().__init__(**freqs)
        self.log, self.name = log, name


for _hook in HOOKS:
    setattr(
        Log, _hook, lambda self, data, model, *times, hook=_hook: self.log.append((hook, *times))
    )


def test_all_hooks_of_a_callback_are_called_in_order():
    log = []
    _, callbacks, run = trained()
    callbacks.add_callback(Log(log))
    run()
    one = lambda e: [
        ("on_epoch_begin", e),
        *[(f"on_minibatch_{when}", e, m) for m in (0, 1) for when in ("begin", "end")],
        ("on_epoch_end", e),
    ]
    assert log == [("on_train_begin", 2), *one(0), *one(1), ("on_train_end",)]


@pytest.mark.parametrize(
    ("freqs", "epochs", "batches"),
    [
        ({"epoch_freq": 2}, [1, 3], [0, 1]),
        ({"epoch_freq": [0, 3]}, [0, 3], [0, 1]),
        ({"epoch_freq": None, "minibatch_freq": 2}, [], [1]),
    ],
)
def test_a_callback_is_called_as_often_as_asked(freqs, epochs, batches):
    log = []
    _, callbacks, run = trained(4)
    callbacks.add_callback(Log(log, **freqs))
    run()
    assert [e for hook, *e in log if hook == "on_epoch_end"] == [[e] for e in epochs]
    assert [b for hook, e, b in (x for x in log if len(x) == 3) if hook.endswith("end") and e == 0] \
        == batches  # fmt: skip


def test_a_callback_is_put_where_asked():
    order = []
    _, callbacks, run = trained(1)
    for name, place in (("a", None), ("b", None), ("first", 0)):
        callback = Callback()
        callback.on_epoch_end = lambda *_, name=name: order.append(name)
        callbacks.add_callback(callback, insert_pos=place)
    run()
    assert order == ["first", "a", "b"]


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        ({}, ["net.prm"]),
        ({"serialize": 3}, ["net.prm"]),
        ({"history": 2}, ["net_2.prm", "net_3.prm"]),
        ({"history": 3, "serialize": 2}, ["net_1.prm", "net_3.prm"]),
    ],
)
def test_parameters_are_saved_as_often_as_asked(tmp_path, settings, names):
    model, _, run = trained(4, save_path=tmp_path / "net.prm", **settings)
    run()
    assert sorted(p.name for p in tmp_path.iterdir()) == names
    fresh, _, again = trained(0, model_file=tmp_path / names[-1])
    again()
    whole = settings.get("serialize", 1) != 3
    assert np.allclose(fresh.layers[0].W.array, model.layers[0].W.array) == whole


def test_the_metric_is_printed_beside_the_cost(capsys):
    metric = Misclassification()
    model, callbacks, run = trained(1, eval_freq=1, metric=metric)
    run()
    share = np.ravel(model.eval(callbacks.eval_set, metric))[0]
    assert f"[Misclassification {share:.5f}]" in capsys.readouterr().out


@pytest.mark.parametrize("reverse", [True, False])
def test_a_text_s_targets_are_the_next_tokens_or_its_own_from_the_end(tmp_path, reverse):
    gen_backend(batch_size=2)
    (tmp_path / "text").write_text("abcdefgh" * 2)
    text = Text(4, tmp_path / "text", onehot_input=False, reverse_target=reverse)
    (x, y), *_ = text
    seen = np.argmax(y.array, 0).reshape(4, 2).T
    own = x.array.T
    assert (seen == (own[:, ::-1] if reverse else (own + 1) % 8)).all()


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: Pooling(2, "sum"), "op='sum' is not among 'max', 'avg'"),
        (lambda: MNIST(subset_pct=50), "subset_pct"),
        (lambda: CIFAR10(whiten=True), "whiten"),
        (lambda: CIFAR10(contrast_normalize=True), "contrast_normalize"),
        (lambda: gen_backend(compat_mode="caffe"), "compat_mode"),
        (lambda: Adam(gradient_limit=5), "gradient_limit"),
        (lambda: Text(4, "none", get_prev_target=True), "get_prev_target"),
        (lambda: Callbacks(None, output_file="costs.h5"), "output_file"),
        (lambda: Callbacks(None, eval_freq=1), "eval_set"),
    ],
)
def test_what_would_change_a_result_is_refused_by_its_name(call, name):
    with pytest.raises((TypeError, ValueError), match=name):
        call()
