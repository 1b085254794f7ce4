"""The language of 0.12 to 1.2 beside 0.11's: both orders of arguments, and the new namespaces."""

import sys

import numpy as np
import pytest

from autodiff.data import mnist
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.run import standing_in

A = np.arange(12.0).reshape(3, 4)


def value(build, *arrays):
    with tf.Graph().as_default(), tf.Session() as sess:
        return sess.run(build(*map(tf.constant, arrays)))


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        (lambda x: tf.concat([x, x], 1), np.concatenate([A, A], 1)),
        (lambda x: tf.concat(1, [x, x]), np.concatenate([A, A], 1)),
        (lambda x: tf.concat(values=[x, x], axis=0), np.concatenate([A, A])),
        (lambda x: tf.concat_v2([x, x], 0), np.concatenate([A, A])),
        (lambda x: tf.split(x, 2, 1)[1], A[:, 2:]),
        (lambda x: tf.split(1, 2, x)[1], A[:, 2:]),
        (lambda x: tf.split(x, [1, 3], axis=1)[1], A[:, 1:]),
        (lambda x: tf.split(value=x, num_or_size_splits=3, axis=0)[2], A[2:]),
        (lambda x: tf.split(axis=0, num_or_size_splits=3, value=x)[2], A[2:]),
        (lambda x: tf.stack([x, x], axis=1), np.stack([A, A], 1)),
        (lambda x: tf.unstack(x)[1], A[1]),
        (lambda x: tf.abs([x[0], -x[1]]), A[:2]),
        (lambda x: tf.convert_to_tensor([[x[0, 1], 2.0], [3.0, x[1, 0]]]), [[1, 2], [3, 4]]),
        (lambda x: tf.reverse(x, [1]), A[:, ::-1]),
        (lambda x: tf.reverse(x, [False, True]), A[:, ::-1]),
        (lambda x: tf.argmax(x, axis=1), [3, 3, 3]),
        (lambda x: tf.arg_max(x, 1), [3, 3, 3]),
        (lambda x: tf.argmin(x), [0, 0, 0, 0]),
        (lambda x: tf.expand_dims(x, axis=0), A[None]),
        (lambda x: tf.squeeze(x[None], axis=[0]), A),
        (lambda x: tf.reduce_sum(x, axis=1, keepdims=True), A.sum(1, keepdims=True)),
        (lambda x: tf.multiply(x, x) - tf.subtract(x, tf.negative(x)), A * A - 2 * A),
        (lambda x: tf.divide(tf.constant(3), tf.constant(2)), 1.5),
        (lambda x: tf.div(tf.constant(3), tf.constant(2)), 1),
        (lambda x: tf.cond(x[0, 0] < 1, true_fn=lambda: x, false_fn=lambda: -x), A),
        (lambda x: tf.unique(tf.constant([5, 2, 3, 5, 2])), ([5, 2, 3], [0, 1, 2, 0, 1])),
        (lambda x: tf.sequence_mask([1, 3], 3), [[1, 0, 0], [1, 1, 1]]),
        (
            lambda x: tf.reverse_sequence(x, [1, 2, 4], 1, 0),
            [[0, 1, 2, 3], [5, 4, 6, 7], [11, 10, 9, 8]],
        ),
        (lambda x: tf.dynamic_partition(x, [0, 1, 0], 2)[0], A[[0, 2]]),
        (lambda x: tf.dynamic_stitch([[1], [0, 2]], [x[:1], x[1:]]), A[[1, 0, 2]]),
        (lambda x: tf.range(tf.shape(x)[0], dtype=tf.float32), [0.0, 1.0, 2.0]),
        (lambda x: tf.nn.leaky_relu(x - 4.0), np.maximum(A - 4, 0.2 * (A - 4))),
        (lambda x: tf.list_diff([1, 2, 3], [2])[0], [1, 3]),
        (lambda x: tf.sparse_to_dense([[0, 1], [2, 0]], [3, 2], 5), [[0, 5], [0, 0], [5, 0]]),
        (lambda x: tf.einsum("ij,kj->ik", x, x), A @ A.T),
        (lambda x: tf.matmul(x, x, transpose_b=True), A @ A.T),
        (lambda x: tf.confusion_matrix([0, 1, 1], [0, 1, 0]), [[1, 0], [1, 1]]),
        (lambda x: tf.matrix_band_part(x[:3, :3], 0, -1), np.triu(A[:3, :3])),
        (lambda x: tf.count_nonzero(x), 11),
        (lambda x: tf.norm(x), np.linalg.norm(A)),
        (lambda x: tf.setdiff1d([1, 2, 3], [2])[0], [1, 3]),
        (lambda x: tf.strided_slice(x, [0, 1], [3, 4], [2, 1]), A[0:3:2, 1:4]),
        (
            lambda x: tf.nn.softmax_cross_entropy_with_logits(labels=x, logits=x * 0),
            A.sum(1) * np.log(4),
        ),
        (
            lambda x: tf.nn.sigmoid_cross_entropy_with_logits(labels=x, logits=x * 0),
            A * 0 + np.log(2),
        ),
    ],
)
def test_value(build, expected):
    found = value(build, A)
    if isinstance(expected, tuple):
        for one, other in zip(found, expected, strict=True):
            np.testing.assert_array_equal(one, other)
    else:
        np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_an_image_takes_a_size_that_is_known_only_while_running():
    pixels = np.arange(16.0, dtype="f").reshape(1, 4, 4, 1)
    with tf.Graph().as_default(), tf.Session() as sess:
        image, size = tf.placeholder("float", [None, 4, 4, 1]), tf.placeholder(tf.int32, [2])
        for wanted in (size, [size[0], 3], tf.shape(tf.zeros([2, 3])), tf.constant([2, 3])):
            found = tf.image.resize_images(image, wanted)
            fixed = tf.image.resize_images(image, [2, 3])
            values = sess.run([found, fixed], {image: pixels, size: [2, 3]})
            np.testing.assert_array_equal(*values)
            assert found.get_shape().is_compatible_with([None, 2, 3, 1])
        near = tf.image.resize_nearest_neighbor(image, size)
        assert sess.run(near, {image: pixels, size: [1, 2]}).ravel().tolist() == [0, 2]


def test_the_length_of_a_stitch_by_known_places_is_known():
    with tf.Graph().as_default():
        x = tf.placeholder("float", [None, 3])
        assert tf.dynamic_stitch([[2], [0, 1]], [x, x]).get_shape().as_list() == [3, 3]
        assert tf.dynamic_stitch([0, 1], [x[0], x[1]]).get_shape().as_list() == [2, 3]


def test_svd_and_eigenvalues_in_tensorflows_order():
    s, u, v = value(tf.svd, A)
    np.testing.assert_allclose(u @ np.diag(s) @ v.T, A, atol=1e-12)
    e, v = value(tf.self_adjoint_eig, A @ A.T)
    np.testing.assert_allclose(v @ np.diag(e) @ v.T, A @ A.T, atol=1e-10)


def test_rows_of_a_variable_are_changed():
    v = tf.Variable(np.ones((3, 2), np.float32))
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        assert sess.run(tf.scatter_add(v, [0, 0], np.ones((2, 2), np.float32)))[0, 0] == 3
        assert sess.run(tf.scatter_update(v, [2], [[7.0, 7.0]]))[2, 1] == 7
        with pytest.raises(TypeError, match="changes a variable"):
            tf.scatter_add(tf.constant(1.0), [0], [1.0])


def test_sparse_tensors_are_fed_and_fetched():
    x = tf.sparse_placeholder(tf.float32, [2, 3])
    dense = tf.sparse_tensor_to_dense(x)
    product = tf.sparse_tensor_dense_matmul(x, np.eye(3, dtype=np.float32))
    given = tf.SparseTensorValue([[0, 1], [1, 2]], [4.0, 5.0], [2, 3])
    expected = [[0, 4, 0], [0, 0, 5]]
    with tf.Session() as sess:
        found = sess.run([dense, product, x], {x: given})
        np.testing.assert_array_equal(found[0], expected)
        np.testing.assert_array_equal(found[1], expected)
        assert found[2].values.tolist() == [4.0, 5.0]


def test_the_gradient_of_a_written_array_goes_through_the_loop():
    x = tf.constant(2.0)
    body = lambda i, ta: (i + 1, ta.write(i, x * tf.to_float(i)))
    _, ta = tf.while_loop(lambda i, ta: i < 4, body, (0, tf.TensorArray(tf.float32, 4)))
    with tf.Session() as sess:
        assert sess.run(tf.gradients(tf.reduce_sum(ta.stack()), x)) == [6.0]


def test_a_branch_of_none_is_told():
    with pytest.raises(TypeError, match="None is no tensor"):
        tf.cond(
            tf.constant(True), lambda: (tf.constant(1.0), tf.constant(1.0)), lambda: (None, None)
        )


def test_a_template_shares_its_variables():
    layer = tf.make_template("layer", lambda x: x * tf.get_variable("w", []))
    total = layer(tf.constant(1.0)) + layer(tf.constant(2.0))
    assert len(tf.trainable_variables()) == 1
    assert len(tf.gradients(total, tf.trainable_variables())) == 1


def test_layers_have_kernels_and_biases():
    x = tf.placeholder("float", [None, 8, 8, 1])
    y = tf.layers.conv2d(x, 4, 3, padding="same", activation=tf.nn.relu, name="conv")
    y = tf.layers.max_pooling2d(y, 2, 2)
    y = tf.layers.batch_normalization(y, training=True)
    y = tf.layers.dense(tf.layers.flatten(y), 5)
    assert y.get_shape().as_list() == [None, 5]
    names = [v.op.name for v in tf.trainable_variables()]
    assert names[:2] == ["conv/kernel", "conv/bias"]
    assert names[-2:] == ["dense/kernel", "dense/bias"]
    assert len(tf.get_collection(tf.GraphKeys.UPDATE_OPS)) == 2
    loss = tf.losses.softmax_cross_entropy(tf.one_hot([0], 5), y)
    assert tf.losses.get_total_loss() is not None
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        assert np.isfinite(sess.run(loss, {x: np.ones((1, 8, 8, 1))}))


def test_weighted_losses_are_over_the_weights_that_are_not_zero():
    terms = tf.losses.mean_squared_error([1.0, 2.0, 3.0], tf.constant([0.0, 0.0, 0.0]), [1, 0, 2])
    with tf.Session() as sess:
        np.testing.assert_allclose(sess.run(terms), (1 + 2 * 9) / 2)


def test_a_metric_goes_on_over_batches():
    said, true = tf.placeholder(tf.int64, [None]), tf.placeholder(tf.int64, [None])
    accuracy, update = tf.metrics.accuracy(true, said)
    with tf.Session() as sess:
        sess.run(tf.local_variables_initializer())
        sess.run(update, {said: [1, 2], true: [1, 1]})
        assert sess.run(update, {said: [3], true: [3]}) == pytest.approx(2 / 3)
        assert sess.run(accuracy) == pytest.approx(2 / 3)


@pytest.mark.parametrize("weighted", [True, False])
@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("precision", lambda true, said, w: w[true & said].sum() / w[said].sum()),
        ("recall", lambda true, said, w: w[true & said].sum() / w[true].sum()),
        ("false_positives", lambda true, said, w: w[~true & said].sum()),
        ("accuracy", lambda true, said, w: w[true == said].sum() / w.sum()),
        ("mean_squared_error", lambda true, said, w: w[true != said].sum() / w.sum()),
        ("root_mean_squared_error", lambda true, said, w: (w[true != said].sum() / w.sum()) ** 0.5),
    ],
)
def test_a_metric_counts_with_weights_and_is_in_its_collections(name, meaning, weighted):
    true, said = np.array([1, 1, 0, 0, 1]) > 0, np.array([1, 0, 1, 0, 1]) > 0
    weights = np.float32([1, 2, 3, 4, 5]) if weighted else np.ones(5, np.float32)
    value, update = getattr(tf.metrics, name)(
        tf.constant(np.float32(true)), tf.constant(np.float32(said)), weights if weighted else None,
        metrics_collections=["kept"], updates_collections=["moved"], name="it",
    )  # fmt: skip
    with tf.Session() as sess:
        sess.run(tf.local_variables_initializer())
        assert sess.run(tf.get_collection("moved")) == [pytest.approx(meaning(true, said, weights))]
        assert sess.run(tf.get_collection("kept")) == [pytest.approx(meaning(true, said, weights))]
    assert tf.get_collection("moved") == [update]
    assert tf.get_collection("kept") == [value]


def test_summaries_take_their_tag_from_the_scopes(tmp_path):
    with tf.name_scope("layer"):
        made = tf.summary.scalar("loss", tf.constant(2.0))
    with tf.Session() as sess, tf.summary.FileWriter(str(tmp_path), sess.graph) as writer:
        message = tf.Summary.FromString(sess.run(tf.summary.merge_all()))
        writer.add_summary(sess.run(made), 0)
    assert message.value[0].tag == "layer/loss"


@pytest.mark.parametrize("kind", ["scalar", "histogram", "image"])
def test_summaries_of_a_family_are_shown_together(kind):
    value = tf.constant(2.0) if kind != "image" else tf.zeros([1, 2, 2, 1])
    made = getattr(tf.summary, kind)("loss", value, family="train")
    with tf.Session() as sess:
        message = tf.Summary.FromString(sess.run(made))
    assert message.value[0].tag.startswith("train/train/loss")


def test_flags_read_the_command_line_when_they_are_first_asked(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["program", "--later_n=3", "--nolater_b", "rest"])
    tf.flags.DEFINE_integer("later_n", 1, "a number")
    tf.flags.DEFINE_boolean("later_b", True, "a truth")
    tf.app.flags.DEFINE_string("later_s", "text", "100 % text")
    flags = tf.flags.FLAGS
    assert (flags.later_n, flags.later_b, flags.later_s) == (3, False, "text")
    flags.later_n = 5
    assert flags.later_n == 5
    with pytest.raises(AttributeError, match="no flag 'later_x'"):
        _ = flags.later_x


def test_flags_take_the_words_of_1_5(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["program", "--worded=2"])
    tf.app.flags.DEFINE_float("worded", default=0.5, help="a rate")
    tf.app.flags.DEFINE_integer(name="named", default=3, help="a number")
    assert (tf.flags.FLAGS.worded, tf.flags.FLAGS.named) == (2.0, 3)


def test_a_program_that_was_moved_to_version_2_is_one_of_version_1():
    with standing_in("tensorflow"):
        import tensorflow.compat.v1 as tf1
        from tensorflow.compat import as_text
        from tensorflow.compat.v1 import nn
    tf1.disable_v2_behavior()
    assert tf1 is tf is tf.compat.v1
    assert (nn, as_text(b"a")) == (tf.nn, "a")
    assert tf.__spec__.name == "autodiff.frontends.tensorflow"


def test_a_hook_reports_values(caplog):
    with tf.Graph().as_default():
        step = tf.train.get_or_create_global_step()
        assert tf.train.get_global_step() is step
        loss = tf.constant(2.0, name="loss")
        hooks = [
            tf.train.LoggingTensorHook(["loss:0"], every_n_iter=2),
            tf.train.LoggingTensorHook({"l": loss}, 1, formatter=lambda found: f"<{found['l']}>"),
        ]
        tf.logging.set_verbosity(tf.logging.INFO)
        tf.logging._logger.addHandler(caplog.handler)
        try:
            with tf.train.MonitoredTrainingSession(hooks=hooks) as session:
                for _ in range(3):
                    session.run(loss)
        finally:
            tf.logging.set_verbosity(tf.logging.WARN)
            tf.logging._logger.removeHandler(caplog.handler)
    lines = [line for line in caplog.messages if "loss" in line or "<" in line]
    assert lines == ["loss:0 = 2.0", "<2.0>", "<2.0>", "loss:0 = 2.0", "<2.0>"]


def test_paths_of_tensorflows_own_tree_are_found():
    with standing_in("tensorflow"):
        import tensorflow.contrib.slim as slim
        from tensorflow.contrib.learn.python.learn.datasets.mnist import read_data_sets
        from tensorflow.examples.tutorials.mnist import input_data
        from tensorflow.python.framework import ops
        from tensorflow.python.ops import rnn_cell

        with pytest.raises(ImportError, match="Grucell"):
            from tensorflow.python.ops.rnn_cell import Grucell  # noqa: F401
    assert slim.conv2d is tf.contrib.slim.conv2d
    assert rnn_cell.GRUCell is tf.nn.rnn_cell.GRUCell
    assert ops.reset_default_graph is tf.reset_default_graph
    assert input_data.read_data_sets is read_data_sets


def test_mnist_is_read_where_it_is(tmp_path):
    with pytest.raises(Exception, match=r"python -m autodiff\.data\.mnist"):
        tf.examples.tutorials.mnist.input_data.read_data_sets(str(tmp_path))
    mnist.write_digits(tmp_path)
    data = tf.examples.tutorials.mnist.input_data.read_data_sets(str(tmp_path), one_hot=True)
    images, labels = data.train.next_batch(50)
    assert images.shape == (50, 784)
    assert labels.sum() == 50
    assert 0 <= images.min() <= images.max() <= 1
    seen = sum(len(data.train.next_batch(100)[0]) for _ in range(14))
    assert seen == 1400
    assert data.train.epochs_completed == 1
    with pytest.raises(ValueError, match="ask for less"):
        data.test.next_batch(500)


def test_data_sets_are_found_and_not_downloaded(tmp_path, monkeypatch):
    from autodiff.data.ground.errors import DataError

    learn = tf.contrib.learn
    pytest.importorskip("sklearn")
    assert learn.datasets.load_dataset("iris").data.shape == (150, 4)
    monkeypatch.delenv("AUTODIFF_DATASETS", raising=False)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError, match="MNIST is not in MNIST-data"):
        learn.datasets.load_dataset("mnist")
    base = learn.python.learn.datasets.base
    with pytest.raises(DataError, match=r"put a.zip in 'data'; .* from http://b/a.zip"):
        base.maybe_download("a.zip", "data", "http://b/a.zip")
    (tmp_path / "a.zip").touch()
    assert base.maybe_download("a.zip", str(tmp_path), "") == str(tmp_path / "a.zip")


def test_what_contrib_has_not_says_what_to_write():
    with pytest.raises(AttributeError, match=r"no 'bayesflow' here. Write the draws: mean"):
        _ = tf.contrib.bayesflow
    with pytest.raises(AttributeError, match=r"no 'SVM' here. Write tf.estimator"):
        _ = tf.contrib.learn.SVM
