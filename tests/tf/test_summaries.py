"""The lecture's logging slide: summaries and the graph, read back by TensorBoard itself."""

import io
import json
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

import numpy as np
import pytest
from PIL import Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.compat.proto.summary_pb2 import Summary

from autodiff.frontends import tensorflow as tf


def read(folder):
    sizes = dict.fromkeys(["scalars", "images", "histograms"], 0)
    return EventAccumulator(str(folder), size_guidance=sizes).Reload()


def train(folder, steps=5):
    """A regression with every kind of summary."""
    rng = np.random.default_rng(0)
    with tf.name_scope("data"):
        x = tf.placeholder("float", [None, 3], name="x")
        y = tf.placeholder("float", [None], name="y")
    with tf.variable_scope("layer"):
        w = tf.get_variable("W", [3, 1], initializer=tf.constant_initializer(0.0))
    with tf.name_scope("loss"):
        loss = tf.reduce_mean(tf.square(tf.matmul(x, w)[:, 0] - y))
    update = w.assign(w - 0.1 * tf.gradients(loss, w)[0])
    tf.scalar_summary("loss", loss)
    tf.scalar_summary(["w0", "w1"], w[:2, 0])
    tf.histogram_summary("layer/W", w)
    tf.image_summary(
        "x", tf.placeholder_with_default(np.zeros((1, 2, 3, 1), np.float32), [None, 2, 3, 1])
    )
    merged = tf.merge_all_summaries()
    losses, init = [], tf.initialize_all_variables()
    with tf.Session() as sess, tf.train.SummaryWriter(str(folder), sess.graph) as writer:
        sess.run(init)
        inputs = rng.normal(size=(20, 3))
        feed = {x: inputs, y: inputs @ [1.0, -2.0, 0.5]}
        for step in range(steps):
            value, text, _ = sess.run([loss, merged, update], feed)
            writer.add_summary(text, global_step=step)
            losses.append(value)
    return losses, tf.get_default_graph()


def test_slide_logging_summary_writer(tmp_path):
    losses, _ = train(tmp_path)
    found = read(tmp_path)
    assert [(e.step, e.value) for e in found.Scalars("loss")] == list(enumerate(losses))
    assert losses[-1] < 0.5 * losses[0]
    assert sorted(found.Tags()["scalars"]) == ["loss", "w0", "w1"]
    assert len(found.Histograms("layer/W")) == 5
    assert found.Histograms("layer/W")[0].histogram_value.num == 3
    assert found.Tags()["images"] == ["x/image/0"]
    picture = Image.open(io.BytesIO(found.Images("x/image/0")[0].encoded_image_string))
    assert picture.size == (3, 2)


def test_the_graph_has_names_scopes_shapes_and_gradients(tmp_path):
    _, graph = train(tmp_path)
    nodes = {node.name: node for node in read(tmp_path).Graph().node}
    assert {op.name for op in graph.get_operations()} <= set(nodes)
    assert nodes["data/x"].op == "Placeholder"
    assert nodes["layer/W"].op == "Variable"
    size = [d.size for d in nodes["data/x"].attr["_output_shapes"].list.shape[0].dim]
    assert size == [-1, 3]
    assert any(name.startswith("gradients/") for name in nodes)
    for node in nodes.values():
        for source in node.input:
            assert source.lstrip("^").partition(":")[0] in nodes
    assert all("line" in nodes[name].attr for name in ("data/x", "layer/W"))
    assert b"test_summaries.py" in nodes["data/x"].attr["line"].s


def test_control_edges_and_constants_are_drawn(tmp_path):
    a = tf.constant([1.0, 2.0], name="a")
    v = tf.Variable(0.0, name="v")
    with tf.control_dependencies([v.initializer]):
        tf.add(a, np.float32(3.0), name="sum")
    with tf.train.SummaryWriter(str(tmp_path), tf.get_default_graph()):
        pass
    nodes = {node.name: node for node in read(tmp_path).Graph().node}
    assert f"^{v.initializer.name}" in nodes["sum"].input
    assert nodes[nodes["sum"].input[1]].op == "Const"
    assert nodes[nodes["sum"].input[1]].attr["value"].s == b"3."


def fetched(url, patience=60):
    """What a page of TensorBoard answers; it answers 404 until it has read the files."""
    end = time.monotonic() + patience
    while True:
        try:
            with urllib.request.urlopen(url, timeout=patience) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def test_tensorboard_serves_what_was_written(tmp_path):
    losses, _ = train(tmp_path / "run")
    command = [sys.executable, "-m", "tensorboard.main", "--logdir", str(tmp_path)]
    command += ["--load_fast=false", "--host", "127.0.0.1", "--port", "0"]
    pipes = {"stderr": subprocess.PIPE, "stdout": subprocess.DEVNULL, "text": True}
    with subprocess.Popen(command, **pipes) as server:
        try:
            found = (re.search(r"http://127.0.0.1:\d+/", line) for line in server.stderr)
            url = next(filter(None, found))[0]
            rows = json.loads(fetched(f"{url}data/plugin/scalars/scalars?tag=loss&run=run"))
            graph = fetched(f"{url}data/plugin/graphs/graph?run=run")
        finally:
            server.send_signal(signal.SIGTERM)
            server.communicate(timeout=20)
    assert [(step, np.float32(value)) for _, step, value in rows] == list(enumerate(losses))
    assert 'name: "data/x"' in graph


@pytest.mark.parametrize(
    ("build", "says"),
    [
        (
            lambda: tf.scalar_summary("loss", tf.constant([1.0, 2.0])),
            r"1 tags \('loss', ...\), but a value of shape \(2,\)(?s:.*)test_summaries.py",
        ),
        (
            lambda: tf.histogram_summary("w", tf.log(tf.constant(-1.0))),
            "'w' has 1 values of 1 that are not finite",
        ),
        (
            lambda: tf.merge_summary([tf.scalar_summary("a", 1.0), tf.scalar_summary("a", 2.0)]),
            "two summaries have the tag 'a'",
        ),
    ],
)
def test_what_cannot_be_shown_is_named_when_it_runs(build, says):
    with pytest.raises(tf.errors.InvalidArgumentError, match=says):
        tf.Session().run(build())


def test_what_cannot_be_shown_is_named_when_it_is_built(tmp_path):
    with pytest.raises(ValueError, match=r"image_summary 'x' takes shape .* not \(2, 3\)"):
        tf.image_summary("x", np.zeros((2, 3)))
    writer = tf.train.SummaryWriter(str(tmp_path))
    with pytest.raises(TypeError, match="takes the value of ScalarSummary:0, not the node"):
        writer.add_summary(tf.scalar_summary("a", 1.0))
    writer.close()


def test_collections_and_messages(tmp_path):
    assert tf.merge_all_summaries() is None
    tf.scalar_summary("own", 1.0, collections=["mine"])
    assert tf.merge_all_summaries() is None
    text = tf.Session().run(tf.merge_all_summaries("mine"))
    assert Summary.FromString(text).value[0].tag == "own"
    writer = tf.train.SummaryWriter(str(tmp_path))
    writer.add_summary(Summary(value=[Summary.Value(tag="message", simple_value=3)]), 7)
    writer.flush()
    assert read(tmp_path).Scalars("message")[0].step == 7
    writer.reopen()
    writer.add_summary(text)
    writer.close()
    assert sorted(read(tmp_path).Tags()["scalars"]) == ["message", "own"]
