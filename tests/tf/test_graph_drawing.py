"""Pictures of a graph: before a run, after one, with its backward part."""

import numpy as np
import pytest

import autodiff as ad
from autodiff.frontends import tensorflow as tf
from autodiff.view.pictures.kinds.ran import DONE, PALE
from autodiff.view.records.subject import ViewError


def lecture():
    a, b = tf.placeholder("float", name="a"), tf.placeholder("float", name="b")
    c = tf.get_variable("my_var", shape=(1), initializer=tf.constant_initializer(5))
    return a, b, c, tf.mul(a, tf.log(b)) + c


def node(drawing, name):
    return next(n for n in drawing.graph.nodes if n.name == name)


def source_of(drawing, name):
    key = node(drawing, name).key
    return next(line for line in drawing.source.splitlines() if line.startswith(f"\t{key} ["))


def test_nothing_is_computed_before_a_run():
    *_, y = lecture()
    drawing = ad.draw(y)
    assert [n.name for n in drawing.graph.nodes] == ["a", "b", "my_var", "Log", "Mul", "add"]
    assert node(drawing, "Mul").formula == "a * Log"
    assert "value" not in drawing.source  # no number and no place for one
    assert "my_var   [parameter]\n    value  float32 (1,),  not computed" in drawing.outline()


def test_a_partial_run_is_coloured_and_the_rest_pale():
    a, b, _, y = lecture()
    tf.exp(a, name="unused")
    sess = tf.Session()
    sess.run(tf.initialize_all_variables())
    metadata = tf.RunMetadata()
    sess.run(y, {a: 3, b: 3}, run_metadata=metadata)
    drawing = ad.draw(sess.graph, ran=metadata)
    assert DONE["fillcolor"] in source_of(drawing, "Mul")
    assert "8.296" in source_of(drawing, "add")
    assert PALE in source_of(drawing, "unused")
    assert DONE["fillcolor"] not in source_of(drawing, "unused")
    assert drawing.source.count(DONE["fillcolor"]) == 3
    assert "run: 3 of 4 operations (green); pale: not needed" in drawing.source
    again = ad.draw(sess.graph, ran=sess)  # a session remembers what its last run executed
    assert again.source.count(DONE["fillcolor"]) == 3
    assert "8.296" not in again.source


def test_a_fed_tensor_is_told_from_a_computed_one():
    a, _, _, y = lecture()
    log = y.graph.get_tensor_by_name("Log:0")
    sess = tf.Session()
    sess.run(tf.initialize_all_variables())
    sess.run(y, {a: 3, log: 1.0})
    drawing = ad.draw(y, ran=sess)
    assert node(drawing, "Log").mark == "fed"
    assert PALE in source_of(drawing, "b")


def test_backward_nodes_are_drawn_with_their_formulas():
    a, b, c, y = lecture()
    tf.gradients(y, [a, b, c])
    drawing = ad.draw(y.graph)
    assert node(drawing, "Mul_grad_1").formula == "a * add_grad"
    assert node(drawing, "Mul_grad_1").role == "backward"
    assert node(drawing, "Fill").scope == ("gradients",)


def test_scopes_are_clusters_with_short_names_inside():
    x = tf.placeholder("float", [None, 4], name="x")
    h = x
    for name in ("layer1", "layer2"):
        with tf.variable_scope(name):
            h = tf.tanh(tf.matmul(h, tf.get_variable("w", [4, 4])))
    drawing = ad.draw(h)
    assert "cluster_layer1" in drawing.source
    formulas = [n.formula for n in drawing.graph.nodes if n.name == "MatMul"]
    assert formulas == ["x @ w", "layer1/Tanh @ w"]


def test_a_training_step_shows_updates_and_their_order():
    w = tf.Variable(np.ones(3, np.float32), name="w")
    tf.train.AdamOptimizer().minimize(tf.reduce_sum(tf.square(w)))
    drawing = ad.draw(w.graph)
    names = [n.name for n in drawing.graph.nodes]
    assert "Assign" not in names  # initialization and slots are left out
    assert node(drawing, "ApplyAdam").formula == "w ← Adam(gradient)"
    order = [e for e in drawing.graph.edges if e.carries == "order"]
    assert (order[0].source.name, order[0].target.name) == ("ApplyAdam", "count")


def test_a_graph_of_several_results_and_of_a_branch_can_be_drawn():
    x = tf.placeholder("float", [4])
    left, right = tf.split(0, 2, x)
    y = tf.cond(left[0] > 0, lambda: left, lambda: right)
    tf.gradients(y, [x])
    assert ad.draw(x.graph).outline()


def test_what_a_graph_has_not_is_refused_with_the_way():
    *_, y = lecture()
    with pytest.raises(ViewError, match=r"Add the backward nodes to the graph, tf\.gradients"):
        ad.draw(y, mode="reverse")
    with pytest.raises(ViewError, match="before it is run"):
        ad.draw(lambda x: x * x, 2.0, ran=[])
    with pytest.raises(ViewError, match="the graph is empty"):
        ad.draw(tf.Graph())


def test_the_graph_prints_as_a_table():
    *_, y = lecture()
    line = str(y.graph.program).splitlines()[-1]
    assert line.split()[:4] == ["add", "Mul", "+", "my_var"]


def test_a_comparison_in_a_backward_formula_has_parentheses():
    x = tf.placeholder("float", [3], name="x")
    drawn = ad.draw(tf.gradients(tf.nn.relu(x), [x])[0])
    assert "(x > 0) * Fill" in str(drawn)
