"""MXNet's style: symbols that are bound later, arrays that compute at once; numbers of 0.9.5."""

import numpy as np
import pytest

import autodiff as ad
from autodiff.frontends import mxnet as mx

S = mx.sym
X = np.array([[-1.0, 0.0, 2.0, 2.0]], np.float32)
KINKS = {
    # of 0.9.5 itself, at -1, 0, 2, 2
    "relu": (lambda d: S.Activation(d, act_type="relu"), [0, 0, 1, 1]),
    "leaky relu": (lambda d: S.LeakyReLU(d), [0.25, 0.25, 1, 1]),
    "elu": (lambda d: S.LeakyReLU(d, act_type="elu"), [0.25 * np.exp(-1), 0.25, 1, 1]),
    "maximum of a constant": (lambda d: S.maximum(d, 0.0), [0, 1, 1, 1]),
    "maximum of two": (lambda d: S.maximum(d, d * 1.0), [2, 2, 2, 2]),
}


@pytest.mark.parametrize("name", KINKS)
def test_the_slope_at_kinks_and_ties_is_mxnet_s(name):
    make, slopes = KINKS[name]
    e = make(S.Variable("d")).simple_bind(mx.cpu(), d=X.shape)
    e.forward(is_train=True, d=X)
    e.backward(mx.nd.ones(X.shape))
    np.testing.assert_allclose(e.grad_dict["d"].asnumpy()[0], slopes, rtol=1e-6)


def test_a_window_s_first_largest_element_has_the_cotangent():
    net = S.Pooling(S.Variable("d"), kernel=(2, 2), pool_type="max")
    e = net.simple_bind(mx.cpu(), d=(1, 1, 2, 2))
    e.forward(is_train=True, d=np.ones((1, 1, 2, 2)))
    e.backward(mx.nd.ones((1, 1, 1, 1)))
    np.testing.assert_array_equal(e.grad_dict["d"].asnumpy()[0, 0], [[1, 0], [0, 0]])


def mlp():
    net = S.FullyConnected(S.Variable("data"), num_hidden=8, name="fc1")
    net = S.Activation(net, act_type="relu", name="relu1")
    net = S.FullyConnected(net, num_hidden=3, name="fc2")
    return S.SoftmaxOutput(net, name="softmax")


def test_missing_arguments_become_variables_and_shapes_follow():
    net = mlp()
    assert net.list_arguments() == [
        "data", "fc1_weight", "fc1_bias", "fc2_weight", "fc2_bias", "softmax_label",
    ]  # fmt: skip
    assert net.list_outputs() == ["softmax_output"]
    args, outs, aux = net.infer_shape(data=(4, 2))
    assert args == [(4, 2), (8, 2), (8,), (3, 8), (3,), (4,)]
    assert outs == [(4, 3)]
    assert aux == []
    with pytest.warns(ad.AutodiffWarning, match="data is missing"):
        assert net.infer_shape() == (None, None, None)
    with pytest.raises(mx.MXNetError, match="Shape inconsistent in FullyConnected fc1"):
        net.infer_shape(data=(4, 2), fc1_weight=(8, 5))
    with pytest.raises(mx.MXNetError, match="num_hidden of FullyConnected is missing"):
        S.FullyConnected(S.Variable("x"))
    with pytest.raises(mx.MXNetError, match="Cannot find argument 'hidden'"):
        S.FullyConnected(S.Variable("x"), hidden=3)
    with pytest.raises(TypeError, match=r"mx\.nd"):
        S.FullyConnected(np.ones((2, 2)), num_hidden=3)


def test_a_loss_ignores_the_head_gradient_and_sums_over_the_batch():
    net = S.SoftmaxOutput(S.FullyConnected(S.Variable("data"), num_hidden=3, name="fc"), name="s")
    e = net.simple_bind(mx.cpu(), data=(4, 2))
    for head in (None, 100 * mx.nd.ones((4, 3))):
        e.forward(is_train=True, s_label=[0, 1, 2, 0])
        e.backward(head)
        found = e.grad_dict["fc_bias"].asnumpy()
        np.testing.assert_allclose(found, [-2 / 3, 1 / 3, 1 / 3], atol=1e-6)  # of 0.9.5


def test_grad_req_writes_adds_or_does_nothing():
    a, b = S.Variable("a"), S.Variable("b")
    one = mx.nd.ones((2,))
    for req, expected in (("write", 1), ("add", 2), ("null", None)):
        e = (a * b).simple_bind(mx.cpu(), grad_req={"a": req, "b": "write"}, a=(2,), b=(2,))
        for _ in range(2):
            e.forward(is_train=True, a=[3, 3], b=[1, 1])
            e.backward(one)
        found = e.grad_dict["a"]
        assert (found is None) if expected is None else (found.asnumpy() == expected).all()
    with pytest.raises(mx.MXNetError, match="head_gradient is required"):
        e.backward()
    with pytest.raises(ValueError, match="key `b` is missing"):
        (a * b).bind(mx.cpu(), {"a": one})


def test_the_same_net_symbolically_and_at_once_is_the_same_to_the_last_bit():
    rng = np.random.default_rng(0)
    x, w, b = (rng.normal(size=s).astype(np.float32) for s in ((4, 2), (8, 2), (8,)))
    net = S.Activation(
        S.FullyConnected(S.Variable("data"), num_hidden=8, name="fc"), act_type="tanh"
    )
    e = net.simple_bind(mx.cpu(), data=(4, 2))
    e.forward(is_train=True, data=x, fc_weight=w, fc_bias=b)
    e.backward(mx.nd.ones((4, 8)))
    arrays = [mx.nd.array(v) for v in (x, w, b)]
    for a in arrays:
        a.attach_grad()
    with mx.autograd.record():
        y = mx.nd.Activation(mx.nd.FullyConnected(*arrays, num_hidden=8), act_type="tanh")
    y.backward()
    np.testing.assert_array_equal(y.asnumpy(), e.outputs[0].asnumpy())
    for a, name in zip(arrays, ("data", "fc_weight", "fc_bias"), strict=True):
        np.testing.assert_array_equal(a.grad.asnumpy(), e.grad_dict[name].asnumpy())


def test_arrays():
    a = mx.nd.array([[1, 2], [3, 4]])
    assert a.dtype is np.float32
    assert (2 * a - 1).asnumpy().tolist() == [[1, 3], [5, 7]]
    a[:] = 5
    a += 1
    assert a[1].shape == (2,)
    assert mx.nd.array([1, 2])[1].shape == (1,)
    assert (a.asnumpy() == 6).all()
    with pytest.raises(ValueError, match="ambiguous"):
        bool(a)


def test_batch_norm_keeps_running_averages_and_fixes_gamma():
    e = S.BatchNorm(S.Variable("d"), name="b").simple_bind(mx.cpu(), d=(4, 2))
    x = np.random.default_rng(0).normal(3, 2, (4, 2))
    e.aux_dict["b_moving_var"][:] = 1
    e.forward(is_train=True, d=x)
    e.backward(mx.nd.ones((4, 2)))
    assert not e.grad_dict["b_gamma"].asnumpy().any()
    np.testing.assert_allclose(e.aux_dict["b_moving_mean"].asnumpy(), 0.1 * x.mean(0), rtol=1e-5)


OPTIMIZERS = {
    # after four steps from 1, -2 on gradients 0.5, 0.1 i: of 0.9.5 itself
    "sgd": ({"learning_rate": 0.1, "momentum": 0.9}, None),
    "nag": ({"learning_rate": 0.1, "momentum": 0.9}, None),
    "adam": ({}, [0.996, -2.0026]),
    "adagrad": ({"learning_rate": 0.1}, None),
    "adadelta": ({}, None),
    "rmsprop": ({}, None),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizers(name):
    options, expected = OPTIMIZERS[name]
    update = mx.optimizer.get_updater(mx.optimizer.create(name, **options))
    w = mx.nd.array([1.0, -2.0])
    for i in range(4):
        update(0, mx.nd.array([0.5, 0.1 * i]), w)
    assert w.asnumpy()[0] < 1
    if expected:
        np.testing.assert_allclose(w.asnumpy(), expected, atol=2e-4)


@pytest.mark.parametrize("name", ["sgd", "nag"])
def test_an_optimizer_by_hand_without_a_state_and_with_one(name):
    w, g = mx.nd.ones((2, 3)), mx.nd.ones((2, 3))
    plain = mx.optimizer.create(name, learning_rate=0.1)
    assert plain.create_state(0, w) is None
    plain.update(0, w, g, state=None)
    np.testing.assert_allclose(w.asnumpy(), 0.9, rtol=1e-6)
    heavy = mx.optimizer.create(name, learning_rate=0.1, momentum=0.5)
    state = heavy.create_state(0, w)
    heavy.update(0, w, g, state)
    assert np.all(state.asnumpy() != 0)
    with pytest.raises(ValueError, match=r"momentum=0\.5 needs a state"):
        heavy.update(0, w, g, None)


def test_a_block_has_its_device():
    with mx.Context(mx.cpu(1)) as outer, mx.cpu(2):
        assert (mx.current_context(), outer) == (mx.cpu(2), mx.cpu(1))
    assert mx.current_context() == mx.cpu()
    with pytest.raises(mx.MXNetError, match=r"there is no gpu here: write mx\.cpu"):
        mx.Context("gpu", 0)


def test_a_module_knows_the_shapes_of_its_outputs():
    net = mx.sym.SoftmaxOutput(
        mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=3), name="out"
    )
    module = mx.mod.Module(net, label_names=["out_label"])
    module.bind([("data", (5, 4))], [("out_label", (5,))])
    assert module.output_shapes == [("out_output", (5, 3))]


def test_rows_are_masked_and_the_mask_counts_as_a_constant():
    x, mask = mx.sym.Variable("x"), mx.sym.Variable("mask")
    bound = mx.sym.element_mask(x, mask).simple_bind(mx.cpu(), x=(3, 2))
    assert bound.arg_dict["mask"].shape == (3,)
    bound.arg_dict["x"][:], bound.arg_dict["mask"][:] = 2.0, np.array([1, 0, 1])
    assert bound.forward(is_train=True)[0].asnumpy().tolist() == [[2, 2], [0, 0], [2, 2]]
    bound.backward(mx.nd.ones((3, 2)))
    assert bound.grad_dict["x"].asnumpy().tolist() == [[1, 1], [0, 0], [1, 1]]
    assert not bound.grad_dict["mask"].asnumpy().any()


def test_the_older_spelling_of_a_shape_has_0_for_what_is_left():
    x = mx.nd.array(np.arange(12).reshape(3, 4))
    assert mx.nd.Reshape(x, target_shape=(0,)).shape == (12,)
    assert mx.nd.Reshape(x, target_shape=(6, 0)).shape == (6, 2)
    assert mx.nd.Reshape(x, shape=(0, 2, -1)).shape == (3, 2, 2)
    assert mx.nd.Reshape(x, shape=(-4, 1, -1, -2)).shape == (1, 3, 4)


def test_only_weights_and_gammas_decay():
    names = {0: "fc_weight", 1: "fc_bias"}
    sgd = mx.optimizer.create("sgd", learning_rate=1.0, wd=0.5, param_idx2name=names)
    update = mx.optimizer.get_updater(sgd)
    for index, expected in ((0, 0.5), (1, 1.0)):
        w = mx.nd.array([1.0])
        update(index, mx.nd.zeros((1,)), w)
        assert w.asscalar() == expected


def test_an_iterator_pads_the_last_batch_from_the_start():
    it = mx.io.NDArrayIter(np.arange(5), np.arange(5), 2)
    batches = list(it)
    assert [b.data[0].asnumpy().tolist() for b in batches] == [[0, 1], [2, 3], [4, 0]]
    assert [b.pad for b in batches] == [0, 0, 1]
    with pytest.raises(AssertionError, match="smaller than data size"):
        mx.io.NDArrayIter(np.arange(5), batch_size=6)


def test_the_module_trains_saves_and_says_what_is_missing(tmp_path):
    mx.random.seed(0)
    data = [mx.io.MNISTIter(batch_size=50, flat=True, image=name) for name in ("train", "t10k")]
    net = S.FullyConnected(S.Variable("data"), num_hidden=10, name="fc")
    mod = mx.mod.Module(S.SoftmaxOutput(net, name="softmax"))
    with pytest.raises(AssertionError, match="call bind before"):
        mod.init_params()
    mod.fit(data[0], data[1], optimizer_params={"learning_rate": 0.1}, num_epoch=3)
    assert mod.updater.optimizer.rescale_grad == 1 / 50
    ((_, accuracy),) = mod.score(data[1], "acc")
    assert accuracy > 0.85
    mod.save_checkpoint(str(tmp_path / "net"), 3)
    again = mx.mod.Module.load(str(tmp_path / "net"), 3)
    again.bind(data[1].provide_data, data[1].provide_label, for_training=False)
    assert again.score(data[1], "acc") == [("accuracy", accuracy)]


def test_names_decide_the_first_values():
    with pytest.raises(ValueError, match="Unknown initialization pattern"):
        mx.init.Xavier()("kernel", mx.nd.zeros((2, 2)))
    gamma = mx.nd.zeros((2,))
    mx.init.Xavier()("bn_gamma", gamma)
    assert gamma.asnumpy().tolist() == [1, 1]


def test_an_op_of_one_s_own():
    class Softmax(mx.operator.CustomOp):
        def forward(self, is_train, req, in_data, out_data, aux):
            y = np.exp(in_data[0].asnumpy())
            self.assign(out_data[0], req[0], mx.nd.array(y / y.sum(1, keepdims=True)))

        def backward(self, req, out_grad, in_data, out_data, in_grad, aux):
            y = out_data[0].asnumpy()
            labels = in_data[1].asnumpy().astype(int)
            y[np.arange(len(labels)), labels] -= 1
            self.assign(in_grad[0], req[0], mx.nd.array(y))

    @mx.operator.register("own_softmax")
    class Prop(mx.operator.CustomOpProp):
        def __init__(self):
            super().__init__(need_top_grad=False)

        def list_arguments(self):
            return ["data", "label"]

        def infer_shape(self, in_shape):
            return [in_shape[0], (in_shape[0][0],)], [in_shape[0]], []

        def create_operator(self, ctx, shapes, dtypes):
            return Softmax()

    found = {}
    for make in (
        lambda d: S.Custom(d, name="softmax", op_type="own_softmax"),
        lambda d: S.SoftmaxOutput(d, name="softmax"),
    ):
        net = make(S.FullyConnected(S.Variable("data"), num_hidden=3, name="fc"))
        e = net.simple_bind(mx.cpu(), data=(2, 2))
        e.forward(is_train=True, data=[[1, 2], [3, 4]], fc_weight=np.eye(3)[:, :2],
                  softmax_label=[0, 2])  # fmt: skip
        e.backward()
        found[len(found)] = e.grad_dict["fc_weight"].asnumpy()
    np.testing.assert_allclose(found[0], found[1], atol=1e-6)


def test_the_picture_and_the_summary(capsys):
    assert "fc1" in ad.draw(mlp()).outline()
    assert mx.viz.print_summary(mlp(), {"data": (4, 2)}) == 8 * 2 + 8 + 3 * 8 + 3
    assert "relu1" in capsys.readouterr().out


def differences(net, seed=0, **shapes):
    """The gradient of a weighted sum of the output, and its differences, for each argument."""
    rng = np.random.default_rng(seed)
    e = net.simple_bind(mx.cpu(), **shapes)
    values = {n: rng.uniform(0.5, 1.5, a.shape).astype(np.float32) for n, a in e.arg_dict.items()}
    e.forward(is_train=True, **values)
    weight = rng.standard_normal(e.outputs[0].shape).astype(np.float32)
    e.backward(mx.nd.array(weight))

    def at(name, place, moved):
        other = {**values, name: values[name].copy()}
        other[name][place] += moved
        e.forward(is_train=True, **other)
        return float((e.outputs[0].asnumpy().astype(float) * weight).sum())

    for name in values:
        own = e.grad_dict[name].asnumpy().copy()
        near = [
            (at(name, p, 1e-2) - at(name, p, -1e-2)) / 2e-2 for p in np.ndindex(own.shape)
        ]  # fmt: skip
        yield own.ravel(), near


d, o = S.Variable("d"), S.Variable("o")
LATER = {
    "Deconvolution": (
        S.Deconvolution(d, kernel=(3, 3), num_filter=2, stride=(2, 2), pad=(1, 1), no_bias=False),
        {"d": (1, 2, 2, 2)}, (1, 2, 3, 3),
    ),
    "LRN": (S.LRN(d, nsize=3, alpha=0.5), {"d": (1, 4, 2, 1)}, (1, 4, 2, 1)),
    "L2Normalization": (S.L2Normalization(d), {"d": (2, 3)}, (2, 3)),
    "tile": (S.tile(d, reps=(2, 1)), {"d": (2, 3)}, (4, 3)),
    "broadcast_to": (S.broadcast_to(d, shape=(4, 0)), {"d": (1, 3)}, (4, 3)),
    "batch_dot": (
        S.batch_dot(d, o, transpose_b=True), {"d": (2, 3, 2), "o": (2, 1, 2)}, (2, 3, 1),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LATER)
def test_ops_of_other_programs_against_differences(name):
    net, shapes, out = LATER[name]
    assert net.infer_shape(**shapes)[1] == [out]
    for own, near in differences(net, **shapes):
        np.testing.assert_allclose(own, near, rtol=2e-2, atol=2e-2)


def test_random_arrays_and_arithmetic_by_name():
    mx.random.seed(3)
    x = mx.random.uniform(-1, 1, shape=(200,))
    assert -1 <= x.asnumpy().min() < -0.9
    y = mx.nd.zeros((3,))
    mx.rnd.normal(5, 0.01, out=y)
    assert abs(y.asnumpy() - 5).max() < 0.1
    mx.random.seed(3)
    np.testing.assert_array_equal(mx.nd.random_uniform(-1, 1, shape=(200,)).asnumpy(), x.asnumpy())
    a, b = mx.nd.array([6, 9]), mx.nd.array([2, 3])
    found = [f(a, b).asnumpy().tolist() for f in (mx.nd.divide, mx.nd.multiply, mx.nd.subtract)]
    assert found == [[3, 3], [12, 27], [4, 6]]


class Softmax(mx.operator.NumpyOp):
    """The op of numpy-ops, in our words."""

    def __init__(self):
        super().__init__(False)

    def list_arguments(self):
        return ["data", "label"]

    def infer_shape(self, in_shape):
        return [in_shape[0], (in_shape[0][0],)], [in_shape[0]]

    def forward(self, in_data, out_data):
        x = in_data[0]
        y = np.exp(x - x.max(1, keepdims=True))
        out_data[0][:] = y / y.sum(1, keepdims=True)

    def backward(self, out_grad, in_data, out_data, in_grad):
        in_grad[0][:] = out_data[0]
        in_grad[0][np.arange(len(in_data[1])), in_data[1].astype(int)] -= 1


def test_an_op_of_before_custom_op_is_the_built_in_one():
    grads = []
    for loss in (Softmax(), S.SoftmaxOutput):
        fc = S.FullyConnected(S.Variable("data"), num_hidden=3, name="fc")
        e = loss(data=fc, name="softmax").simple_bind(mx.cpu(), data=(4, 2))
        e.arg_dict["fc_weight"][:] = np.arange(6).reshape(3, 2) / 6
        e.arg_dict["fc_bias"][:] = 0
        e.arg_dict["softmax_label"][:] = np.array([0, 1, 2, 0])
        e.forward(is_train=True, data=np.arange(8).reshape(4, 2) / 8)
        e.backward()
        grads.append(e.grad_dict["fc_weight"].asnumpy())
    np.testing.assert_allclose(*grads, rtol=1e-5)


def test_a_monitor_sees_every_so_many_batches(caplog):
    data = mx.io.NDArrayIter(np.ones((8, 2)), np.zeros(8), 2)
    net = S.SoftmaxOutput(
        S.FullyConnected(S.Variable("data"), num_hidden=2, name="fc"), name="softmax"
    )
    with caplog.at_level("INFO"):
        mx.mod.Module(net).fit(
            data, num_epoch=1, monitor=mx.mon.Monitor(2, pattern="fc_.*", sort=True)
        )
    seen = [r.message.split() for r in caplog.records if r.message.startswith("Batch")]
    assert [(r[1], r[2]) for r in seen] == [
        ("1", "fc_bias"), ("1", "fc_weight"), ("3", "fc_bias"), ("3", "fc_weight"),
    ]  # fmt: skip


def test_metrics_of_labels_without_a_second_axis():
    """As 0.9 has them: a column of labels against predictions of any width."""
    label, pred = np.array([1.0, 2.0]), np.array([[1.0, 3.0], [2.0, 5.0]])
    away = label[:, None] - pred
    told = {"mse": (away**2).mean(), "rmse": np.sqrt((away**2).mean()), "mae": abs(away).mean()}
    for name, expected in told.items():
        metric = mx.metric.create(name)
        metric.update([mx.nd.array(label)], [mx.nd.array(pred)])
        assert metric.get() == (name, pytest.approx(expected))
