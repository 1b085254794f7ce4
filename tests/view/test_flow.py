"""Gradient flow: the finding in words, and a state for each node and edge."""

import re

import numpy as np
import pytest

import autodiff as ad
from autodiff import ops
from autodiff.view import draw
from autodiff.view.findings.health import finding, longest_path, state_of
from autodiff.view.pictures.kinds.flow import COLOURS
from autodiff.view.records.subject import ViewError

sigmoid, relu = ops["sigmoid"], ops["relu"]


def deep(activation, weights, x):
    h = x
    for i, weight in enumerate(weights):
        with ad.scope(f"layer{i + 1}"):
            h = activation(weight @ h)
    L = np.sum(h**2)
    return L


def weights(scale, depth=6, size=8):
    rng = np.random.default_rng(0)
    return [rng.normal(size=(size, size)) * scale for _ in range(depth)]


def flow(f, *args):
    return draw(f, *args, flow=True)


def test_vanishing_gradients_name_both_ends_the_op_and_its_bound():
    drawing = flow(lambda w, x: deep(sigmoid, w, x), weights(0.3), np.ones(8))
    sentence = drawing.graph.notes[0]
    assert re.match(r"the gradient shrinks [\d,]+ times on its way back from \S+ to h;", sentence)
    assert "sigmoid nodes multiply it by at most 0.25 each" in sentence
    assert sentence.split(";")[0] in drawing.source


def test_exploding_gradients_name_the_products():
    def linear(w, x):
        h = x
        for weight in w:
            h = weight @ h
        L = np.sum(h)
        return L

    drawing = flow(linear, weights(12.0), np.ones(8))
    assert "grows" in drawing.graph.notes[0]
    assert "smaller" in drawing.graph.notes[0]
    assert "exploding" in drawing.source


def test_a_dead_relu_is_named_with_its_units():
    def net(x):
        h = relu(x - 100.0)
        L = np.sum(h * x)
        return L

    drawing = flow(net, np.ones(64))
    assert drawing.graph.notes[0].startswith("h is dead: 0 of 64 units active")
    assert "0 of 64 units active" in drawing.source
    assert "style=dashed" in drawing.source


def test_a_dead_relu_says_so_also_where_something_arrives_at_it():
    w = np.array([3.0, -2.0])
    drawing = flow(lambda x: np.sum(relu(x - 100.0) * w), np.ones(2))
    assert "0 of 2 units active" in drawing.source
    assert ">dead<" in drawing.source


def test_a_collapsed_layer_shows_what_flows_back_into_and_out_of_it():
    ws, x = weights(0.4), np.ones(8)
    whole = draw(lambda w, x: deep(relu, w, x), ws, x, flow=True)
    groups = draw(lambda w, x: deep(relu, w, x), ws, x, flow=True, collapse=True)
    adjoints = whole.graph.backward.adjoints
    sizes = {np.sqrt(np.mean(np.square(value))) for e, value in adjoints.items() if e.op}
    between = [e for e in groups.graph.edges if e.source.role == e.target.role == "group"]
    assert len(between) == 5
    for edge in between:
        size = np.sqrt(np.mean(np.square(edge.term)))
        assert min(abs(size - own) for own in sizes) <= 1e-12 * size


def test_two_uses_inside_a_collapsed_layer_add_up_on_its_edge():
    def f(x):
        with ad.scope("inside"):
            y = x * np.array([2.0, 3.0]) + x * 4.0
        return np.sum(y)

    graph = draw(f, np.ones(2), flow=True, collapse="inside").graph
    (edge,) = [e for e in graph.edges if e.source.name == "x"]
    assert np.all(edge.term == [6.0, 7.0])


def test_partly_active_relus_are_counted_over_the_batch():
    drawing = flow(lambda x: np.sum(relu(x)), np.array([[1.0, -1.0, -1.0], [-1.0, 1.0, -1.0]]))
    assert "2 of 3 units active" in drawing.source


def test_the_first_nan_names_op_element_line_and_cure():
    def loss(x):
        p = np.sqrt(x)
        L = np.sum(p * 2.0)
        return L

    with np.errstate(all="ignore"):
        drawing = flow(loss, np.array([1.0, -1.0, 4.0]))
    sentence = drawing.graph.notes[0]
    assert "first NaN here: the value of p[1], made by sqrt on line" in sentence
    assert "p = np.sqrt(x)" in sentence
    assert "Cure: keep its argument above 0" in sentence
    assert [n.mark for n in drawing.graph.nodes if n.mark] == ["first NaN here"]


def test_an_adjoint_that_is_infinite_where_all_values_are_finite_is_found():
    drawing = flow(lambda x: np.sum(np.sqrt(x)), np.array([1.0, 0.0]))
    assert "the adjoint of x[1], made by sqrt" in drawing.graph.notes[0]


def test_a_healthy_gradient_says_so_with_its_range():
    assert "healthy" in flow(lambda x: np.sum(x * x), np.ones(3)).graph.notes[0]


def test_size_sets_width_and_one_of_the_colours():
    def scaled(x):
        return x * 1e-4

    drawing = flow(scaled, 1.0)
    line = next(line for line in drawing.source.splitlines() if "->" in line)
    assert re.search(r"penwidth=3\.1[0-9]", line)
    assert any(colour in line for colour in COLOURS)
    assert "0.0001" in line


def test_the_scale_is_absolute_unless_asked():
    colours = []
    for scale in ("absolute", "relative"):
        line = next(
            row
            for row in draw(lambda x: x * 1e-4, 1.0, flow=True, scale=scale).source.splitlines()
            if "->" in row
        )
        colours.append(re.search(r'color="(#\w+)"', line)[1])
    assert colours[0] != colours[1]
    with pytest.raises(ViewError, match="absolute"):
        draw(lambda x: x * x, 1.0, flow=True, scale="huge")


def test_the_legend_is_drawn():
    source = flow(lambda x: x * x, 1.0).source
    assert all(colour in source for colour in COLOURS)
    assert "root mean square, absolute scale" in source


def test_flow_needs_a_gradient():
    x = ad.Tensor(2.0)
    y = x * x
    with pytest.raises(ViewError, match=r"y\.backward\(\)"):
        draw(y, flow=True)
    y.backward()
    assert "healthy" in draw(y, flow=True).graph.notes[0]


@pytest.mark.parametrize(
    ("adjoint", "state"),
    [(1.0, ""), (1e-7, "vanishing"), (1e4, "exploding"), (0.0, "zero"), (np.nan, "not finite")],
)
def test_states(adjoint, state):
    assert state_of(np.float64(adjoint), 1.0) == state


def test_the_longest_path_leads_from_an_input_to_the_output():
    graph = flow(lambda w, x: deep(sigmoid, w, x), weights(0.3), np.ones(8)).graph
    path = longest_path(graph.subject, graph.backward)
    assert path[0].op is None
    assert path[-1] is graph.subject.target
    assert len(path) == 6 * 2 + 3
    assert finding(graph.subject, graph.backward) == graph.notes[0]


def stable_softmax_loss(z, bias):
    z = z + bias
    m = np.max(z, axis=-1, keepdims=True)
    e = np.exp(z - m)
    p = e / np.sum(e, axis=-1, keepdims=True)
    return -np.mean(np.log(p[:, 0]))


def test_what_cancels_is_no_vanishing_gradient():
    z, bias = np.random.default_rng(0).normal(size=(5, 4)), np.zeros(4)
    drawing = flow(stable_softmax_loss, z, bias)
    m = next(node for node in drawing.graph.nodes if node.name == "m")
    assert 0 < np.max(np.abs(m.quantity.value)) < 1e-14
    assert m.lines == ["adjoint 0 up to rounding: its terms cancel"]
    assert "vanishing" not in drawing.source
    assert "0 up to rounding" in drawing.source
    assert "healthy" in drawing.graph.notes[0]


def test_a_small_gradient_that_does_not_cancel_still_vanishes():
    drawing = flow(lambda x: 1e-9 * np.sum(np.tanh(x)), np.ones(3))
    assert "vanishing" in drawing.source
    assert "rounding" not in drawing.source


def test_a_bias_before_a_normalisation_cancels_too():
    def normalised(x, b):
        z = x + b
        centred = z - np.mean(z, axis=0)
        return np.sum(np.tanh(centred / np.sqrt(np.mean(centred**2, axis=0) + 1e-5)) * WEIGHTS)

    WEIGHTS = np.random.default_rng(1).normal(size=(6, 3))
    drawing = flow(normalised, np.random.default_rng(0).normal(size=(6, 3)), np.ones(3))
    b = next(node for node in drawing.graph.nodes if node.name == "b")
    assert "up to rounding" in " ".join(b.lines)


def test_one_input_gets_a_sentence_of_its_own():
    note = flow(lambda x: x * np.sin(x), 2.0).graph.notes[0]
    assert note.startswith("the gradient of x is ")
    assert "between" not in note
