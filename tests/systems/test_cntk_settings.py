"""What a program of CNTK asks for is what it gets: settings that once had no effect.

The truth is NumPy's, PyTorch's, or what CNTK's sources say.
"""

import numpy as np
import pytest

from autodiff.frontends import cntk
from autodiff.frontends.cntk.utils.progress_print import ProgressPrinter

RNG = np.random.default_rng(0)


ALONG = {
    "softmax": lambda v, axis: torch_of("softmax", v, axis),
    "log_softmax": lambda v, axis: torch_of("log_softmax", v, axis),
    "reduce_sum": lambda v, axis: np.sum(v, axis, keepdims=True),
    "reduce_max": lambda v, axis: np.max(v, axis, keepdims=True),
}


def torch_of(name, value, *settings, **more):
    torch = pytest.importorskip("torch")
    return getattr(torch.nn.functional, name)(torch.tensor(value), *settings, **more).numpy()


def evaluated(function, *values):
    """What a function of CNTK gives for one batch of each input, without the step's axis."""
    return function.eval(dict(zip(function.arguments, values, strict=True)))[:, 0]


@pytest.mark.parametrize("axis", [0, 1, -1, -2])
@pytest.mark.parametrize("name", ALONG)
def test_cntk_counts_static_axes(name, axis):
    x = cntk.input_variable((3, 4))
    values = RNG.normal(size=(5, 3, 4)).astype(np.float32)
    theirs = ALONG[name](values, axis % 2 + 1)
    assert np.allclose(evaluated(getattr(cntk, name)(x, axis), values), theirs, atol=1e-6)


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_cntk_s_splice_counts_static_axes(axis):
    x = cntk.input_variable((3, 4))
    values = RNG.normal(size=(5, 3, 4)).astype(np.float32)
    found = cntk.splice(x, x * 2, axis=axis)
    theirs = np.concatenate([values, 2 * values], axis % 2 + 1)
    assert found.shape == theirs.shape[1:]
    assert np.allclose(evaluated(found, values), theirs)


@pytest.mark.parametrize(
    ("ours", "theirs", "settings"),
    [
        (lambda x: cntk.leaky_relu(x, alpha=0.3), "leaky_relu", {"negative_slope": 0.3}),
        (lambda x: cntk.elu(x, alpha=0.3), "elu", {"alpha": 0.3}),
        (lambda x: cntk.softplus(x, steepness=3), "softplus", {"beta": 3}),
    ],
)
def test_cntk_s_nonlinearities_have_the_slope_asked_for(ours, theirs, settings):
    values = RNG.normal(size=(5, 4)).astype(np.float32)
    found = evaluated(ours(cntk.input_variable(4)), values)
    assert np.allclose(found, torch_of(theirs, values, **settings), atol=1e-6)


@pytest.mark.parametrize(
    ("settings", "kept"),
    [({}, 0), ({"input_rank": 3}, 0), ({"input_rank": 2}, 1), ({"map_rank": 2}, 2)],
)
@pytest.mark.parametrize("outputs", [5, (5,), (2, 3)])
def test_cntk_s_dense_layer_learns_from_the_axes_asked_for(settings, kept, outputs):
    values = RNG.normal(size=(7, 2, 3, 4)).astype(np.float32)
    z = cntk.layers.Dense(outputs, init_bias=0.5, name="fc", **settings)(
        cntk.input_variable((2, 3, 4))
    )
    rows = values.reshape(*values.shape[: kept + 1], -1)
    theirs = rows @ z.fc.W.value + 0.5
    shape = (outputs,) if isinstance(outputs, int) else outputs
    assert z.shape == (*values.shape[1 : kept + 1], *shape)
    assert np.allclose(evaluated(z, values), theirs.reshape(7, *z.shape), atol=1e-5)


def test_cntk_s_default_options_reach_every_layer():
    image, row = cntk.input_variable((1, 5, 5)), cntk.input_variable(3)
    with cntk.layers.default_options(bias=False):
        assert len(cntk.layers.Dense(4)(row).parameters) == 1
        assert len(cntk.layers.Convolution((3, 3), 2)(image).parameters) == 1
        assert len(cntk.layers.Dense(4, bias=True)(row).parameters) == 2


@pytest.mark.parametrize(
    ("pad", "size"),
    [(True, (6, 5)), ((True, False), (6, 3)), ((False, True), (4, 5)), ((False,) * 2, (4, 3))],
)
def test_cntk_pads_the_axes_asked_for(pad, size):
    image = cntk.input_variable((1, 6, 5))
    assert cntk.layers.Convolution((3, 3), 2, pad=pad)(image).shape == (2, *size)
    assert cntk.layers.MaxPooling((3, 3), pad=pad)(image).shape == (1, *size)


LAYERS = {
    "Dense": lambda layers: layers.Dense(4, name="it"),
    "Embedding": lambda layers: layers.Embedding(4, name="it"),
    "Embedding of weights": lambda layers: layers.Embedding(weights=np.eye(6), name="it"),
    "Activation": lambda layers: layers.Activation(cntk.relu, name="it"),
    "Dropout": lambda layers: layers.Dropout(keep_prob=0.5, name="it"),
    "BatchNormalization": lambda layers: layers.BatchNormalization(name="it"),
    "Sequential": lambda layers: layers.Sequential([layers.Dense(2)], name="it"),
    "For": lambda layers: layers.For(range(2), lambda: layers.Dense(6), name="it"),
}


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_of_cntk_is_found_by_its_name(layer):
    x = cntk.input_variable(6)
    part = LAYERS[layer](cntk.layers)(x)
    whole = cntk.layers.Dense(3)(part)
    assert whole.it.shape == part.shape


@pytest.mark.parametrize("name", ["past_value", "future_value", "softmax", "reduce_sum", "reshape"])
def test_an_operation_of_cntk_has_its_name(name):
    x = cntk.input_variable(6)
    call = {
        "past_value": cntk.ops.past_value, "future_value": cntk.ops.future_value,
        "reshape": lambda x, name: cntk.reshape(x, (2, -1), name=name),
    }.get(name) or getattr(cntk, name)  # fmt: skip
    assert call(x, name="it").node.note["name"] == "it"
    assert cntk.reshape(x, (2, -1)).shape == (2, 3)


@pytest.mark.parametrize("count", [1, 2, 4])
@pytest.mark.parametrize("way", ["past_value", "future_value"])
def test_a_sequence_of_any_length_ends_where_it_ends(way, count):
    x = cntk.input_variable(2)
    rows = [RNG.normal(size=(n, 2)).astype(np.float32) for n in (3, 1, 4)]
    delayed = getattr(cntk.ops, way)(x + 1, initial_state=7.0, time_step=count)
    for row, found in zip(rows, delayed.eval({x: rows}), strict=True):
        frame = np.full((min(count, len(row)), 2), 7.0)
        kept = row + 1
        whole = [frame, kept[:-count]] if way == "past_value" else [kept[count:], frame]
        assert np.allclose(found, np.concatenate(whole))


def test_a_seed_of_cntk_draws_the_same_numbers_again():
    draw = lambda seed: cntk.parameter((3, 4), cntk.initializers.he_normal(2.0, seed=seed)).value
    assert (draw(1) == draw(1)).all()
    assert not np.allclose(draw(1), draw(2))
    assert not np.allclose(draw(None), draw(None))


@pytest.mark.parametrize("truncates", [True, False])
def test_cntk_clips_elements_or_the_length(truncates):
    w = cntk.parameter(2, init=0)
    learner = cntk.sgd(
        [w], cntk.learning_rate_schedule(1, cntk.UnitType.sample),
        gradient_clipping_threshold_per_sample=0.5, gradient_clipping_with_truncation=truncates,
    )  # fmt: skip
    learner.update([np.float32([3, -4])], 2)
    assert np.allclose(w.value, [-1, 1] if truncates else [-0.6, 0.8])


def test_cntk_s_trainer_gives_the_outputs_asked_for():
    x, y = cntk.input_variable(2), cntk.input_variable(1)
    z = cntk.layers.Dense(1, init=0.5)(x)
    data = {x: np.float32([[1, 2], [3, 4]]), y: np.float32([[1], [0]])}
    rate = cntk.learning_rate_schedule(0.1, cntk.UnitType.minibatch)
    loss = cntk.squared_error(z, y)
    trainer = cntk.Trainer(z, (loss, loss), [cntk.sgd(z.parameters, rate)])
    before = z.eval({x: data[x]})
    went_on, found = trainer.train_minibatch(data, outputs=[z])
    assert went_on
    assert np.allclose(found[z], before)
    assert trainer.train_minibatch(data) is True


@pytest.mark.parametrize(
    ("settings", "lines"),
    [
        ({}, []),
        ({"freq": 2}, ["[   1-   2]: loss = 1.5", "[   3-   4]: loss = 3.5"]),
        ({"freq": 2, "first": 1}, ["[   1-   1]: loss = 1.0", "[   2-   2]: loss = 2.0",
                                  "[   3-   4]: loss = 3.5"]),
        ({"freq": 0}, ["average", "loss ", "------", "       1          1  ",
                       "       2        2.5  "]),
        ({"freq": 4, "metric_is_pct": False}, ["metric = 0.250000 * 40"]),
        ({"freq": 4}, ["metric = 25.00% * 40"]),
    ],
)  # fmt: skip
def test_cntk_prints_as_often_and_where_asked(settings, lines, tmp_path, capsys):
    printers = [ProgressPrinter(**settings, log_to_file=f) for f in (None, tmp_path / "log")]
    for loss in (1, 2, 3, 4):
        for printer in printers:
            printer.update(loss, 10, 0.25)
    shown = [line for line in capsys.readouterr().out.splitlines() if "log" not in line]
    assert [part in line for part, line in zip(lines, shown, strict=True)] == [True] * len(lines)
    assert (tmp_path / "log").read_text().splitlines()[1:] == shown


def test_cntk_s_evaluator_prints_the_mean_of_what_it_saw(capsys):
    x, y = cntk.input_variable(2), cntk.input_variable(2)
    evaluator = cntk.Evaluator(cntk.classification_error(x, y), [ProgressPrinter()])
    for scores in ([[1, 0], [0, 1]], [[1, 0], [1, 0]]):
        evaluator.test_minibatch({x: np.float32(scores), y: np.float32([[1, 0], [1, 0]])})
    evaluator.summarize_test_progress()
    assert (
        "Finished Evaluation [1]: Minibatch[1-2]: metric = 25.00% * 4;" in capsys.readouterr().out
    )


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: cntk.softmax(cntk.input_variable(3), 1), "axis"),
        (lambda: cntk.softmax(cntk.input_variable(3), alpha=1), "alpha"),
        (lambda: cntk.io.StreamDef("x", 2, defines_mb_size=True), "defines_mb_size"),
        (lambda: cntk.io.MinibatchSource(None, truncation_length=5), "truncation_length"),
        (lambda: cntk.sgd([], 0.1, use_mean_gradient=True), "use_mean_gradient"),
        (lambda: cntk.sgd([], 0.1, l1_regularization_weight=0.1), "l1_regularization_weight"),
        (lambda: cntk.layers.Dropout(), "dropout_rate"),
        (lambda: cntk.times(np.eye(2), np.eye(2), infer_input_rank_to_map=1), "infer_input_rank"),
        (
            lambda: cntk.layers.BatchNormalization(disable_regularization=True),
            "disable_regularization",
        ),
        (lambda: (cntk.input_variable(2) * 2).grad({}, outputs=[1]), "outputs"),
        (lambda: cntk.layers.Dense(2, input_rank=1, map_rank=1), "input_rank"),
    ],
)  # fmt: skip
def test_what_would_change_a_result_is_refused_by_its_name(call, name):
    with pytest.raises((TypeError, ValueError, NotImplementedError, RuntimeError), match=name):
        call()
