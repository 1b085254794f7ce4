"""What a program of mxnet asks for is what it gets: settings that once had no effect.

The truth is NumPy's, or what mxnet's sources say.
"""

import dis
import inspect
import logging

import numpy as np
import pytest

from autodiff.frontends import mxnet as mx
from autodiff.frontends.mxnet.ground.errors import MXNetError
from autodiff.frontends.mxnet.table.entries import OPS, REQUIRED, Words

RNG = np.random.default_rng(0)
ROWS = RNG.normal(size=(10, 3))
SEEN_BY_SHAPE = {"no_bias", "num_args"}  # they say how many operands there are
ONLY_OF_ANOTHER_WORD = {"LeakyReLU": {"lower_bound", "upper_bound"}, "MakeLoss": {"valid_thresh"}}
WORDS = [(op, s) for op in OPS for s, words in OPS[op].settings.items() if isinstance(words, Words)]


def loaded(code):
    """The names and constants that code looks at, and those of the functions inside it."""
    for instruction in dis.get_instructions(code):
        if instruction.opname.startswith("LOAD"):
            value = instruction.argval
            yield from value if isinstance(value, tuple) else [value]
    for inner in code.co_consts:
        if inspect.iscode(inner):
            yield from loaded(inner)


@pytest.mark.parametrize("name", OPS)
def test_every_setting_of_an_op_is_read(name):
    entry = OPS[name]
    found = set(loaded(entry.run.__code__))
    shaped = set(loaded(entry.infer.__code__)) if entry.infer else set()
    known = found | shaped | SEEN_BY_SHAPE | ONLY_OF_ANOTHER_WORD.get(entry.name, set())
    handed_on = "s" in entry.run.__code__.co_cellvars  # all of them, to a function inside
    assert handed_on or not set(entry.settings) - known


@pytest.mark.parametrize(("op", "setting"), WORDS)
def test_another_word_is_refused_with_those_that_there_are(op, setting):
    words = OPS[op].settings[setting]
    rest = {s: 1 for s, value in OPS[op].settings.items() if value is REQUIRED}
    for word in words:
        assert OPS[op].understood({**rest, setting: word})[setting] == word
    with pytest.raises(MXNetError, match=f"{setting}='other' is not among {', '.join(words)}"):
        OPS[op].understood({**rest, setting: "other"})


@pytest.mark.parametrize(
    ("mode", "axes"), [("instance", (1, 2, 3)), ("channel", (1,)), ("spatial", (2, 3))]
)
def test_a_norm_is_of_the_axes_asked_for(mode, axes):
    x = RNG.normal(size=(2, 3, 4, 5)).astype(np.float32)
    found = mx.nd.L2Normalization(mx.nd.array(x), mode=mode).asnumpy()
    assert np.allclose(found, x / np.sqrt((x * x).sum(axes, keepdims=True)), atol=1e-6)


@pytest.mark.parametrize("axis", [0, 1, 2, -1, -2, -3])
def test_a_slice_is_along_the_axis_asked_for(axis):
    x = np.arange(60.0).reshape(3, 4, 5)
    found = mx.nd.slice_axis(mx.nd.array(x), axis=axis, begin=1, end=3).asnumpy()
    assert (found == np.moveaxis(np.moveaxis(x, axis, 0)[1:3], 0, axis)).all()


PARTS = {
    "a row": lambda x: x[0],
    "rows": lambda x: x[1:3],
    "slice": lambda x: x.slice(1, 3),
    "astype": lambda x: x.astype(np.float64),
    "broadcast_to": lambda x: x.broadcast_to((2, 3, 4)),
    "concatenate": lambda x: mx.nd.concatenate([x, x * x], axis=1),
}


@pytest.mark.parametrize("part", PARTS)
def test_what_is_cut_or_joined_while_recording_has_a_gradient(part):
    values = RNG.normal(size=(3, 4)).astype(np.float32)
    x = mx.nd.array(values)
    x.attach_grad()
    with mx.autograd.record():
        y = mx.nd.sum(PARTS[part](x) * 3)
    y.backward()
    plain, eps, found = mx.nd.array(values), 1e-2, np.zeros_like(values)
    for place in np.ndindex(values.shape):
        for sign in (1, -1):
            moved = values.copy()
            moved[place] += sign * eps
            found[place] += sign * PARTS[part](mx.nd.array(moved)).asnumpy().sum() * 3 / (2 * eps)
    assert np.allclose(x.grad.asnumpy(), found, atol=2e-2)
    assert PARTS[part](plain).asnumpy().shape == PARTS[part](x).asnumpy().shape


def test_an_assignment_while_recording_is_refused():
    x = mx.nd.ones((3,))
    x.attach_grad()
    with mx.autograd.record(), pytest.raises(MXNetError, match="assignment is not recorded"):
        x[1] = 5
    x[1] = 5
    assert x.asnumpy().tolist() == [1, 5, 1]


@pytest.mark.parametrize("train", [True, False])
def test_dropout_is_as_recorded_for_training_or_use(train):
    mx.random.seed(0)
    x = mx.nd.ones((100,))
    x.attach_grad()
    with mx.autograd.record(train_mode=train):
        y = mx.nd.Dropout(x, p=0.5)
    assert ((y.asnumpy() == 0).any()) == train
    y.backward()
    assert (x.grad.asnumpy() == y.asnumpy()).all()


def test_a_metric_of_several_numbers_has_a_mean_for_each():
    class Sizes(mx.metric.EvalMetric):
        def __init__(self):
            super().__init__("size", num=2)

        def update(self, labels, preds):
            for place, array in enumerate((labels[0], preds[0])):
                self.sum_metric[place] += float(np.sum(array.asnumpy()))
                self.num_inst[place] += array.size

    metric = Sizes()
    assert [name for name, _ in metric.get_name_value()] == ["size_0", "size_1"]
    metric.update([mx.nd.ones((2,))], [mx.nd.ones((4,)) * 3])
    assert metric.get()[1] == [1, 3]
    metric.reset()
    assert np.isnan(metric.get()[1]).all()


@pytest.mark.parametrize("axis", [1, -1])
def test_the_classes_of_the_accuracy_are_on_the_axis_asked_for(axis):
    scores = RNG.normal(size=(2, 3, 3))
    labels = scores.argmax(1)
    metric = mx.metric.Accuracy(axis=axis)
    metric.update([mx.nd.array(labels)], [mx.nd.array(scores)])
    assert metric.get()[1] == pytest.approx((scores.argmax(axis) == labels).mean())


@pytest.mark.parametrize("reset", [True, False])
@pytest.mark.parametrize("make", [
    lambda reset: mx.callback.log_train_metric(2, auto_reset=reset),
    lambda reset: mx.callback.Speedometer(4, 2, auto_reset=reset),
])  # fmt: skip
def test_a_logged_metric_begins_anew_where_asked(make, reset, caplog):
    metric, callback = mx.metric.create("acc"), make(reset)
    with caplog.at_level(logging.INFO):
        for batch, right in enumerate([1, 1, 1, 0, 0]):
            metric.update([mx.nd.array([0])], [mx.nd.array([[right, 0.5]])])
            callback(mx.model.BatchEndParam(0, batch, metric))
    last = 0.0 if reset else 0.6
    assert f"accuracy={last:f}" in caplog.records[-1].message


@pytest.mark.parametrize(
    ("handle", "seen", "pads"),
    [
        ("pad", [[0, 1, 2, 3], [4, 5, 0, 1], [0, 1, 2, 3], [4, 5, 0, 1]], [0, 2, 0, 2]),
        ("discard", [[0, 1, 2, 3], [0, 1, 2, 3]], [0, 0]),
        ("roll_over", [[0, 1, 2, 3], [4, 5, 0, 1], [2, 3, 4, 5]], [0, 0, 0]),
    ],
)
def test_the_last_batch_is_handled_as_asked(handle, seen, pads):
    rows = mx.io.NDArrayIter(np.arange(6), batch_size=4, last_batch_handle=handle)
    found = [b for _ in range(2) for b in (rows.reset(), list(rows))[1]]
    assert [b.data[0].asnumpy().tolist() for b in found] == seen
    assert [b.pad for b in found] == pads


def test_the_parts_of_the_digits_are_all_of_them():
    whole = mx.io.MNISTIter(batch_size=1, shuffle=False, flat=True)
    parts = [
        mx.io.MNISTIter(
            batch_size=1, shuffle=False, flat=True, num_parts=3, part_index=part, data_name="x",
            label_name="y",
        )
        for part in range(3)
    ]  # fmt: skip
    joined = np.concatenate([part.data["x"] for part in parts])
    assert (joined == whole.data["data"]).all()
    assert all(list(part.label) == ["y"] for part in parts)


def fitted(tmp_path, saves, rounds=1):
    """A module that was trained for some rounds with Adam, and its rows."""
    hidden = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=2, name="fc")
    module = mx.mod.Module(mx.sym.SoftmaxOutput(hidden, name="softmax"))
    rows = mx.io.NDArrayIter(ROWS, np.arange(10) % 2, 5)
    start = {"fc_weight": mx.nd.ones((2, 3)), "fc_bias": mx.nd.zeros((2,))}
    module.fit(rows, num_epoch=rounds, optimizer="sgd", arg_params=start,
               optimizer_params={"momentum": 0.9, "learning_rate": 0.1})  # fmt: skip
    module.save_checkpoint(str(tmp_path / "net"), 1, save_optimizer_states=saves)
    return module, rows


@pytest.mark.parametrize("loads", [True, False])
def test_training_goes_on_with_the_states_that_were_saved(tmp_path, loads):
    _, rows = fitted(tmp_path, True)
    again = mx.mod.Module.load(str(tmp_path / "net"), 1, load_optimizer_states=loads)
    settings = {"momentum": 0.9, "learning_rate": 0.1}
    again.fit(rows, num_epoch=1, optimizer="sgd", optimizer_params=settings)
    whole, _ = fitted(tmp_path, False, rounds=2)
    found, wanted = (m.get_params()[0]["fc_weight"].asnumpy() for m in (again, whole))
    assert np.allclose(found, wanted, atol=1e-6) == loads


def test_outputs_that_are_not_merged_are_lists_of_one_device(tmp_path):
    module, _ = fitted(tmp_path, False)
    (whole,), ((part,),) = module.get_outputs(), module.get_outputs(merge_multi_context=False)
    assert (whole.asnumpy() == part.asnumpy()).all()


@pytest.mark.parametrize("count", [1, 3])
def test_a_score_is_of_the_batches_asked_for(count):
    hidden = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=2, name="fc")
    net, seen = mx.sym.SoftmaxOutput(hidden, name="softmax"), []
    rows = mx.io.NDArrayIter(ROWS, np.arange(10) % 2, 2)
    model = mx.model.FeedForward.create(net, rows, num_epoch=1, eval_metric="ce", logger=logging)
    model.score(rows, num_batch=count, batch_end_callback=lambda p: seen.append(p.nbatch))
    assert seen == list(range(count))


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: mx.init.Xavier(rnd_type="normal"), "rnd_type='normal'"),
        (lambda: mx.init.Xavier(factor_type="mean"), "factor_type='mean'"),
        (lambda: mx.io.NDArrayIter(ROWS, last_batch_handle="keep"), "last_batch_handle='keep'"),
        (lambda: mx.metric.CustomMetric(max, output_names=["a"]), "output_names"),
        (lambda: mx.init.Load({})("fc_weight", mx.nd.ones((2,))), "default_init"),
        (
            lambda: mx.model.FeedForward(
                mx.sym.Variable("data"), arg_params={"other": mx.nd.ones((1,))}
            ),
            "allow_extra_params",
        ),
    ],
)  # fmt: skip
def test_what_would_change_a_result_is_refused_by_its_name(call, name):
    with pytest.raises((TypeError, ValueError), match=name):
        call()


def test_weights_of_the_head_gradient_are_refused():
    with pytest.raises(TypeError, match="out_grad"):
        mx.nd.SoftmaxOutput(mx.nd.ones((2, 3)), mx.nd.zeros((2,)), out_grad=True)


def test_a_symbol_takes_symbols_for_its_variables_only_and_has_the_name_given():
    x = mx.sym.Variable("x")
    net = mx.sym.FullyConnected(x, num_hidden=2, name="fc")
    whole = net(x=mx.sym.Variable("y") * 2, name="whole")
    assert whole.list_outputs() == ["whole_output"]
    assert whole.list_arguments() == ["y", "fc_weight", "fc_bias"]
    with pytest.raises(TypeError, match="no variable 'z'; there are x, fc_weight, fc_bias"):
        net(z=x)
