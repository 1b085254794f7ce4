"""What a file of Caffe asks for is what it gets: settings that once had no effect.

The truth is what Caffe's sources say.
"""

import numpy as np
import pytest

from autodiff.frontends import caffe
from autodiff.frontends.caffe.proto import caffe_pb2

NET = """layer { name: "d" type: "DummyData" top: "x" dummy_data_param {
    shape { dim: 4 dim: 2 } data_filler { type: "constant" value: 1 } } }
  layer { name: "fc" type: "InnerProduct" bottom: "x" top: "fc" inner_product_param {
    num_output: 1 weight_filler { type: "constant" value: 1 } } %s }
  layer { name: "loss" type: "Reduction" bottom: "fc" top: "loss" loss_weight: 1
    reduction_param { operation: REDUCE_SUMSQ } }"""
BASE = 'base_lr: 0.001 lr_policy: "fixed" max_iter: 4 '


def net_of(text, phase):
    """The net of a text."""
    text_format = pytest.importorskip("google.protobuf.text_format")
    return caffe.Net(text_format.Parse(text, caffe_pb2.NetParameter()), phase)


def solver(tmp_path, extra="", rule=""):
    """A solver of a small net, from a file."""
    (tmp_path / "net.prototxt").write_text(NET % rule)
    path = tmp_path / "solver.prototxt"
    path.write_text(f'net: "{tmp_path / "net.prototxt"}" {BASE} {extra}')
    return caffe.get_solver(str(path))


@pytest.mark.parametrize("count", [1, 3])
def test_the_loss_that_is_shown_is_the_mean_of_as_many_as_asked(tmp_path, capsys, count):
    made = solver(tmp_path, f"display: 1 average_loss: {count}")
    made.step(4)
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == f"Iteration 3, loss = {np.mean(made.losses[-count:]):.6g}"


@pytest.mark.parametrize(
    ("extra", "saved"),
    [
        ('snapshot_prefix: "{0}/s"', [4]),
        ('snapshot_prefix: "{0}/s" snapshot_after_train: false', []),
        ('snapshot_prefix: "{0}/s" snapshot: 3', [3, 4]),
        ('snapshot_prefix: "{0}/s" snapshot: 2', [2, 4]),
        ("", []),
    ],
)
def test_the_end_of_training_is_saved_unless_told(tmp_path, extra, saved):
    solver(tmp_path, extra.format(tmp_path)).solve()
    assert sorted(p.stem for p in tmp_path.glob("*.solverstate")) == [f"s_iter_{n}" for n in saved]


@pytest.mark.parametrize("asked", [True, False])
def test_the_loss_of_a_test_net_is_shown_where_asked(tmp_path, capsys, asked):
    word = str(asked).lower()
    made = solver(tmp_path, f"test_iter: 2 test_interval: 2 test_compute_loss: {word}")
    made.step(1)
    assert ("Test loss = 16" in capsys.readouterr().out) == asked


def test_test_nets_are_messages_files_and_the_general_one_in_order(tmp_path):
    (tmp_path / "other.prototxt").write_text(NET.replace("dim: 4", "dim: 5") % "")
    param = caffe_pb2.SolverParameter(
        net=str(tmp_path / "net.prototxt"), test_net=[str(tmp_path / "other.prototxt")],
        test_iter=[1, 1, 1], base_lr=0.1, lr_policy="fixed",
    )  # fmt: skip
    (tmp_path / "net.prototxt").write_text(NET % "")
    message = param.test_net_param.add()
    layer = message.layer.add(name="d", type="DummyData", top=["x"])
    layer.dummy_data_param.shape.add(dim=[7, 2])
    nets = caffe.get_solver(param).test_nets
    assert [net.blobs["x"].shape for net in nets] == [(7, 2), (5, 2), (4, 2)]


@pytest.mark.parametrize("level", [0, 2])
def test_a_layer_is_in_the_nets_of_its_levels(tmp_path, level):
    text = NET.replace('name: "loss"', 'name: "loss" include { min_level: 1 }') % ""
    (tmp_path / "net.prototxt").write_text(text)
    path = tmp_path / "solver.prototxt"
    path.write_text(f'net: "{tmp_path / "net.prototxt"}" {BASE} train_state {{ level: {level} }}')
    assert ("loss" in caffe.get_solver(str(path)).net.blobs) == (level >= 1)


def test_images_are_cut_each_at_a_place_of_its_own():
    ramp = np.arange(64.0).reshape(1, 1, 8, 8)
    caffe.register_source("ramp", lambda: (np.repeat(ramp, 20, 0), np.zeros(20)))
    text = """layer { name: "d" type: "Data" top: "x" transform_param { crop_size: 4 }
        data_param { source: "ramp" batch_size: 20 } }"""
    found = net_of(text, caffe.TRAIN).forward()["x"]
    assert all((image - image[0, 0, 0] == ramp[0, 0, :4, :4]).all() for image in found)
    assert len({float(image[0, 0, 0]) for image in found}) > 5
    assert (net_of(text, caffe.TEST).forward()["x"] == ramp[:, :, 2:6, 2:6]).all()


def test_a_mean_file_is_that_of_the_last_training():
    text = """layer { name: "d" type: "Data" top: "x" transform_param { mean_file: "m" }
        data_param { source: "rows" batch_size: 2 } }"""
    for value in (1.0, 5.0):
        caffe.register_source("rows", lambda v=value: (np.full((4, 1, 2, 2), v), np.zeros(4)))
        assert (net_of(text, caffe.TRAIN).forward()["x"] == 0).all()
    caffe.register_source("rows", lambda: (np.full((4, 1, 2, 2), 6.0), np.zeros(4)))
    assert (net_of(text, caffe.TEST).forward()["x"] == 1).all()


@pytest.mark.parametrize(
    ("size", "side"), [(4, [0.25, 0.75, 0.75, 0.25]), (3, [0.5, 1, 0.5]), (2, [0.5, 0.5])]
)
def test_a_deconvolution_filled_bilinearly_interpolates(size, side):
    text = f"""layer {{ name: "d" type: "Input" top: "x" input_param {{ shape {{ dim: 1 dim: 1
        dim: 3 dim: 3 }} }} }} layer {{ name: "up" type: "Deconvolution" bottom: "x" top: "y"
        convolution_param {{ num_output: 1 kernel_size: {size} stride: {-(-size // 2)}
        bias_term: false weight_filler {{ type: "bilinear" }} }} }}"""
    net = net_of(text, caffe.TEST)
    assert np.allclose(net.params["up"][0].data[0, 0], np.outer(side, side))
    net.blobs["x"].data[...] = 1
    if size == 4:  # inside, a constant picture stays one
        assert np.allclose(net.forward()["y"][0, 0, 2:-2, 2:-2], 1)


def test_another_regularization_is_refused(tmp_path):
    with pytest.raises(ValueError, match="regularization_type='L3' is not among 'L2', 'L1'"):
        solver(tmp_path, 'regularization_type: "L3"')


def test_a_setting_that_is_not_there_is_refused_by_its_name(tmp_path):
    with pytest.raises(Exception, match="snapshot_diff"):
        solver(tmp_path, "snapshot_diff: true")
