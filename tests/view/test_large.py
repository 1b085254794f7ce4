"""Scopes, folded repeats, and the budget for large graphs."""

import time

import numpy as np
import pytest

import autodiff as ad
from autodiff.view import draw
from autodiff.view.records.budget import (
    COLLAPSE_ABOVE,
    FEWEST,
    READABLE,
    REFUSE_ABOVE,
    TooLargeError,
)
from autodiff.view.records.subject import ViewError


def layers(x, count=5):
    for i in range(count):
        with ad.scope(f"layer{i + 1}"):
            x = np.tanh(x * 1.5)
    y = x + 1.0
    return y


def irregular(x):
    y = x
    for i in range(3000):
        y = (np.sin, np.cos, np.tanh)[i * i * 7 % 11 % 3](y) + np.sin(y)
    return y


def loop(x, times=5000):
    for _ in range(times):
        x = np.sin(x) * 1.01
    return x


def names(drawing):
    return [node.name for node in drawing.graph.nodes]


def test_scopes_become_clusters():
    source = draw(layers, 1.0).source
    assert source.count("subgraph") == 5
    assert "<B>layer3</B>" in source


def test_nested_scopes_become_nested_clusters():
    def nested(x):
        with ad.scope("outer"), ad.scope("inner"):
            return np.tanh(x) * 2.0

    assert "cluster_outer/inner" in draw(nested, 1.0).source


def test_a_scope_collapses_to_one_box_with_its_size():
    drawing = draw(layers, 1.0, collapse="layer2")
    box = next(node for node in drawing.graph.nodes if node.role == "group")
    assert box.name == "layer2"
    assert box.lines == ["2 ops · in () · out ()"]
    into = [e.source.name for e in drawing.graph.edges if e.target is box]
    out = [e.target.name for e in drawing.graph.edges if e.source is box]
    assert (len(into), len(out)) == (1, 1)


def test_depth_collapses_what_is_nested_deeper():
    assert len([n for n in draw(layers, 1.0, depth=0).graph.nodes if n.role == "group"]) == 5


def test_depth_folds_what_a_page_folds_a_loop_without_functions_too():
    drawing = draw(loop, 1.0, 200, argnums=0, depth=0)
    assert "x × 200" in names(drawing)
    assert len(drawing.graph.nodes) <= 4
    opened = draw(loop, 1.0, 200, argnums=0, depth=1)
    assert len(drawing.graph.nodes) < len(opened.graph.nodes) < 70


def test_depth_keeps_the_groups_around_open():
    def norm(x):
        m = np.mean(x)
        return x - m

    def block(x):
        h = norm(x) * 2.0
        return h + norm(np.tanh(h))

    f = lambda x: np.sum(block(x) + block(x + 1.0))
    at = [draw(f, np.ones(3), depth=depth) for depth in range(3)]
    roles = [[n.name for n in d.graph.nodes if n.role == "group"] for d in at]
    assert roles == [["block(x)", "block(…)"], ["norm(x)", "norm(…)"] * 2, []]
    assert "<B>block(x)</B>" in at[1].source
    with pytest.raises(ViewError, match="begins with 0"):
        draw(f, np.ones(3), depth=-1)


def test_all_scopes_collapse():
    assert len([n for n in draw(layers, 1.0, collapse=True).graph.nodes if n.role == "group"]) == 5


def test_equal_sibling_scopes_fold_after_the_first():
    drawing = draw(layers, 1.0, collapse="repeats")
    assert "layer2 … layer5: layer1 × 4 more" in names(drawing)
    assert "<B>layer1</B>" in drawing.source


def test_a_wrong_scope_gets_a_suggestion():
    with pytest.raises(ViewError, match="layer2"):
        draw(layers, 1.0, collapse="layr2")
    with pytest.raises(ViewError, match="No scope was recorded"):
        draw(lambda x: x * x, 1.0, collapse="layer")


def test_over_the_budget_loops_fold_by_themselves_and_say_so():
    drawing = draw(loop, 1.0)
    assert len(drawing.graph.nodes) < 10
    assert any("4999 more" in name for name in names(drawing))
    assert "collapse=False draws them all" in drawing.source


def test_a_graph_without_any_structure_is_folded_in_runs():
    drawing = draw(irregular, 1.0)
    assert 10 < len(drawing.graph.nodes) <= COLLAPSE_ABOVE
    assert "collapse=False" in drawing.graph.notes[-1]


def test_too_much_in_full_is_refused_with_three_ways_out():
    with pytest.raises(TooLargeError, match=r"between=.*collapse=.*depth="):
        draw(irregular, 1.0, collapse=False)


def test_what_the_user_chose_is_not_collapsed_further():
    drawing = draw(loop, 1.0, 100, collapse=False, argnums=0)
    assert len(drawing.graph.nodes) == 201
    assert REFUSE_ABOVE > 201


def test_what_has_parts_is_unfolded_as_deep_as_one_can_read_it():
    def norm(x):
        m = np.mean(x)
        return (x - m) / np.sqrt(np.mean((x - m) ** 2) + 1e-5)

    def layer(w, x):
        return x + norm(np.tanh(w * x))

    def net(w, x):
        for _ in range(9):
            x = layer(w, x)
        return np.sum(x)

    drawing = draw(net, np.ones(3), np.arange(3.0))
    whole = draw(net, np.ones(3), np.arange(3.0), collapse=False)
    assert FEWEST <= len(drawing.graph.nodes) <= READABLE < len(whole.graph.nodes) < COLLAPSE_ABOVE
    assert [n.name for n in drawing.graph.nodes if n.role == "group"] == ["norm(…)"] * 9
    assert "collapse=False draws them all" in drawing.source
    for closely in ({"flow": True}, {"check": True}, {"mark": {"x": "here"}}):  # single values
        assert len(draw(net, np.ones(3), np.arange(3.0), **closely).graph.nodes) > READABLE


def test_one_large_function_is_not_one_box():
    def all_of_it(x):
        for _ in range(30):
            x = np.tanh(2.0 * x)
        return x

    drawing = draw(lambda x: all_of_it(x), 1.0)
    assert len(drawing.graph.nodes) > READABLE
    assert not drawing.graph.notes


@pytest.mark.timed
def test_ten_thousand_equations_answer_within_two_seconds():
    start = time.process_time()  # other programs do not stretch it
    draw(loop, 1.0)
    draw(irregular, 1.0)
    assert time.process_time() - start < 6.0  # of two, on a machine half as fast as the usual


def test_a_deep_chain_of_tensors_does_not_recurse():
    x = ad.Tensor(1.0)
    y = x
    for _ in range(5000):
        y = y * 1.0001
    y.backward()
    assert len(draw(y).graph.nodes) < 10


def test_values_that_lead_nowhere_can_be_hidden():
    with ad.Tape() as tape:
        x = ad.Tensor(2.0)
        unused = np.exp(x)
        y = x * x
    y.backward()
    assert unused.data > 0
    assert "unused" in names(draw(tape))
    assert "unused" not in names(draw(tape, dead_ends=False))


def test_constants_get_boxes_as_asked():
    def f(x):
        return np.sum(x * np.array([1.0, 2.0])) * 3.0

    counts = {
        which: sum(n.role == "constant" for n in draw(f, np.ones(2), constants=which).graph.nodes)
        for which in ("none", "arrays", "all")
    }
    assert counts == {"none": 0, "arrays": 1, "all": 2}
