"""`tf.estimator` and `tf.feature_column`: numbers are those of TensorFlow 2.15's compat.v1."""

import functools

import numpy as np
import pytest

from autodiff.frontends import tensorflow as tf
from autodiff.frontends.tensorflow.ops.fingerprints import crossed, fingerprint, murmur

E, fc = tf.estimator, tf.feature_column
N = 60
RNG = np.random.default_rng(0)
X = RNG.normal(size=(N, 3)).astype("f4")
A = RNG.normal(size=N)
TOWN = np.array(["Bern", "Basel", "Chur"])[RNG.integers(0, 3, N)]
Z = RNG.integers(0, 5, N)
TWO = (X[:, 0] + 0.5 * A + (TOWN == "Bern") > 0).astype(int)
NUMBER = X[:, 1] * 2 + 1
THREE = (np.abs(X[:, 0]) * 2).astype(int).clip(0, 2)


def rows(labels, rounds=1, shuffle=False, **more):
    features = {"x": X, "a": A, "town": TOWN, "z": Z}
    return E.inputs.numpy_input_fn(features, labels, 7, rounds, shuffle, **more)


def columns():
    town = fc.categorical_column_with_vocabulary_list("town", ["Bern", "Basel"], num_oov_buckets=1)
    buckets = fc.bucketized_column(fc.numeric_column("a"), [-1.0, 0.0, 0.5])
    return {
        "x": fc.numeric_column("x", 3), "a": fc.numeric_column("a"), "town": town,
        "hash": fc.categorical_column_with_hash_bucket("town", 7),
        "z": fc.categorical_column_with_identity("z", 5), "buckets": buckets,
        "crossed": fc.crossed_column(["town", buckets], 20),
    }  # fmt: skip


def trained(model, labels):
    found = model.train(rows(labels, 3)).evaluate(rows(labels))
    assert found.pop("global_step") == 26
    return found, list(model.predict(rows(labels)))


def test_a_linear_classifier_with_columns_of_all_kinds():
    c = columns()
    every = [c[k] for k in ("x", "a", "town", "z", "buckets", "crossed")]
    found, predictions = trained(E.LinearClassifier(every), TWO)
    expected = dict(
        accuracy=0.9667, accuracy_baseline=0.5, auc=0.9978, auc_precision_recall=0.9979,
        average_loss=0.2959, loss=1.9724,
    )  # fmt: skip
    expected |= {"label/mean": 0.5, "prediction/mean": 0.5091}
    assert found == pytest.approx(expected, abs=1e-4)
    assert len(predictions) == N
    assert predictions[3]["logits"] == pytest.approx([-1.9827], abs=2e-4)
    assert predictions[3]["classes"].tolist() == [b"0"]
    assert predictions[3]["probabilities"] == pytest.approx([0.879, 0.121], abs=1e-4)


def test_linear_regressors_and_three_classes():
    c = columns()
    few = [c["x"], c["buckets"], c["town"]]
    found, _ = trained(
        E.LinearRegressor(few, optimizer=tf.train.GradientDescentOptimizer(0.01)), NUMBER
    )
    assert found == pytest.approx({"average_loss": 0.0194, "loss": 0.1296}, abs=1e-4)
    found, _ = trained(E.LinearRegressor([c["x"], c["a"]], optimizer="Adagrad"), NUMBER)
    assert found == pytest.approx({"average_loss": 0.2944, "loss": 1.9627}, abs=1e-4)
    found, predictions = trained(
        E.LinearClassifier([c["x"], c["z"], c["hash"]], n_classes=3), THREE
    )
    assert predictions[3]["probabilities"] == pytest.approx([0.2885, 0.2308, 0.4807], abs=1e-4)


def network(features, labels, mode, params):
    c = columns()
    embedded = fc.embedding_column(c["town"], 4, initializer=tf.constant_initializer(0.3))
    net = fc.input_layer(
        features, [embedded, fc.indicator_column(c["crossed"]), c["x"], c["buckets"]]
    )
    width = int(net.get_shape()[1])
    start = np.linspace(-1, 1, 5 * width).reshape(-1, 5).astype("f4")
    net = tf.layers.dense(net, 5, tf.nn.tanh, kernel_initializer=tf.constant_initializer(start))
    logits = tf.layers.dense(net, 1, kernel_initializer=tf.constant_initializer(0.2))
    chance = tf.sigmoid(logits)
    if mode == E.ModeKeys.PREDICT:
        return E.EstimatorSpec(mode, predictions={"p": chance})
    labels = tf.reshape(labels, [-1, 1])
    loss = tf.losses.sigmoid_cross_entropy(labels, logits)
    if mode == E.ModeKeys.EVAL:
        measures = {"auc": tf.metrics.auc(labels, chance)}
        return E.EstimatorSpec(mode, loss=loss, eval_metric_ops=measures)
    step = tf.train.AdamOptimizer(params["rate"]).minimize(loss, tf.train.get_global_step())
    return E.EstimatorSpec(mode, loss=loss, train_op=step)


def test_a_model_function_of_ones_own():
    model = E.Estimator(network, params={"rate": 0.01})
    found, predictions = trained(model, TWO)
    assert found == pytest.approx({"auc": 0.88, "loss": 0.4921}, abs=2e-4)
    assert predictions[3]["p"] == pytest.approx([0.17], abs=2e-4)
    model.train(rows(TWO, None), steps=5)
    assert model.get_variable_value("global_step") == 31
    model.train(rows(TWO, None), max_steps=10)  # it is there already
    assert model.get_variable_value("global_step") == 31
    again = E.Estimator(network, model.model_dir, params={"rate": 0.01})
    E.train_and_evaluate(again, E.TrainSpec(rows(TWO, None), 40), E.EvalSpec(rows(TWO)))
    assert again.get_variable_value("global_step") == 40
    assert "dense/kernel" in again.get_variable_names()


def test_optimizers_go_on_where_they_were():
    x, y = X, X[:, :1] * 2 + 1

    def model_fn(features, labels, mode):
        out = tf.layers.dense(features["x"], 1, kernel_initializer=tf.constant_initializer(0.2))
        if mode == E.ModeKeys.PREDICT:
            return E.EstimatorSpec(mode, out)
        loss = tf.reduce_mean(tf.square(out - labels))
        step = tf.train.AdamOptimizer(0.05).minimize(loss, tf.train.get_global_step())
        return E.EstimatorSpec(mode, out, loss, step)

    def data(rounds):
        return E.inputs.numpy_input_fn({"x": x}, y, 7, rounds, False)

    model = E.Estimator(model_fn)
    losses = [model.train(data(None), steps=5).evaluate(data(1))["loss"] for _ in range(3)]
    assert losses == pytest.approx([3.156625, 2.2381885, 1.5306296], rel=1e-5)
    assert len(next(model.predict(data(1), yield_single_examples=False))) == 7


def test_deep_models_learn_and_datasets_are_read():
    c = columns()
    deep = [c["x"], fc.indicator_column(c["town"]), fc.embedding_column(c["hash"], 2)]
    kinds = [
        (E.DNNClassifier([8], deep, n_classes=3), THREE),
        (E.DNNRegressor([8, 4], deep, dropout=0.1), NUMBER),
        (E.DNNLinearCombinedClassifier(None, [c["crossed"]], "Ftrl", deep, "Adagrad", [8]), TWO),
    ]
    for model, labels in kinds:
        few = model.train(rows(labels, None, True), steps=2).evaluate(rows(labels))["loss"]
        many = model.train(rows(labels, None, True), steps=80).evaluate(rows(labels))["loss"]
        assert many < few

    def of_a_dataset():
        data = tf.data.Dataset.from_tensor_slices(({"x": X}, NUMBER.astype("f4")))
        return data.batch(6)

    model = E.LinearRegressor([c["x"]])
    model.train(of_a_dataset)
    assert model.evaluate(of_a_dataset, steps=2)["global_step"] == 10


def test_the_hashes_are_tensorflows():
    words = [bytes(range(n)) for n in (0, 1, 5, 9, 20, 40, 64, 65, 200)]
    fast = [7263, 5796, 5577, 2383, 5849, 3436, 7243, 3374, 8851]
    slow = [3899, 1046, 7233, 431, 1406, 7969, 612, 1444, 4042]
    assert [fingerprint(w) % 10000 for w in words] == fast
    assert [murmur(w) % 10000 for w in words] == slow
    assert [crossed([fingerprint(w), n]) % 1000 for w, n in ((b"x", 3), (b"yy", 7))] == [960, 256]


def test_what_does_not_fit_is_said():
    with pytest.raises(ValueError, match="say shuffle"):
        E.inputs.numpy_input_fn(X)
    with pytest.raises(ValueError, match="differ in length"):
        E.inputs.numpy_input_fn({"x": X}, TWO[:5], shuffle=False)
    with pytest.raises(ValueError, match="needs train_op"):
        E.EstimatorSpec(E.ModeKeys.TRAIN, loss=tf.constant(1.0))
    model = E.LinearRegressor([fc.numeric_column("weight")])
    with pytest.raises(ValueError, match=r"no feature is called 'weight'; there are \['a'"):
        model.train(rows(NUMBER), steps=1)
    with pytest.raises(ValueError, match="call train first"):
        model.evaluate(rows(NUMBER))
    with pytest.raises(ValueError, match="indicator_column or embedding_column"):
        fc.input_layer({}, [fc.categorical_column_with_identity("z", 3)])
    with pytest.raises(NotImplementedError, match="no SavedModel"):
        model.export_savedmodel("there", None)
    with pytest.raises(AttributeError, match="there is no SavedModel, which it is for"):
        _ = E.export.build_raw_serving_input_receiver_fn
    with pytest.raises(AttributeError, match="leave exporters= out"):
        _ = E.FinalExporter
    assert E.export.PredictOutput({"p": 1}).outputs == {"p": 1}


def test_arguments_of_a_model_stand_in_tensorflows_order_and_a_wrong_one_is_named():
    c = columns()
    model = E.DNNLinearCombinedRegressor(None, [c["z"]], "Ftrl", [c["x"]], "Adam", [3], None, 0.1)
    deep, linear = model.model_fn.__closure__[-1].cell_contents
    assert (deep.optimizer, deep.hidden, deep.dropout) == ("Adam", [3], 0.1)
    assert linear.optimizer == "Ftrl"
    with pytest.raises(TypeError, match=r"LinearClassifier\(\) missing .*'feature_columns'"):
        E.LinearClassifier(n_classes=3)
    with pytest.raises(TypeError, match="loss_reduction= is not supported"):
        E.LinearRegressor([c["a"]], loss_reduction="mean")


@pytest.mark.parametrize("most", [1, 2])
def test_so_many_checkpoints_are_kept_as_the_config_says(tmp_path, most):
    config = E.RunConfig(save_checkpoints_steps=5, keep_checkpoint_max=most)
    model = E.LinearRegressor([fc.numeric_column("a")], str(tmp_path), config=config)
    model.train(rows(NUMBER, None), steps=20)
    kept = tf.train.get_checkpoint_state(str(tmp_path)).all_model_checkpoint_paths
    steps = [int(path.rpartition("-")[2]) for path in kept]
    assert steps == [5, 10, 15, 20][-most:]
    left = {int(p.name.split("-")[1].split(".")[0]) for p in tmp_path.glob("model.ckpt-*")}
    assert left == set(steps)


def test_a_measure_of_contrib_learn_has_its_weights():
    learn = tf.contrib.learn
    weights = RNG.random(N).astype("f4")
    features = {"a": A.astype("f4"), "w": weights}

    def model_fn(features, targets, mode, params, config):
        assert config is None or params["shift"] == 1.0
        value = features["a"] + params["shift"]
        step = tf.assign_add(tf.contrib.framework.get_or_create_global_step(), np.int64(1))
        return {"value": value}, tf.reduce_mean(tf.square(value)), step

    own = learn.Estimator(functools.partial(model_fn, config=None), params={"shift": 1.0})
    own.fit(features, NUMBER, steps=2)
    mean = lambda values, labels, weights=None: tf.contrib.metrics.streaming_mean(values, weights)
    found = own.evaluate(features, NUMBER, metrics={
        "plain": learn.MetricSpec(mean, "value"),
        "weighted": learn.MetricSpec(mean, "value", weight_key="w"),
    })  # fmt: skip
    assert found["plain"] == pytest.approx(np.mean(A + 1), rel=1e-5)
    assert found["weighted"] == pytest.approx(np.average(A + 1, weights=weights), rel=1e-5)
    again = own.evaluate(features, NUMBER)
    assert "plain" not in again


def test_the_estimators_of_contrib_learn():
    learn, layers = tf.contrib.learn, tf.contrib.layers
    columns = learn.infer_real_valued_columns_from_input(X)
    linear = learn.LinearClassifier(feature_columns=columns, n_classes=3)
    linear.fit(X, THREE, steps=40)
    found = linear.evaluate(X, THREE)
    assert found["loss"] == pytest.approx(found["average_loss"])  # a mean, and not a sum
    assert linear.predict(X).tolist() == list(linear.predict_classes(X, as_iterable=True))
    assert linear.predict_proba(X[:2]).sum(1) == pytest.approx([1, 1])
    with pytest.raises(ValueError, match="needs steps"):
        linear.fit(X, THREE)
    with pytest.raises(TypeError, match="gradient_clip_norm= is not supported"):
        learn.LinearClassifier(columns, gradient_clip_norm=1.0)

    def model_fn(features, targets, mode, params):
        logits = layers.fully_connected(features, 3, activation_fn=None)
        loss = step = None
        if mode != learn.ModeKeys.INFER:
            loss = tf.contrib.losses.softmax_cross_entropy(logits, tf.one_hot(targets, 3))
        if mode == learn.ModeKeys.TRAIN:
            step = layers.optimize_loss(
                loss, tf.contrib.framework.get_global_step(), params["rate"], "Adam"
            )
        return {"class": tf.argmax(logits, 1)}, loss, step

    own = learn.Estimator(model_fn, params={"rate": 0.05})
    own.fit(X, THREE, steps=30, batch_size=20)
    right = learn.MetricSpec(tf.contrib.metrics.streaming_accuracy, "class")
    found = own.evaluate(X, THREE, metrics={"right": right})
    share = np.mean([row["class"] for row in own.predict(X)] == THREE)
    assert found["right"] == pytest.approx(share)

    age = layers.real_valued_column("a")
    town = layers.sparse_column_with_hash_bucket("town", 100)
    wide = layers.crossed_column([layers.bucketized_column(age, [-1.0, 0.0]), town], 50)
    both = learn.DNNLinearCombinedClassifier(
        linear_feature_columns=[wide, layers.sparse_column_with_keys("town", ["Bern"])],
        dnn_feature_columns=[age, layers.embedding_column(town, dimension=3)],
        dnn_hidden_units=[4], fix_global_step_increment_bug=True,
    )  # fmt: skip
    few = both.fit(input_fn=rows(TWO, None, True), steps=1).evaluate(input_fn=rows(TWO))
    many = both.fit(input_fn=rows(TWO, None, True), steps=80).evaluate(input_fn=rows(TWO))
    assert many["loss"] < few["loss"]
    cat = learn.SKCompat(learn.LinearRegressor(feature_columns=columns))
    assert cat.fit(X, NUMBER, steps=30).predict(X)["predictions"].shape == (N, 1)
