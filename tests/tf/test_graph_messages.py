"""Graphs as messages: written, frozen, read again, and read as TensorFlow writes them."""

import numpy as np
import pytest
from google.protobuf import text_format

from autodiff.frontends import tensorflow as tf

RNG = np.random.default_rng(3)


def network(x, keep_prob):
    """A small conv net with what such networks are made of."""
    image = tf.reshape(x, [-1, 8, 8, 1])
    w = tf.Variable(RNG.normal(size=(3, 3, 1, 4)).astype("f"), name="conv/w")
    h = tf.nn.relu(
        tf.nn.bias_add(tf.nn.conv2d(image, w, [1, 1, 1, 1], "SAME"), tf.constant([0.1] * 4))
    )
    h = tf.nn.max_pool(h, [1, 2, 2, 1], [1, 2, 2, 1], "SAME")
    mean, variance = tf.nn.moments(h, [0, 1, 2])
    h = tf.nn.batch_normalization(h, mean, variance, None, None, 1e-3)
    h = tf.transpose(tf.reshape(h, [-1, 64]), [1, 0])
    h = tf.nn.dropout(tf.transpose(h)[:, 2:], keep_prob)
    h = tf.concat(1, [h, tf.square(h) / 2])
    v = tf.get_variable("out/w", [124, 3], initializer=tf.random_normal_initializer(seed=1))
    logits = tf.matmul(h, v, name="logits")
    return tf.nn.softmax(logits, name="y"), tf.argmax(logits, 1, name="class")


def trained(session_graph):
    with session_graph.as_default():
        x = tf.placeholder("float", [None, 64], name="x")
        keep = tf.placeholder("float", name="keep")
        network(x, keep)
        sess = tf.Session()
        sess.run(tf.initialize_all_variables())
    return sess


FEED = {"x:0": RNG.normal(size=(5, 64)).astype("f"), "keep:0": 1.0}


@pytest.mark.parametrize("as_text", [False, True])
def test_a_frozen_graph_has_the_same_values_and_gradients(tmp_path, as_text):
    sess = trained(tf.Graph())
    wanted = sess.run(["y:0", "class:0"], FEED)
    with sess.graph.as_default():
        slope = tf.gradients(
            sess.graph.get_tensor_by_name("y:0")[:, 0], sess.graph.get_tensor_by_name("x:0")
        )
    slopes = sess.run(slope[0], FEED)
    frozen = tf.graph_util.convert_variables_to_constants(
        sess, sess.graph.as_graph_def(), ["y", "class"]
    )
    assert not [node.name for node in frozen.node if node.op.startswith("Variable")]
    path = tf.train.write_graph(frozen, str(tmp_path), "net.pb", as_text=as_text)
    read = tf.GraphDef()
    with open(path, "rb") as file:
        raw = file.read()
    text_format.Merge(raw, read) if as_text else read.ParseFromString(raw)
    with tf.Graph().as_default() as graph, tf.Session() as other:
        tf.import_graph_def(read, name="")
        for value, found in zip(wanted, other.run(["y:0", "class:0"], FEED)):
            np.testing.assert_array_equal(found, value)
        again = tf.gradients(graph.get_tensor_by_name("y:0")[:, 0], graph.get_tensor_by_name("x:0"))
        np.testing.assert_allclose(other.run(again[0], FEED), slopes, rtol=1e-6)


def without_own_words(graph_def):
    """The message as any other program of TensorFlow would have written it."""
    stripped = tf.GraphDef()
    stripped.CopyFrom(graph_def)
    for node in stripped.node:
        for key in [key for key in node.attr if key in ("_autodiff", "line")]:
            del node.attr[key]
    return stripped


def test_the_layout_is_tensorflows_so_that_it_is_read_without_our_own_words():
    sess = trained(tf.Graph())
    wanted = sess.run(["y:0", "class:0"], FEED)
    frozen = tf.graph_util.convert_variables_to_constants(
        sess, sess.graph.as_graph_def(), ["y", "class"]
    )
    with tf.Graph().as_default(), tf.Session() as other:
        y, place = tf.import_graph_def(
            without_own_words(frozen), return_elements=["y:0", "class:0"], name="net"
        )
        assert (y.name, place.name) == ("net/y:0", "net/class:0")
        found = other.run([y, place], {f"net/{key}": value for key, value in FEED.items()})
        for value, own in zip(wanted, found):
            np.testing.assert_allclose(own, value, rtol=1e-6)


def node(graph_def, name, op, *inputs, **attributes):
    """Add a node as TensorFlow writes it."""
    made = graph_def.node.add(name=name, op=op, input=inputs)
    for key, value in attributes.items():
        kind = {int: "i", bool: "b", bytes: "s", float: "f"}.get(type(value))
        if kind:
            setattr(made.attr[key], kind, value)
        elif isinstance(value, list):
            made.attr[key].list.i.extend(value)
        elif isinstance(value, np.dtype):
            made.attr[key].type = {"float32": 1, "int32": 3}[value.name]
        else:
            array = np.asarray(value)
            tensor = made.attr[key].tensor
            tensor.dtype = {"float32": 1, "int32": 3}[array.dtype.name]
            for length in array.shape:
                tensor.tensor_shape.dim.add(size=length)
            tensor.tensor_content = array.tobytes()


def constant(graph_def, name, value):
    node(graph_def, name, "Const", value=np.asarray(value), dtype=np.asarray(value).dtype)


OTHERS = {
    "strided": (
        lambda g: (
            constant(g, "b", np.int32([1, 0])), constant(g, "e", np.int32([3, 0])),
            constant(g, "s", np.int32([1, 1])),
            node(g, "y", "StridedSlice", "x", "b", "e", "s", shrink_axis_mask=2),
        ),
        lambda x: x[1:3, 0],
    ),
    "matmul": (
        lambda g: node(g, "y", "MatMul", "x", "x", transpose_b=True),
        lambda x: x @ x.T,
    ),
    "concat": (
        lambda g: (constant(g, "a", np.int32(1)), node(g, "y", "Concat", "a", "x", "x", N=2)),
        lambda x: np.concatenate([x, x], 1),
    ),
    "split": (
        lambda g: (
            constant(g, "a", np.int32(0)),
            node(g, "parts", "Split", "a", "x", num_split=2),
            node(g, "y", "Sub", "parts:1", "parts"),
        ),
        lambda x: x[2:] - x[:2],
    ),
    "mean": (
        lambda g: (
            constant(g, "a", np.int32([0])), node(g, "y", "Mean", "x", "a", keep_dims=True)
        ),
        lambda x: x.mean(0, keepdims=True),
    ),
    "squeeze": (
        lambda g: (
            constant(g, "a", np.int32(-1)), node(g, "more", "ExpandDims", "x", "a"),
            node(g, "y", "Squeeze", "more", squeeze_dims=[2]),
        ),
        lambda x: x,
    ),
    "gather": (
        lambda g: (
            constant(g, "p", np.int32([1, 0, 1])), constant(g, "a", np.int32(0)),
            node(g, "y", "GatherV2", "x", "p", "a"),
        ),
        lambda x: x[[1, 0, 1]],
    ),
    "gather columns": (
        lambda g: (
            constant(g, "p", np.int32([1, 0, 1])), constant(g, "a", np.int32(1)),
            node(g, "y", "GatherV2", "x", "p", "a"),
        ),
        lambda x: x[:, [1, 0, 1]],
    ),
    "repeated": (
        lambda g: (constant(g, "c", np.float32(2.5)), node(g, "y", "Maximum", "x", "c")),
        lambda x: np.maximum(x, 2.5),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", OTHERS)
def test_nodes_as_tensorflow_writes_them(name):
    build, formula = OTHERS[name]
    graph_def = tf.GraphDef()
    build(graph_def)
    node(graph_def, "x", "Placeholder", dtype=np.dtype("float32"))  # after those that read it
    x = np.arange(12, dtype="f").reshape(4, 3)
    with tf.Graph().as_default(), tf.Session() as sess:
        (y,) = tf.import_graph_def(graph_def, {"x:0": tf.constant(x)}, ["y:0"])
        np.testing.assert_allclose(sess.run(y), formula(x), rtol=1e-6)


UNUSUAL = {
    "BiasAdd": (["b"], {"data_format": b"NCHW"}),
    "FusedBatchNorm": (["b"] * 4, {"data_format": b"NCHW"}),
    "Square": ([], {"anything": True}),
    "Conv2D": (["x"], {"strides": [1] * 4, "padding": b"SAME", "dilations": [1, 2, 2, 1]}),
}


@pytest.mark.parametrize("op", UNUSUAL)
def test_an_attribute_that_nobody_looks_at_is_not_dropped(op):
    inputs, attributes = UNUSUAL[op]
    graph_def = tf.GraphDef()
    constant(graph_def, "x", np.ones((1, 3, 3, 3), "f"))
    constant(graph_def, "b", np.ones(3, "f"))
    node(graph_def, "y", op, "x", *inputs, **attributes)
    with tf.Graph().as_default(), tf.Session() as sess:
        (y,) = tf.import_graph_def(graph_def, return_elements=["y:0"])
        with pytest.raises(NotImplementedError, match=list(attributes)[-1]):
            sess.run(y)


def test_a_graph_without_its_training_nodes_has_the_same_values():
    graph_def = tf.GraphDef()
    constant(graph_def, "x", np.arange(3, dtype="f"))
    node(graph_def, "a", "Identity", "x")
    node(graph_def, "b", "CheckNumerics", "a:0")
    node(graph_def, "kept", "Identity", "b")
    node(graph_def, "waits", "Identity", "x", "^kept")
    node(graph_def, "y", "Add", "kept", "waits")
    less = tf.graph_util.remove_training_nodes(graph_def, ["kept"])
    assert [one.name for one in less.node] == ["x", "kept", "waits", "y"]
    for message in (graph_def, less):
        with tf.Graph().as_default(), tf.Session() as sess:
            (y,) = tf.import_graph_def(message, return_elements=["y:0"])
            assert sess.run(y).tolist() == [0, 2, 4]


def test_a_list_of_values_whose_last_repeats():
    tensor = text_format.Parse(
        'node { name: "c" op: "Const" attr { key: "value" value { tensor { dtype: DT_FLOAT '
        "tensor_shape { dim { size: 2 } dim { size: 2 } } float_val: 1 float_val: 7 } } } }",
        tf.GraphDef(),
    )
    with tf.Graph().as_default(), tf.Session() as sess:
        (c,) = tf.import_graph_def(tensor, return_elements=["c:0"])
        assert sess.run(c).tolist() == [[1, 7], [7, 7]]


def test_a_type_that_is_not_known_is_told_when_it_is_run():
    graph_def = tf.GraphDef()
    constant(graph_def, "x", np.float32(1.0))
    node(graph_def, "y", "QuantizedRelu", "x")
    with tf.Graph().as_default(), tf.Session() as sess:
        (x, y) = tf.import_graph_def(graph_def, return_elements=["x:0", "y:0"])
        assert sess.run(x) == 1.0
        assert y.op.type == "QuantizedRelu"
        with pytest.raises(
            NotImplementedError, match=r"import/y, a QuantizedRelu, .*type is not known"
        ):
            sess.run(y)


def test_another_program_goes_on_from_a_meta_graph(tmp_path):
    path = str(tmp_path / "model")
    with tf.Graph().as_default(), tf.Session() as sess:
        x = tf.placeholder("float", [None, 3], name="x")
        w = tf.Variable(tf.ones([3, 2]), name="w")
        n = tf.Variable(4.0, trainable=False, name="n")
        y = tf.add(tf.matmul(x, w), n, name="y")
        loss = tf.reduce_sum(y, name="loss")
        train = tf.train.GradientDescentOptimizer(0.5).minimize(loss, name="train")
        tf.add_to_collection("predict", y)
        tf.add_to_collection("names", "three columns")
        sess.run(tf.initialize_all_variables())
        sess.run(train, {x: np.ones((1, 3))})
        tf.train.Saver().save(sess, path, global_step=7)
    with tf.Graph().as_default() as graph, tf.Session() as sess:
        saver = tf.train.import_meta_graph(f"{path}-7.meta")
        assert [v.op.name for v in tf.trainable_variables()] == ["w"]
        assert [v.op.name for v in tf.all_variables()] == ["w", "n"]
        saver.restore(sess, f"{path}-7")
        (y,) = tf.get_collection("predict")
        assert y.name == "y:0"
        assert tf.get_collection("names") == [b"three columns"]
        assert sess.run(y, {"x:0": np.ones((1, 3))}).tolist() == [[5.5, 5.5]]
        with pytest.raises(
            NotImplementedError, match="Build this part of the graph by its program"
        ):
            sess.run("train", {"x:0": np.ones((1, 3))})
        again = tf.train.GradientDescentOptimizer(0.5).minimize(graph.get_tensor_by_name("loss:0"))
        sess.run(again, {"x:0": np.ones((1, 3))})
        assert sess.run("y:0", {"x:0": np.ones((1, 3))}).tolist() == [[4.0, 4.0]]
        sess.run(tf.initialize_all_variables())
        assert sess.run("y:0", {"x:0": np.ones((1, 3))}).tolist() == [[7.0, 7.0]]


def test_two_messages_under_one_name_and_what_is_no_meta_graph(tmp_path):
    (tmp_path / "bad.meta").write_bytes(b"\xff\xff no message")
    with tf.Graph().as_default() as graph:
        tf.placeholder("float", name="x")
        with pytest.raises(ValueError, match="has a node named 'x' already"):
            tf.import_graph_def(graph.as_graph_def(), name="")
        with pytest.raises(tf.errors.DataLossError, match="is no meta graph"):
            tf.train.import_meta_graph(str(tmp_path / "bad.meta"))
        with pytest.raises(tf.errors.NotFoundError, match="there is no meta graph"):
            tf.train.import_meta_graph(str(tmp_path / "absent.meta"))


@pytest.mark.parametrize("path", ["numpy:load", "os:system", "autodiff.data.files:replace"])
def test_a_message_can_t_name_what_reads_files(path):
    with tf.Graph().as_default() as graph:
        tf.shape(tf.constant(1.0), name="y")
        message = graph.as_graph_def()
    words = message.node[-1].attr["_autodiff"]
    words.s = words.s.replace(b"autodiff.frontends.tensorflow.ops.arrays:shape", path.encode())
    with tf.Graph().as_default(), pytest.raises(ValueError, match="a message may not"):
        tf.import_graph_def(message)
