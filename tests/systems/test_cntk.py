"""CNTK's style: functions compose, sequences have any length, rates have a unit; numbers of 2.x."""

import importlib

import numpy as np
import pytest

import autodiff as ad
from autodiff.frontends import cntk as C
from autodiff.frontends.cntk.graph.functions import Leaf
from autodiff.frontends.cntk.layers import (
    LSTM,
    Dense,
    Dropout,
    Fold,
    Recurrence,
    Sequential,
    default_options,
)
from autodiff.frontends.run import standing_in

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


@pytest.mark.parametrize(
    "make", [lambda: Fold(LSTM(4)), lambda: Recurrence(LSTM(4)) >> C.sequence.last]
)
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


@pytest.mark.parametrize("size", [5, 6, 7])
@pytest.mark.parametrize("kernel", [1, 2, 3, 5])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("pad", [True, False])
def test_windows_are_centred_when_padded(size, kernel, stride, pad):
    """As ConvolveGeometry lays them: the first centre has half of the cells that are left over."""
    image, w = (
        np.arange(1.0, size * size + 1).reshape(1, size, size),
        np.ones((1, 1, kernel, kernel)),
    )
    x = C.input_variable((1, size, size), dtype=np.float64)
    y = C.convolution(C.constant(w, dtype=np.float64), x, (stride, stride), auto_padding=pad)
    count = (size - 1) // stride + 1 if pad else (size - kernel) // stride + 1
    left = (size - ((count - 1) * stride + 1)) // 2 if pad else (kernel - 1) // 2
    found = y.eval({x: image})[0, 0, 0]
    pooled = C.pooling(x, "average", (kernel, kernel), (stride, stride), pad).eval({x: image})
    assert found.shape == (count, count) == y.shape[1:]
    for i in range(count):
        for j in range(count):
            a, b = (left + k * stride - (kernel - 1) // 2 for k in (i, j))
            part = image[0, max(a, 0) : a + kernel, max(b, 0) : b + kernel]
            assert found[i, j] == part.sum()
            np.testing.assert_allclose(pooled[0, 0, 0, i, j], part.mean())


def test_images_against_differences_and_names_of_layers():
    x = C.input_variable((2, 6, 6), dtype=np.float64)
    net = Sequential([
        C.layers.Convolution2D((3, 3), 3, activation=C.tanh, pad=True, strides=2, name="conv"),
        C.layers.MaxPooling((2, 2), strides=1, name="pool"), Dense(2, name="out"),
    ])  # fmt: skip
    z = net(x)
    assert z.conv.shape == (3, 3, 3)
    assert z.pool.shape == (3, 2, 2)
    assert z.out.b.value.shape == (2,)
    with pytest.raises(AttributeError, match="named are: conv, out, pool"):
        z.cnv
    rows = np.random.default_rng(0).normal(size=(4, 2, 6, 6))
    for leaf in z.parameters:
        leaf.stored = leaf.stored.astype(np.float64)
    (slope,) = z.grad({x: rows}, [z.conv.W])
    at, h = (1, 0, 2, 1), 1e-6
    values = []
    for sign in (1, -1):
        leaf = z.conv.W
        leaf.stored[at] += sign * h
        values.append(z.eval({x: rows}).sum())
        leaf.stored[at] -= sign * h
    np.testing.assert_allclose(slope[at], (values[0] - values[1]) / (2 * h), rtol=1e-6)


def test_batch_normalization_keeps_running_values():
    x, y = C.input_variable(2, dtype=np.float64), C.input_variable(1, dtype=np.float64)
    z = C.layers.BatchNormalization(normalization_time_constant=50)(x)
    loss = C.squared_error(C.reduce_sum(z), y)
    rate = C.learning_rate_schedule(0.0, PER_BATCH)
    trainer = C.Trainer(z, (loss, None), [C.sgd(z.parameters, rate)])
    rng = np.random.default_rng(0)
    for _ in range(60):
        rows = rng.normal([3.0, -1.0], [2.0, 0.5], (100, 2))
        trainer.train_minibatch({x: rows, y: np.zeros((100, 1))})
    rows = rng.normal([3.0, -1.0], [2.0, 0.5], (5000, 2))
    found = z.eval({x: rows})
    np.testing.assert_allclose(found.mean((0, 1)), 0, atol=0.15)
    np.testing.assert_allclose(found.std((0, 1)), 1, atol=0.1)


def test_a_reader_gives_samples_and_sequences(tmp_path):
    path = tmp_path / "train.txt"
    path.write_text("|labels 0 1 |features 0.5 1 2\n|labels 1 0 |features 2:4.5\n")
    streams = C.io.StreamDefs(
        features=C.io.StreamDef(field="features", shape=3),
        labels=C.io.StreamDef(field="labels", shape=2),
    )
    reader = C.io.MinibatchSource(
        C.io.CTFDeserializer(str(path), streams), False, C.io.FULL_DATA_SWEEP
    )
    x = C.input_variable((3, 1))
    data = reader.next_minibatch(5, {x: reader.streams.features})
    assert data[x].num_samples == 2
    assert data[x].value[:, 0].tolist() == [[0.5, 1, 2], [0, 0, 4.5]]
    assert C.reduce_sum(x).eval(data).ravel().tolist() == [3.5, 4.5]
    assert reader.next_minibatch(5) == {}
    path.write_text("7 |w 1\n7 |w 2\n8 |w 3\n")
    ragged = C.io.MinibatchSource(
        C.io.CTFDeserializer(str(path), C.io.StreamDefs(w=C.io.StreamDef("w", 1))), False
    )
    (found,) = ragged.next_minibatch(3).values()
    assert [s.ravel().tolist() for s in found.value] == [[1, 2], [3]]
    path.write_text("|w 1 2\n")
    with pytest.raises(ValueError, match="line 1: w has 2 numbers"):
        C.io.MinibatchSource(
            C.io.CTFDeserializer(str(path), C.io.StreamDefs(w=C.io.StreamDef("w", 1)))
        )


def test_a_session_prints_epochs_and_clones_share(tmp_path, capsys):
    rng = np.random.default_rng(0)
    path = tmp_path / "xor.txt"
    rows = [(a, b) for a, b in rng.normal(size=(64, 2))]
    path.write_text("".join(f"|y {a * b > 0:d} {a * b <= 0:d} |x {a} {b}\n" for a, b in rows))
    source = C.io.MinibatchSource(C.io.CTFDeserializer(str(path), C.io.StreamDefs(
        x=C.io.StreamDef("x", 2), y=C.io.StreamDef("y", 2))))  # fmt: skip
    x, y = C.input_variable(2), C.input_variable(2)
    z = Sequential([Dense(8, activation=C.tanh), Dense(2)])(x)
    loss, error = C.cross_entropy_with_softmax(z, y), C.classification_error(z, y)
    learner = C.sgd(z.parameters, C.learning_rate_schedule(1.0, PER_BATCH))
    session = C.training_session(
        source, C.Trainer(z, (loss, error), learner), C.minibatch_size_schedule(16),
        C.utils.ProgressPrinter(num_epochs=3), {x: source.streams.x, y: source.streams.y}, 64, 192,
    )  # fmt: skip
    session.train()
    assert capsys.readouterr().out.count("Finished Epoch[") == 3
    other = C.input_variable(2)
    shared, own = z.clone("share", {x: other}), z.clone("clone", {x: other})
    at = np.ones((1, 2))
    np.testing.assert_array_equal(shared.eval({other: at}), z.eval({x: at}))
    assert shared.parameters[0] is z.parameters[0]
    assert own.parameters[0] is not z.parameters[0]
    z.save(tmp_path / "model")
    z.parameters[0].value = z.parameters[0].value * 0
    z.restore(tmp_path / "model")
    np.testing.assert_array_equal(own.eval({other: at}), z.eval({x: at}))


SAME_BY_LATER_PATHS = [
    "cntk.losses.cross_entropy_with_softmax",
    "cntk.metrics.classification_error",
    "cntk.train.trainer.Trainer",
    "cntk.train.training_session.training_session",
    "cntk.logging.progress_print.ProgressPrinter",
    "cntk.ops.functions.Function",
    "cntk.variables.Parameter",
]


@pytest.mark.parametrize("path", SAME_BY_LATER_PATHS)
def test_paths_of_later_versions_lead_to_the_same(path):
    module, _, name = path.rpartition(".")
    with standing_in("cntk"):
        found = getattr(importlib.import_module(module), name)
        assert getattr(importlib.import_module("cntk.train"), "training_session", None).__name__
        plain = {"training_session": "train", "ProgressPrinter": "logging"}.get(name)
        root = importlib.import_module(f"cntk.{plain}" if plain else "cntk")
        assert found is getattr(root, name)


ELEMENTWISE = {
    "log_softmax": (C.log_softmax, lambda x: x - np.log(np.exp(x).sum(-1, keepdims=True))),
    "round": (C.round, lambda x: np.floor(x + 0.5)),
    "ceil": (C.ceil, np.ceil),
    "sin": (C.sin, np.sin),
    "cos": (C.cos, np.cos),
    "elu": (C.elu, lambda x: np.where(x > 0, x, np.expm1(x))),
    "hardmax": (C.hardmax, lambda x: np.eye(3)[x.argmax(-1)]),
    "alias": (C.alias, lambda x: x),
    "slice": (lambda x: C.slice(x, 0, 1, 0), lambda x: x[..., 1:]),
    "select": (
        lambda x: C.element_select(C.greater_equal(x, 1), x, 5),
        lambda x: np.where(x >= 1, x, 5),
    ),
    "not_equal": (lambda x: C.not_equal(x, 1), lambda x: 1.0 * (x != 1)),
    "less_equal": (lambda x: C.less_equal(x, 1), lambda x: 1.0 * (x <= 1)),
    "reduce_min": (C.reduce_min, lambda x: x.min(-1, keepdims=True)),
    "reduce_prod": (C.reduce_prod, lambda x: x.prod(-1, keepdims=True)),
}


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_operations_of_later_programs(name):
    function, numpy = ELEMENTWISE[name]
    rows = np.array([[1.0, 0.4, 2.5], [-1.5, 3.0, 1.0]], np.float32)
    x = C.input_variable(3)
    np.testing.assert_allclose(function(x).eval({x: rows})[:, 0], numpy(rows), rtol=1e-5)


def test_tutorials_of_2_1_ask_for_a_device_first():
    with standing_in("cntk"):
        importlib.import_module("cntk.tests.test_utils").set_device_from_pytest_env()


def test_some_operations_take_several_operands():
    x = C.input_variable(2)
    rows = {x: [[1.0, 4.0]]}
    assert C.element_max(x, 2, 3).eval(rows).ravel().tolist() == [3, 4]
    assert C.element_min(x, 2, 0.5).eval(rows).ravel().tolist() == [0.5, 0.5]
    assert C.plus(x, x, x, 1).eval(rows).ravel().tolist() == [4, 13]
    assert C.element_times(x, x, x).eval(rows).ravel().tolist() == [1, 64]
    with pytest.raises(TypeError, match="minus takes two operands, and got 3"):
        C.minus(x, x, x)


def test_a_placeholder_gives_way_to_a_function():
    p, x = C.placeholder(2), C.input_variable(2)
    f = p * 3
    assert f.placeholders == [p]
    f.replace_placeholders({p: x + 1})
    np.testing.assert_array_equal(f.eval({x: [[1, 2]]})[0, 0], [6, 9])
    with pytest.raises(NotImplementedError, match="without a shape"):
        C.placeholder()
    with pytest.raises(NotImplementedError, match="restore"):
        C.load_model("model.dnn")


RAGGED = [np.arange(8.0).reshape(4, 2), np.ones((2, 2))]


def test_a_loop_through_a_placeholder_adds_along_each_sequence():
    loop, x = C.placeholder(2), C.input_variable(2)
    total = loop + x
    total.replace_placeholders({loop: C.past_value(total, 10.0)})
    for found, rows in zip(total.eval({x: RAGGED}), RAGGED, strict=True):
        np.testing.assert_allclose(found, 10 + np.cumsum(rows, axis=0))
    back = C.placeholder(2)
    rest = back + x
    rest.replace_placeholders({back: C.future_value(rest)})
    for found, rows in zip(rest.eval({x: RAGGED}), RAGGED, strict=True):
        np.testing.assert_allclose(found, np.cumsum(rows[::-1], axis=0)[::-1])
    two = C.placeholder(2)
    pairs = two + x
    pairs.replace_placeholders({two: C.past_value(pairs, time_step=2)})
    np.testing.assert_allclose(
        pairs.eval({x: RAGGED})[0], RAGGED[0] + np.concatenate([np.zeros((2, 2)), RAGGED[0][:2]])
    )


def lstm_by_hand(x, w, h, b):
    """An LSTM of four gates over two placeholders, as CNTK's own examples write it."""
    dh, dc = C.placeholder(3), C.placeholder(3)
    before, cell = C.past_value(dh), C.past_value(dc)

    def gate(k):
        return C.times(x, w[k]) + C.times(before, h[k]) + b[k]

    c = C.sigmoid(gate(2)) * cell + C.sigmoid(gate(0)) * C.tanh(gate(1))
    out = C.sigmoid(gate(3)) * C.tanh(c)
    both = C.combine([out, c])
    both.replace_placeholders({dh: out, dc: c})
    return both.outputs[0]


def test_an_lstm_over_placeholders_is_the_layer_of_that_name():
    rng = np.random.default_rng(2)
    x = C.input_variable(2)
    layer = C.layers.Recurrence(C.layers.LSTM(3))(x)
    full = {p.name: p for p in layer.parameters}
    for p in full.values():
        p.value = rng.normal(size=p.shape)
    parts = [
        [C.parameter(init=np.split(full[name].value, 4, axis=-1)[k]) for k in range(4)]
        for name in "WHb"
    ]
    own = lstm_by_hand(x, *parts)
    for found, wanted in zip(own.eval({x: RAGGED}), layer.eval({x: RAGGED}), strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-5)
    one = {x: RAGGED[0][None]}
    slopes = C.reduce_sum(own).grad(one, [p for group in parts for p in group])
    wanted = C.reduce_sum(layer).grad(one, [full[name] for name in "WHb"])
    for place, slope in enumerate(wanted):
        found = np.concatenate(slopes[4 * place : 4 * place + 4], axis=-1)
        np.testing.assert_allclose(found, slope, rtol=1e-4, atol=1e-5)


def test_a_loop_without_a_delay_or_with_two_directions_is_refused():
    p, x = C.placeholder(2), C.input_variable(2)
    f = p + x
    with pytest.raises(NotImplementedError, match="needs a past_value or a future_value"):
        f.replace_placeholders({p: f * 2})
    g = C.past_value(p) + C.future_value(p) + x
    with pytest.raises(NotImplementedError, match="no order of its steps"):
        g.replace_placeholders({p: g})


def one_step(learner, g=1.0, start=1.0):
    w = C.parameter((), start)
    made = learner([w])
    made.update([np.asarray(g, np.float32)], 4)
    return float(w.value)


def test_learners_by_the_names_of_later_versions():
    rate, momentum = C.learning_rate_schedule(0.5, C.UnitType.minibatch), C.momentum_schedule(0.9)
    for old, new in (({}, C.fsadagrad), ({"low_memory": False}, C.adam)):
        later = one_step(lambda w, new=new: new(w, 0.5, 0.9))
        assert later == one_step(lambda w, old=old: C.adam_sgd(w, rate, momentum, **old))
    # the first step of AdaDelta: sqrt(e / ((1 - rho) g^2 + e)) g, of the summed gradient
    step = np.sqrt(1e-8 / (0.05 * 4 + 1e-8)) * 2
    per_sample = C.learning_rate_schedule(1, C.UnitType.sample)
    assert one_step(lambda w: C.adadelta(w, per_sample), 2.0) == pytest.approx(1 - step)
    with pytest.raises(ValueError, match="not supported"):
        C.sgd([C.parameter(())], 0.5)


def test_a_session_by_the_argument_names_of_later_versions(tmp_path, capsys):
    lines = [f"|x {i % 3} 1 |y {i % 2}" for i in range(12)]
    (tmp_path / "data.txt").write_text("\n".join(lines))
    streams = C.io.StreamDefs(x=C.io.StreamDef("x", 2), y=C.io.StreamDef("y", 1))
    reader = C.io.MinibatchSource(C.io.CTFDeserializer(tmp_path / "data.txt", streams))
    x, y = C.input_variable(2), C.input_variable(1)
    z = C.layers.Sequential([C.layers.Dense(3), C.layers.Activation(C.tanh), C.layers.Dense(1)])(x)
    loss = C.squared_error(z, y)
    rate = C.learning_rate_schedule(0.1, C.UnitType.minibatch)
    printer = C.logging.ProgressPrinter(tag="Training", num_epochs=2)
    trainer = C.Trainer(z, loss, [C.sgd(z.parameters, rate)], [printer])
    C.train.training_session(
        trainer=trainer, mb_source=reader, mb_size=4, max_samples=24, progress_frequency=12,
        model_inputs_to_streams={x: reader.streams.x, y: reader.streams.y},
    ).train()  # fmt: skip
    assert "Finished Epoch[2 of 2]: Training" in capsys.readouterr().out
    data = {x: np.ones((3, 2)), y: np.ones((3, 1))}
    evaluator = C.Evaluator(loss)
    assert evaluator.test_minibatch(data) == pytest.approx(trainer.test_minibatch(data))


def test_combine_hands_on_one_function_and_holds_several():
    x, y = C.input_variable(2), C.input_variable(1)
    one = C.sin(x)
    assert C.combine([one]).node is C.combine(one).node is one.node
    both = C.combine([one, C.combine([y * 2, y])])
    assert both.arguments == [x, y]
    assert len(both.outputs) == 3
    found = both.eval({x: [[0, 0]], y: [[4]]})
    assert [found[part].ravel().tolist() for part in both.outputs] == [[0, 0], [8], [4]]
    z = C.input_variable(2)
    assert both(z).outputs[0].eval({z: [[0, 0]]}).ravel().tolist() == [0, 0]
