"""CNTK's style: functions compose, sequences have any length, rates have a unit; numbers of 2.x."""

import numpy as np
import pytest

import autodiff as ad
from autodiff.frontends import cntk as C
from autodiff.frontends.cntk.functions import Leaf
from autodiff.frontends.cntk.layers import (
    LSTM,
    Dense,
    Dropout,
    Fold,
    Recurrence,
    Sequential,
    default_options,
)

PER_SAMPLE, PER_BATCH = C.UnitType.sample, C.UnitType.minibatch


def test_slopes_at_kinks_and_ties_are_cntk_s():
    x = C.input_variable(4, dtype=np.float64)
    at = np.array([[-1.0, 0.0, 2.0, 2.0]])
    cases = {
        "relu": (C.relu(x), [0, 0, 1, 1]),
        "abs": (C.abs(x), [-1, 0, 1, 1]),
        "leaky": (C.leaky_relu(x), [0.01, 1, 1, 1]),
        "reduce_max": (C.reduce_max(x), [0, 0, 1, 1]),
        "clip": (C.clip(x, 0.0, 2.0), [0, 1, 1, 1]),
        "max right": (C.element_max(0.0, x), [0, 1, 1, 1]),
        "max left": (C.element_max(x, 0.0), [0, 0, 1, 1]),
    }
    for name, (f, slopes) in cases.items():
        np.testing.assert_allclose(np.ravel(f.grad({x: at}, x)), slopes, err_msg=name)
    assert C.log(x).eval({x: np.zeros((1, 4))}).min() == pytest.approx(-85.1)


def test_the_gradient_is_a_sum_over_the_batch():
    x, y = C.input_variable(2), C.input_variable(3)
    b = C.parameter(3)
    loss = C.cross_entropy_with_softmax(C.times(x, C.parameter((2, 3))) + b, y)
    at = {x: np.ones((4, 2)), y: np.eye(3)[[0, 1, 2, 0]]}
    np.testing.assert_allclose(loss.grad(at, [b])[0], [-0.6667, 0.3333, 0.3333], atol=1e-4)
    assert loss.eval(at).shape == (4, 1, 1)
    with pytest.raises(ValueError, match="have not been provided"):
        loss.eval({x: np.ones((4, 2))})
    with pytest.raises(ValueError, match="does not fit"):
        loss.eval({x: np.ones((4, 5)), y: at[y]})
    with pytest.raises(ValueError, match="Times: The 1 leading dimensions"):
        C.times(x, C.parameter((3, 2)))


def steps(learner_of):
    w = C.parameter(init=np.array([1.0]), dtype=np.float64)
    learner = learner_of([w])
    seen = []
    for _ in range(3):
        learner.update([np.array([4.0])], 4)  # four samples of gradient 1
        seen.append(float(w.value[0]))
    return seen


def test_rates_have_a_unit_and_momentum_shrinks_the_gradient():
    rate = C.learning_rate_schedule
    assert steps(lambda p: C.sgd(p, rate(0.5, PER_SAMPLE)))[0] == -1
    assert steps(lambda p: C.sgd(p, rate(0.5, PER_BATCH)))[0] == 0.5
    m = C.momentum_schedule(0.9)
    found = steps(lambda p: C.momentum_sgd(p, rate(0.5, PER_BATCH), m))
    np.testing.assert_allclose(found, [0.95, 0.855, 0.7195])  # of 2.7 itself
    found = steps(lambda p: C.momentum_sgd(p, rate(0.5, PER_BATCH), m, unit_gain=False))
    np.testing.assert_allclose(found, [0.5, -0.45, -1.805])
    with pytest.raises(ValueError, match="learning_rate_schedule"):
        C.sgd([], 0.1)
    with pytest.raises(ValueError, match="epoch_size"):
        rate(0.1, PER_BATCH, 100)
    assert rate([(2, 0.5), 0.1], PER_BATCH, 10).at(25) == 0.1


def test_layers_compose_share_and_take_options():
    x = C.input_variable(2)
    with default_options(activation=C.tanh):
        layer, plain = Dense(3), Dense(3, activation=None)
    both = (layer >> plain)(x)
    assert both.shape == (3,)
    assert len(both.parameters) == 4
    assert layer(x).parameters[0] is both.parameters[0]
    assert "tanh" in ad.draw(both).outline()
    with pytest.raises(TypeError, match="no option 'activaton'"), default_options(activaton=None):
        pass
    assert not C.parameter((2, 3)).value.any()
    other = C.input_variable(2)
    at = np.array([[1.0, 2.0]])
    np.testing.assert_array_equal(both(other).eval({other: at}), both.eval({x: at}))


@pytest.mark.parametrize("make", [lambda: Fold(LSTM(4)), lambda: Recurrence(LSTM(4)) >> C.last])
def test_sequences_of_any_length_in_one_batch(make):
    x = C.input_variable(2, dtype=np.float64)
    rng = np.random.default_rng(0)
    sequences = [rng.normal(size=(n, 2)) for n in (3, 5, 2)]
    f = (make() >> Dense(1))(x)
    together = np.ravel(f.eval({x: sequences}))
    alone = [float(np.ravel(f.eval({x: [s]}))[0]) for s in sequences]
    np.testing.assert_allclose(together, alone)
    weights = f.parameters
    summed = f.grad({x: sequences}, weights)
    parts = [f.grad({x: [s]}, weights) for s in sequences]
    for place, whole in enumerate(summed):
        np.testing.assert_allclose(whole, sum(p[place] for p in parts), atol=1e-6)
    rows = Recurrence(LSTM(4))(x).eval({x: sequences})
    assert [r.shape for r in rows] == [(3, 4), (5, 4), (2, 4)]


@pytest.mark.parametrize("low_memory", [True, False])
def test_a_trainer_trains(low_memory):
    x, y = C.input_variable(2), C.input_variable(2)
    z = Sequential([Dense(16, activation=C.relu), Dropout(0.1), Dense(2)])(x)
    loss, error = C.cross_entropy_with_softmax(z, y), C.classification_error(z, y)
    rate = C.learning_rate_schedule(0.02, PER_BATCH if low_memory else PER_SAMPLE)
    learner = C.adam_sgd(z.parameters, rate, C.momentum_schedule(0.9), low_memory=low_memory)
    trainer = C.Trainer(z, (loss, error), [learner])
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(64, 2))
    hot = np.eye(2)[(rows[:, 0] * rows[:, 1] > 0).astype(int)]
    losses = []
    for _ in range(300):
        trainer.train_minibatch({x: rows, y: hot})
        losses.append(trainer.previous_minibatch_loss_average)
    assert losses[-1] < 0.5 * losses[0]
    assert trainer.test_minibatch({x: rows, y: hot}) < 0.15
    assert trainer.total_number_of_samples_seen == 64 * 300


def test_losses_are_sums_over_a_sample():
    a, b = C.input_variable(3), C.input_variable(3)
    at = {a: np.ones((2, 3)), b: np.zeros((2, 3))}
    assert C.squared_error(a, b).eval(at).ravel().tolist() == [3, 3]
    assert isinstance(a, Leaf)
