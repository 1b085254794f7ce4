"""Event files: TensorBoard's own reader finds what was logged, also after a kill."""

import io
import signal
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.compat.proto.summary_pb2 import Summary

import autodiff as ad
from autodiff.data.events import summaries
from autodiff.data.events.graphs import Node, graph_def
from autodiff.data.events.program_graph import nodes_of
from autodiff.data.events.writer import EventWriter
from autodiff.data.ground.errors import DataError
from autodiff.data.records.tfrecords import read_records

RNG = np.random.default_rng(0)


def read(folder):
    found = EventAccumulator(
        str(folder), size_guidance=dict.fromkeys(["scalars", "images", "histograms"], 0)
    )
    return found.Reload()


def pixels(event):
    return np.asarray(Image.open(io.BytesIO(event.encoded_image_string)))


def test_scalars(tmp_path):
    with EventWriter(tmp_path / "new" / "run") as log:
        for step in range(5):
            log.scalar("loss", np.float32(1 / (1 + step)), step)
        log.scalar("large/step", -2, 10**12)
    found = read(tmp_path / "new" / "run")
    assert [(e.step, e.value) for e in found.Scalars("loss")] == [
        (i, np.float32(1 / (1 + i))) for i in range(5)
    ]
    assert [(e.step, e.value) for e in found.Scalars("large/step")] == [(10**12, -2)]


def test_images(tmp_path):
    batch = RNG.integers(0, 256, (5, 4, 6, 3), np.uint8)
    with EventWriter(tmp_path) as log:
        log.image("faces", batch, 1)
        log.image("one", batch[..., :1], 1, most=1)
    found = read(tmp_path)
    assert sorted(found.Tags()["images"]) == [
        "faces/image/0",
        "faces/image/1",
        "faces/image/2",
        "one/image",
    ]
    np.testing.assert_array_equal(pixels(found.Images("faces/image/2")[0]), batch[2])
    np.testing.assert_array_equal(pixels(found.Images("one/image")[0]), batch[0, ..., 0])


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ([0.0, 0.5, 1.0], [0, 127, 255]),
        ([0.0, 20.0, 10.0], [0, 255, 127]),
        ([-1.0, 0.0, 0.5], [1, 128, 191]),
        ([0.0, 0.0, 0.0], [0, 0, 0]),
        ([np.nan, 1.0, np.inf], [255, 255, 255]),
    ],
)
def test_floats_are_scaled_as_the_0_11_documentation_says(values, shown):
    made = summaries.image("x", np.array(values).reshape(1, 1, 3, 1), most=1)
    assert pixels(made.value[0].image).reshape(-1).tolist() == shown


def test_a_pixel_that_is_not_finite_is_red():
    picture = np.full((1, 1, 2, 3), 0.5)
    picture[0, 0, 0, 1] = np.nan
    made = summaries.image("x", picture)
    assert pixels(made.value[0].image).tolist() == [[[255, 0, 0], [255, 255, 255]]]


def test_histograms_count_every_value_in_its_bucket(tmp_path):
    values = np.concatenate([RNG.normal(size=1000), [0.0, 0.0, -1e-13, 1e30, -1e30]])
    with EventWriter(tmp_path) as log:
        log.histogram("w", values.reshape(5, -1), 3)
        log.histogram("none", [], 3)
    (event,) = read(tmp_path).Histograms("w")
    made = event.histogram_value
    assert (made.num, made.min, made.max, made.sum) == (1005, -1e30, 1e30, values.sum())
    counts, previous = [], -np.inf
    for limit in made.bucket_limit:
        counts.append(np.sum((values >= previous) & (values < limit)))
        previous = limit
    assert list(made.bucket) == counts
    assert sum(counts) == 1005


def test_the_buckets_are_tensorflows():
    limits = summaries.bucket_limits()
    assert (
        len(limits) == 2 * 775 + 1
    )  # 1e-12 * 1.1**k below 1e20, the largest float, both sides, and 0
    assert limits[776] == 1e-12
    np.testing.assert_allclose(limits[777:-1] / limits[776:-2], 1.1)


NODES = [
    Node("x", "Placeholder", outputs=(((None, 3), "float32"),)),
    Node("layer/W", "Variable", outputs=(((3, 2), "float32"),)),
    Node(
        "layer/mul",
        "MatMul",
        ("x", "layer/W"),
        outputs=(((None, 2), "float32"),),
        notes={"transpose_b": False},
    ),
    Node("init", "NoOp", after=("layer/W",), outputs=()),
    Node("text", "ReadFile", outputs=((None, object),)),
]


def test_a_graph(tmp_path):
    with EventWriter(tmp_path) as log:
        log.graph(NODES)
    graph = read(tmp_path).Graph()
    assert [node.name for node in graph.node] == [node.name for node in NODES]
    assert list(graph.node[2].input) == ["x", "layer/W"]
    assert list(graph.node[3].input) == ["^layer/W"]
    shapes = graph.node[2].attr["_output_shapes"].list.shape
    assert [d.size for d in shapes[0].dim] == [-1, 2]
    assert graph.node[4].attr["_output_shapes"].list.shape[0].unknown_rank


def test_the_graph_of_an_eager_run(tmp_path):
    x, w = ad.Tensor(np.ones((2, 3)), name="x"), ad.Tensor(np.ones((3, 4)), name="W")
    with ad.Tape() as tape:
        for layer in ("one", "two"):
            with ad.scope(layer):
                y = np.maximum(x @ w, 0.0)
    assert y.shape == (2, 4)
    with EventWriter(tmp_path) as log:
        log.graph(nodes_of(tape))
    nodes = {node.name: node for node in read(tmp_path).Graph().node}
    assert sorted(nodes) == [
        *("W", "one/matmul", "one/maximum", "one/maximum/y"),
        *("two/matmul", "two/maximum", "two/maximum/y", "x"),
    ]
    assert list(nodes["two/matmul"].input) == ["x", "W"]
    assert nodes["one/maximum/y"].attr["value"].s == b"0."
    assert b"test_events.py" in nodes["one/matmul"].attr["line"].s


def test_a_graph_that_is_none_is_refused():
    with pytest.raises(DataError, match="'y' reads 'x', which is not there"):
        graph_def([Node("y", "Log", ("x",))])
    with pytest.raises(DataError, match="same name"):
        graph_def([Node("y", "Log"), Node("y", "Log")])


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (
            lambda: summaries.scalar("loss", [1.0, 2.0]),
            r"'loss' takes one real number, not float64 of shape \(2,\)",
        ),
        (lambda: summaries.scalar("loss", "high"), "'loss' takes one real number"),
        (lambda: summaries.image("im", np.zeros((2, 3))), r"'im' takes shape .* not \(2, 3\)"),
        (
            lambda: summaries.histogram("w", [1.0, np.nan]),
            "'w' has 1 values of 2 that are not finite, the first nan at flat index 1",
        ),
        (
            lambda: summaries.merge([summaries.scalar("a", 1), summaries.scalar("a", 2)]),
            "two summaries have the tag 'a'",
        ),
    ],
)
def test_what_cannot_be_shown_is_named(make, says):
    with pytest.raises(DataError, match=says):
        make()


def test_a_killed_process_loses_nothing_it_had_logged(tmp_path):
    code = """
import sys
from autodiff.data.events.writer import EventWriter
log = EventWriter(sys.argv[1])
for step in range(10**9):
    log.scalar("x", step, step)
    print(step, flush=True)
"""
    with subprocess.Popen([sys.executable, "-c", code, tmp_path], stdout=subprocess.PIPE) as run:
        logged = [run.stdout.readline() for _ in range(200)]
        run.send_signal(signal.SIGKILL)
        logged += run.stdout.read().split()
    last = int(logged[-1])
    steps = [event.step for event in read(tmp_path).Scalars("x")]
    assert last >= 199
    assert steps[: last + 1] == list(range(last + 1))


def test_two_writers_and_a_serialised_summary_share_a_folder(tmp_path):
    with EventWriter(tmp_path) as one, EventWriter(tmp_path) as two:
        one.summary(summaries.scalar("a", 1).SerializeToString(), 1)
        two.summary(Summary(value=[Summary.Value(tag="b", simple_value=2)]), 1)
        assert one.path != two.path
        two.close()
        two.close()
    assert sorted(read(tmp_path).Tags()["scalars"]) == ["a", "b"]
    assert len(list(read_records(one.path))) == 2
    with pytest.raises(ValueError, match="closed"):
        two.scalar("b", 1, 2)


def test_a_resumed_run_replaces_what_the_interrupted_one_logged_later(tmp_path):
    with EventWriter(tmp_path) as log:
        for step in range(10):
            log.scalar("loss", 100 + step, step)
    with EventWriter(tmp_path) as log:
        log.restart(5)
        for step in range(5, 8):
            log.scalar("loss", step, step)
    events = [(event.step, event.value) for event in read(tmp_path).Scalars("loss")]
    assert events == [(i, 100 + i) for i in range(5)] + [(i, i) for i in range(5, 8)]


def test_files_of_one_second_are_read_in_the_order_in_which_they_were_made(tmp_path, monkeypatch):
    for process in (999, 1000):  # as text, 1000 comes first
        monkeypatch.setattr("os.getpid", lambda process=process: process)
        with EventWriter(tmp_path) as log:
            log.restart(0)
            log.scalar("loss", process, 0)
    assert [event.value for event in read(tmp_path).Scalars("loss")] == [1000]
