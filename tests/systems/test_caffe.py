"""Caffe's style: nets and solvers as text files, blobs of data and diff, layers as units."""

import re

import numpy as np
import pytest

import autodiff as ad
from autodiff.frontends import caffe
from autodiff.frontends.caffe.proto import caffe_pb2
from autodiff.frontends.caffe.solver import rate_at

NET = """
name: "small"
layer { name: "data" type: "Data" top: "data" top: "label"  # a comment
        transform_param { scale: 0.00390625 } data_param { source: "train" batch_size: 20 } }
layer { name: "ip1" type: "InnerProduct" bottom: "data" top: "ip1"
        param { lr_mult: 1 } param { lr_mult: 2 decay_mult: 0 }
        inner_product_param { num_output: 16 weight_filler { type: "xavier" } } }
layer { name: "relu" type: "ReLU" bottom: "ip1" top: "ip1" }
layer { name: "ip2" type: "InnerProduct" bottom: "ip1" top: "ip2"
        inner_product_param { num_output: 10 weight_filler { type: "xavier" } } }
layer { name: "accuracy" type: "Accuracy" bottom: "ip2" bottom: "label" top: "accuracy"
        include { phase: TEST } }
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip2" bottom: "label" top: "loss" }
"""
SOLVER = (
    'base_lr: 0.1 momentum: 0.9 weight_decay: 0.0005 lr_policy: "inv" gamma: 0.0001 power: 0.75'
)


@pytest.fixture
def net_file(tmp_path):
    path = tmp_path / "net.prototxt"
    path.write_text(NET)
    caffe.set_random_seed(1)
    return path


def one_layer(text, *values, phase=caffe.TRAIN, weight=None):
    """A layer by itself: its top, and the diffs of its bottoms from ones."""
    shapes = "".join(f"shape {{ {' '.join(f'dim: {n}' for n in v.shape)} }}" for v in values)
    names = [f"x{i}" for i in range(len(values))]
    tops = " ".join(f'top: "{n}"' for n in names)
    bottoms = " ".join(f'bottom: "{n}"' for n in names)
    text = (
        f'layer {{ name: "in" type: "Input" {tops} input_param {{ {shapes} }} }}\n'
        f'layer {{ name: "l" {bottoms} top: "y" {text} }}'
    )
    from google.protobuf import text_format

    net = caffe.Net(text_format.Parse(text, caffe_pb2.NetParameter()), phase)
    for name, value in zip(names, values, strict=True):
        net.blobs[name].data[...] = value
    net.forward()
    net.blobs["y"].diff[...] = 1
    net.backward(start="l")
    return net.blobs["y"].data.copy(), [net.blobs[n].diff.copy() for n in names]


def test_slopes_at_kinks_and_ties():
    x = np.array([[-1.0, 0.0, 2.0]])
    assert one_layer('type: "ReLU"', x)[1][0].tolist() == [[0, 0, 1]]
    leaky = one_layer('type: "ReLU" relu_param { negative_slope: 0.25 }', x)[1][0]
    assert leaky.tolist() == [[0.25, 0.25, 1]]
    pooled = one_layer('type: "Pooling" pooling_param { kernel_size: 2 }', np.ones((1, 1, 2, 2)))
    assert pooled[1][0].ravel().tolist() == [1, 0, 0, 0]


def test_windows_are_counted_upwards():
    image = np.arange(25.0).reshape(1, 1, 5, 5)
    text = 'type: "Pooling" pooling_param { kernel_size: 2 stride: 2 pool: %s }'
    assert one_layer(text % "MAX", image)[0][0, 0].tolist() == [
        [6, 8, 9],
        [16, 18, 19],
        [21, 23, 24],
    ]
    assert one_layer(text % "AVE", image)[0][0, 0, 2].tolist() == [20.5, 22.5, 24]


LOSSES = {
    # (text, bottoms, the number)
    "SoftmaxWithLoss": ("", (np.zeros((2, 4)), np.array([0, 3])), np.log(4)),
    "ignoring": ("loss_param { ignore_label: 3 }", (np.zeros((2, 4)), np.array([0, 3])), np.log(4)),
    "SigmoidCrossEntropyLoss": ("", (np.zeros((2, 3)), np.ones((2, 3))), 3 * np.log(2)),
    "EuclideanLoss": ("", (np.ones((2, 3)), np.zeros((2, 3))), 1.5),
    "HingeLoss": ("", (np.zeros((2, 3)), np.array([0, 1])), 3.0),
}


@pytest.mark.parametrize("name", LOSSES)
def test_losses_divide_as_caffe_did(name):
    text, bottoms, value = LOSSES[name]
    type_name = "SoftmaxWithLoss" if name == "ignoring" else name
    found, _ = one_layer(f'type: "{type_name}" {text}', *bottoms)
    assert float(found) == pytest.approx(value, rel=1e-5)


def test_of_equal_scores_the_higher_index_counts():
    scores = np.array([[1.0, 1.0]])
    for label, share in ((0, 0), (1, 1)):
        assert one_layer('type: "Accuracy"', scores, np.array([label]))[0] == share


def test_the_whole_net_against_the_engine(net_file):
    net = caffe.Net(str(net_file), caffe.TRAIN)
    net.forward()
    net.backward()
    x, t = net.blobs["data"].data.reshape(20, -1), net.blobs["label"].data.astype(int)
    params = [b.data.copy() for name in ("ip1", "ip2") for b in net.params[name]]

    def loss(params):
        w1, b1, w2, b2 = params
        return ad.nn.softmax_cross_entropy(ad.nn.relu(x @ w1.T + b1) @ w2.T + b2, t)

    expected = ad.grad(loss)(params)
    found = [b.diff for name in ("ip1", "ip2") for b in net.params[name]]
    for own, wanted in zip(found, expected, strict=True):
        np.testing.assert_allclose(own, wanted, atol=1e-6)


def test_blobs_are_overwritten_and_diffs_add_up(net_file):
    net = caffe.Net(str(net_file), caffe.TRAIN)
    out = net.forward()["loss"]
    kept = float(out)
    net.backward()
    once = net.params["ip1"][0].diff.copy()
    net.backward()
    np.testing.assert_allclose(net.params["ip1"][0].diff, 2 * once)
    net.forward()
    assert float(out) != kept
    with pytest.raises(AttributeError):
        net.params["ip1"][0].data = np.zeros(3)


def test_phases_choose_layers(net_file):
    assert "accuracy" not in caffe.Net(str(net_file), caffe.TRAIN).blobs
    net = caffe.Net(str(net_file), caffe.TEST)
    assert set(net.outputs) == {"accuracy", "loss"}
    assert [layer.type for layer in net.layers][-2:] == ["Accuracy", "SoftmaxWithLoss"]
    assert net.forward(end="ip2")["ip2"].shape == (20, 10)


@pytest.mark.parametrize("name", ["SGD", "Nesterov", "AdaGrad", "RMSProp", "AdaDelta", "Adam"])
def test_solvers_train_save_and_go_on(net_file, tmp_path, name):
    rate = {"AdaDelta": 1.0, "RMSProp": 0.002, "Adam": 0.002, "AdaGrad": 0.02}.get(name, 0.03)
    momentum = 0 if name in ("AdaGrad", "RMSProp") else 0.9
    path = tmp_path / "solver.prototxt"
    prefix = tmp_path / "snap"
    path.write_text(
        f'net: "{net_file}" type: "{name}" base_lr: {rate} lr_policy: "fixed" delta: 1e-6 '
        f'momentum: {momentum} test_iter: 2 snapshot: 20 snapshot_prefix: "{prefix}" max_iter: 60'
    )
    solver = caffe.get_solver(str(path))
    assert type(solver).__name__ == name + "Solver"
    solver.step(60)
    assert np.mean(solver.losses[-10:]) < 0.8 * np.mean(solver.losses[:5])
    shared = solver.test_nets[0].params["ip1"][0]
    assert shared is solver.net.params["ip1"][0]
    caffe.set_random_seed(1)
    again = caffe.get_solver(str(path))
    again.restore(f"{prefix}_iter_40.solverstate")
    again.net.layers[0].place = (40 * 20) % 1500
    again.step(5)
    np.testing.assert_allclose(again.losses, solver.losses[40:45], rtol=1e-4)


def test_the_learning_rate_by_its_policy():
    param = caffe_pb2.SolverParameter(base_lr=1.0, gamma=0.5, power=2.0, stepsize=10, max_iter=100)
    param.stepvalue.extend([5, 15])
    at = {
        "fixed": 1,
        "step": 0.25,
        "exp": 0.5**20,
        "inv": 11.0**-2,
        "multistep": 0.25,
        "poly": 0.64,
    }
    for policy, rate in at.items():
        param.lr_policy = policy
        assert rate_at(param, 20) == pytest.approx(rate)
    param.lr_policy = "cosine"
    with pytest.raises(ValueError, match="Unknown learning rate policy"):
        rate_at(param, 1)


def test_rates_and_decays_of_parameters(net_file):
    param = caffe_pb2.SolverParameter(
        net=str(net_file), base_lr=0.1, lr_policy="fixed", weight_decay=0.5
    )
    solver = caffe.SGDSolver(param)
    before = [b.data.copy() for b in solver.net.params["ip1"]]
    solver.net.forward()
    solver.net.clear_param_diffs()
    solver.net.backward()
    grads = [b.diff.copy() for b in solver.net.params["ip1"]]
    solver.apply_update()
    w, b = (blob.data for blob in solver.net.params["ip1"])
    np.testing.assert_allclose(w, before[0] - 0.1 * (grads[0] + 0.5 * before[0]), atol=1e-6)
    np.testing.assert_allclose(b, before[1] - 0.2 * grads[1], atol=1e-6)


def test_a_layer_in_python_and_wrong_files(tmp_path, monkeypatch):
    module = tmp_path / "ownlayer.py"
    module.write_text(
        "from autodiff.frontends import caffe\n"
        "class Double(caffe.Layer):\n"
        "    def reshape(self, bottom, top):\n        top[0].reshape(*bottom[0].data.shape)\n"
        "    def forward(self, bottom, top):\n        top[0].data[...] = 2 * bottom[0].data\n"
        "    def backward(self, top, down, bottom):\n        bottom[0].diff[...] = 2 * top[0].diff\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    text = 'type: "Python" python_param { module: "ownlayer" layer: "Double" }'
    y, (dx,) = one_layer(text, np.array([[1.0, 2.0]]))
    assert (y.tolist(), dx.tolist()) == ([[2, 4]], [[2, 2]])
    wrong = tmp_path / "wrong.prototxt"
    for text, message in (
        ('layer { name: "a" type: "Nope" }', "Unknown layer type: Nope"),
        ('layer { name: "a" type: "ReLU" bottom: "b" top: "c" }', "Unknown bottom blob 'b'"),
        ('layer { nam: "a" }', 'no field named "nam"'),
    ):
        wrong.write_text(text)
        with pytest.raises(ValueError, match=message):
            caffe.Net(str(wrong), caffe.TEST)


def test_a_net_written_in_python_is_the_same_file(net_file):
    L, P = caffe.layers, caffe.params
    n = caffe.NetSpec()
    n.data, n.label = L.Data(batch_size=5, backend=P.Data.LMDB, source="train", ntop=2,
                             transform_param={"scale": 1 / 256})  # fmt: skip
    n.conv = L.Convolution(n.data, kernel_size=5, num_output=2, weight_filler={"type": "xavier"})
    n.pool = L.Pooling(n.conv, kernel_size=2, stride=2, pool=P.Pooling.MAX)
    n.ip = L.InnerProduct(n.pool, num_output=10, weight_filler={"type": "xavier"})
    n.relu = L.ReLU(n.ip, in_place=True)
    n.loss = L.SoftmaxWithLoss(n.relu, n.label)
    net_file.write_text(str(n.to_proto()))
    net = caffe.Net(str(net_file), caffe.TRAIN)
    assert net.blobs["pool"].shape == (5, 2, 12, 12)
    assert list(net.blobs) == ["data", "label", "conv", "pool", "ip", "loss"]
    net.forward()
    net.backward()
    assert net.params["conv"][0].diff.any()
    assert "InnerProduct" in ad.draw(net).outline()


MORE = {
    # text, shapes of the bottoms, the top in NumPy
    "Tile": ("tile_param { axis: 1 tiles: 2 }", [(2, 3)], lambda x: np.tile(x, (1, 2))),
    "Bias": ('bias_param { filler { value: 2 } }', [(2, 3, 2, 2)], lambda x: x + 2),
    "PReLU": ("", [(2, 3, 2, 2)], lambda x: np.where(x > 0, x, 0.25 * x)),
    "Log": ("log_param { base: 2 shift: 5 }", [(2, 3)], lambda x: np.log2(5 + x)),
    "Reduction": ("reduction_param { axis: 1 operation: REDUCE_SUMSQ }", [(2, 3)],
                  lambda x: (x * x).sum(1)),
    "Deconvolution": ("convolution_param { num_output: 2 kernel_size: 3 stride: 2 pad: 1 "
                      "weight_filler { value: 1 } }", [(1, 1, 2, 2)], None),
}  # fmt: skip


@pytest.mark.parametrize("name", MORE)
def test_more_layers_and_their_diffs_against_differences(name):
    text, shapes, expected = MORE[name]
    rng = np.random.default_rng(0)
    values = [rng.normal(size=s) for s in shapes]
    layer = lambda *v: one_layer(f'type: "{name}" {text}', *v)
    caffe.set_dtype(np.float64)
    try:
        y, diffs = layer(*values)
        if expected is not None:
            np.testing.assert_allclose(y, expected(*values))
        for place in np.ndindex(values[0].shape):
            up, down = values[0].copy(), values[0].copy()
            up[place] += 1e-6
            down[place] -= 1e-6
            slope = (layer(up)[0].sum() - layer(down)[0].sum()) / 2e-6
            assert diffs[0][place] == pytest.approx(slope, abs=1e-6)
    finally:
        caffe.set_dtype(np.float32)


def test_a_deconvolution_spreads_what_a_convolution_gathers():
    text = 'type: "%s" convolution_param { num_output: 1 kernel_size: 3 stride: 2 weight_filler { value: 1 } }'
    spread = one_layer(text % "Deconvolution", np.ones((1, 1, 2, 2)))[0]
    assert spread.shape == (1, 1, 5, 5)
    np.testing.assert_array_equal(spread[0, 0, 2], [2, 2, 4, 2, 2])
    _, (back,) = one_layer(text % "Convolution", np.ones((1, 1, 5, 5)))
    np.testing.assert_array_equal(spread, back)


def test_siamese_nets_slice_their_pairs():
    from google.protobuf import text_format

    text = """
        layer { name: "in" type: "Input" top: "x" top: "y"
                input_param { shape { dim: 3 dim: 2 } shape { dim: 3 } } }
        layer { name: "cut" type: "Slice" bottom: "x" top: "a" top: "b"
                slice_param { slice_dim: 1 slice_point: 1 } }
        layer { name: "loss" type: "ContrastiveLoss" bottom: "a" bottom: "b" bottom: "y"
                top: "loss" contrastive_loss_param { margin: 1 } }"""
    net = caffe.Net(text_format.Parse(text, caffe_pb2.NetParameter()), caffe.TRAIN)
    net.blobs["x"].data[...] = [[3, 1], [0.5, 0.25], [2, 2]]
    net.blobs["y"].data[...] = [1, 0, 0]
    assert net.forward()["loss"] == pytest.approx((4 + 0.75**2 + 1) / 6)
    net.backward()
    np.testing.assert_allclose(
        net.blobs["x"].diff, [[2 / 3, -2 / 3], [-0.25, 0.25], [0, 0]], atol=1e-6
    )
    unequal = text.replace("slice_point: 1", "").replace(
        "shape { dim: 3 dim: 2 }", "shape { dim: 3 dim: 3 }"
    )
    with pytest.raises(ValueError, match="can't be cut into 2 equal parts"):
        caffe.Net(text_format.Parse(unequal, caffe_pb2.NetParameter()), caffe.TRAIN)
    outside = text.replace("slice_point: 1", "slice_point: 2")
    with pytest.raises(ValueError, match="an axis of 2 can't be cut at"):
        caffe.Net(text_format.Parse(outside, caffe_pb2.NetParameter()), caffe.TRAIN)


def test_tables_places_and_thresholds():
    embed = 'type: "Embed" embed_param { input_dim: 4 num_output: 2 bias_term: false weight_filler { value: 3 } }'
    assert one_layer(embed, np.array([1.0, 3.0]))[0].tolist() == [[3, 3], [3, 3]]
    x = np.array([[0.1, 0.7, 0.2], [0.9, 0.3, 0.5]])
    places = one_layer('type: "ArgMax" argmax_param { out_max_val: true }', x)[0]
    np.testing.assert_allclose(places[:, :, 0], [[1, 0.7], [0, 0.9]], rtol=1e-6)
    over = one_layer('type: "Threshold" threshold_param { threshold: 0.4 }', x)[0]
    assert over.tolist() == [[0, 1, 0], [1, 0, 1]]


READ_ELSEWHERE = {"engine", "prefetch", "backend"}
"""Settings that say how fast or where, and change nothing here."""


@pytest.mark.parametrize("name", sorted(caffe.layer_type_list()))
def test_every_setting_of_a_layer_that_a_file_may_have_is_read(name):
    import inspect

    from autodiff.frontends.caffe.layer_types import computing as layer_types
    from autodiff.frontends.caffe.layer_types import lookups as more_layers
    from autodiff.frontends.caffe.layer_types import losses as loss_layers
    from autodiff.frontends.caffe.layer_types.base import TYPES

    group = next((f for f in caffe_pb2.LayerParameter.DESCRIPTOR.fields
                  if f.name.replace("_", "") == f"{name.lower()}param"), None)  # fmt: skip
    if group is None:
        return
    cls = TYPES[name]
    if cls.compute.__qualname__.startswith("neuron."):
        text = inspect.getsource(layer_types) + inspect.getsource(more_layers)
    else:
        text = inspect.getsource(cls)
    text += inspect.getsource(layer_types.covered) * ("covered(" in text)
    text += inspect.getsource(layer_types.apart) * ("apart(" in text)
    text += inspect.getsource(loss_layers.Loss) * issubclass(cls, loss_layers.Loss)
    for field in group.message_type.fields:
        sides = field.name[:-2] if field.name.endswith(("_h", "_w")) else field.name
        read = field.name in text or f'two(own, "{sides}' in text
        assert read or field.name in READ_ELSEWHERE, f"{name} never reads {field.name}"


FOR_ANOTHER_MACHINE = {"solver_mode", "device_id", "snapshot_format", "debug_info"}
"""Settings that say where it runs, in which format it saves, and what more it prints."""
ALWAYS_DONE = {"force_backward"}


@pytest.mark.parametrize("message", ["SolverParameter", "NetParameter", "NetState"])
def test_every_setting_of_a_net_and_its_solver_that_a_file_may_have_is_read(message):
    import inspect

    from autodiff.frontends.caffe import net, net_state, solver

    text = "".join(inspect.getsource(module) for module in (net, net_state, solver))
    fields = {field.name for field in getattr(caffe_pb2, message).DESCRIPTOR.fields}
    unread = {name for name in fields if not re.search(rf"\b{name}\b", text)}
    assert not unread - FOR_ANOTHER_MACHINE - ALWAYS_DONE


X4 = np.random.default_rng(3).normal(size=(2, 4, 5, 6))
SETTINGS = {
    # a layer's text, its bottoms, the top by NumPy or PyTorch
    "windows with gaps": (
        'type: "Convolution" convolution_param { num_output: 3 kernel_size: 2 dilation: 2 group: 1 '
        "pad: 1 bias_term: false weight_filler { value: 0.5 } }", [X4],
        lambda t, x: t.nn.functional.conv2d(x, t.full((3, 4, 2, 2), 0.5), dilation=2, padding=1)),
    "deconvolution by groups": (
        'type: "Deconvolution" convolution_param { num_output: 4 kernel_size: 4 stride: 2 pad: 1 '
        "group: 4 bias_term: false weight_filler { value: 0.5 } }", [X4],
        lambda t, x: t.nn.functional.conv_transpose2d(
            x, t.full((4, 1, 4, 4), 0.5), stride=2, padding=1, groups=4)),
    "neighbours within a channel": (
        'type: "LRN" lrn_param { local_size: 3 alpha: 2 beta: 0.75 norm_region: WITHIN_CHANNEL }',
        [X4], lambda t, x: x * (1 + 2 * t.nn.functional.avg_pool2d(x * x, 3, 1, 1)) ** -0.75),
    "some axes as one": (
        'type: "Flatten" flatten_param { axis: 1 end_axis: 2 }', [X4], lambda t, x: x.flatten(1, 2)),
    "some axes in another shape": (
        'type: "Reshape" reshape_param { axis: 1 num_axes: 2 shape { dim: 2 dim: -1 } }', [X4],
        lambda t, x: x.reshape(2, 2, 10, 6)),
    "a part as large as another": (
        'type: "Crop" crop_param { axis: 2 offset: 1 offset: 2 }', [X4, X4[:, :, :3, :4]],
        lambda t, x, like: x[:, :, 1:4, 2:6]),
    "a scale that is given": (
        'type: "Scale" scale_param { axis: 0 }', [X4, X4[:, :, 0, 0]],
        lambda t, x, s: x * s[:, :, None, None]),
    "a scale for two axes": (
        'type: "Scale" scale_param { num_axes: 2 filler { value: 3 } }', [X4], lambda t, x: 3 * x),
    "the place along an axis": (
        'type: "ArgMax" argmax_param { axis: 1 }', [X4], lambda t, x: x.argmax(1, keepdim=True)),
}  # fmt: skip


@pytest.mark.parametrize("name", SETTINGS)
def test_settings_that_were_read_and_not_used(name):
    torch = pytest.importorskip("torch")
    text, bottoms, expected = SETTINGS[name]
    found = one_layer(text, *bottoms)[0]
    theirs = expected(torch, *(torch.tensor(b, dtype=torch.float32) for b in bottoms))
    assert found.shape == tuple(theirs.shape)
    np.testing.assert_allclose(found, theirs, rtol=1e-4, atol=1e-5)


def test_pictures_are_cut_and_mirrored():
    images = np.arange(2 * 36.0).reshape(2, 1, 6, 6)
    caffe.register_source("cut", lambda: (images, np.arange(2)))
    text = """layer { name: "d" type: "Data" top: "x" top: "y" data_param { source: "cut"
        batch_size: 2 } transform_param { crop_size: 4 mirror: true scale: 2 } }"""
    from google.protobuf import text_format

    for phase in (caffe.TEST, caffe.TRAIN):
        net = caffe.Net(text_format.Parse(text, caffe_pb2.NetParameter()), phase)
        for _ in range(8):
            net.forward()
            for image, own in zip(net.blobs["x"].data / 2, images, strict=True):
                turned = image[0] if image[0, 0, 0] < image[0, 0, 1] else image[0, :, ::-1]
                start = turned[0, 0] - own[0, 0, 0]
                r, c = int(start // 6), int(start % 6)
                assert phase == caffe.TRAIN or (r, c) == (1, 1)
                np.testing.assert_array_equal(turned, own[0, r : r + 4, c : c + 4])


def test_a_crop_lies_over_the_image_that_it_was_computed_from():
    from autodiff.frontends.caffe import coord_map
    from autodiff.frontends.caffe import layers as L

    n = caffe.NetSpec()
    n.data = L.Input(input_param={"shape": {"dim": [1, 1, 20, 23]}})
    n.conv = L.Convolution(n.data, num_output=1, kernel_size=3, pad=10, weight_filler={"value": 1})
    n.relu = L.ReLU(n.conv, in_place=True)
    n.pool = L.Pooling(n.relu, kernel_size=2, stride=2)
    n.up = L.Deconvolution(
        n.pool, convolution_param={"num_output": 1, "kernel_size": 4, "stride": 2}
    )
    n.score = coord_map.crop(n.up, n.data)
    offset = list(n.to_proto().layer[-1].crop_param.offset)
    # cell 9 of the convolution lies over cell 0 of the data; pooling and its reverse add 1
    assert offset == [10]
    net = caffe.Net(n.to_proto(), caffe.TEST)
    assert net.forward()["score"].shape == (1, 1, 20, 23)
    with pytest.raises(AssertionError, match="scale mismatch"):
        coord_map.crop(n.pool, n.data)


def test_a_mean_file_is_the_mean_of_the_training_images():
    from google.protobuf import text_format

    train, test = np.random.default_rng(0).random((2, 4, 1, 3, 3))
    caffe.register_source("mean train", lambda: (train, np.arange(4)))
    caffe.register_source("mean test", lambda: (test, np.arange(4)))
    text = """layer { name: "d" type: "Data" top: "x" top: "y" transform_param {
        mean_file: "mean.binaryproto" } data_param { source: "mean %s" batch_size: 4 } }"""
    for name, images in (("train", train), ("test", test)):
        net = caffe.Net(text_format.Parse(text % name, caffe_pb2.NetParameter()), caffe.TEST)
        net.forward()
        np.testing.assert_allclose(net.blobs["x"].data, images - train.mean(0), rtol=1e-5)
