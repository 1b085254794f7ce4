"""Steps: one contribution along one edge each, the same records for every reader."""

import json

import numpy as np
import pytest

import autodiff as ad
from autodiff.view import step, steps
from autodiff.view.findings.wrong_rules import wrong_rules
from autodiff.view.player.steps import SWEEPS, VERSION
from autodiff.view.player.terminal import page, terminal
from autodiff.view.records.given import subject_of
from autodiff.view.records.subject import ViewError


def diamond(x):
    a = x * x
    b = np.sin(x)
    y = a * b + a
    return y


def network(W, x):
    h = np.tanh(W @ x)
    L = np.sum(h)
    return L


ARRAYS = (np.arange(6.0).reshape(2, 3) / 10, np.ones(3))


def test_a_step_is_one_contribution_along_one_edge():
    found = steps(diamond, 2.0, sweeps="reverse")
    edges = [s.edge for s in found if s.kind == "contribution"]
    assert len(edges) == len(set(edges)) == len(found.graph.edges)
    assert found[0].kind == "seed"


def test_the_running_sum_ends_at_the_gradient():
    found = steps(diamond, 2.0, sweeps="reverse")
    to_x = [s for s in found if s.node == "n1"]
    assert [s.changes["n1"]["received"] for s in to_x] == ["1 of 3", "2 of 3", "3 of 3"]
    assert to_x[-1].answer == pytest.approx(ad.grad(diamond)(2.0))
    assert sum(s.term for s in to_x) == pytest.approx(to_x[-1].answer)
    assert "adjoint is complete" in to_x[-1].words


def test_symbolic_and_numeric_lines_match():
    contribution = steps(diamond, 2.0, sweeps="reverse")[-1]
    assert contribution.symbolic == "dy/dx += dy/da · ∂a/∂x (2nd use)"
    assert contribution.numeric.endswith(f"= {contribution.answer:.4g}")
    assert " + " in contribution.numeric
    assert " × " in contribution.numeric


def test_forward_steps_show_formula_and_numbers():
    last = steps(diamond, 2.0, sweeps="forward")[-1]
    assert last.symbolic == "y = v4 + a"
    assert last.numeric == "3.637 + 4 = 7.637"


def test_dual_steps_end_at_the_derivative():
    found = steps(diamond, 2.0, sweeps="dual")
    assert found[-1].answer == pytest.approx(ad.derivative(diamond)(2.0))
    state = found.sweeps[0].state(len(found))
    assert state["n5"]["tangent"] == f"{ad.derivative(diamond)(2.0):.4g}"


@pytest.mark.parametrize(("sweep", "name"), [("reverse", "m"), ("dual", "total")])
def test_a_step_says_that_what_is_left_is_rounding(sweep, name):
    def f(z):
        z = z * np.array([1.0, 2.0, 4.0])  # or the tangent of ones is exactly 0
        m = np.max(z)
        p = np.exp(z - m) / np.sum(np.exp(z - m))
        total = np.sum(p)
        return p[0] + 3.0 * total

    rests = []
    for z in np.random.default_rng(0).normal(size=(6, 3)):
        found = steps(f, z, sweeps=sweep)
        key = next(node.key for node in found.graph.nodes if node.name == name)
        last = [s for s in found if s.kind == "contribution" and s.node == key][-1]
        if not last.numeric.endswith("= 0"):
            rests.append(last.words)
    assert rests
    assert all("0 up to rounding" in words for words in rests)


def test_the_check_sweep_compares_and_judges():
    sweep = steps(diamond, 2.0, sweeps="check").sweeps[0]
    state = sweep.state(len(sweep.steps))
    assert state["r1"]["verdict"] == "agrees"
    assert float(state["r1"]["quotient"]) == pytest.approx(float(state["r1"]["adjoint"]), rel=1e-6)


def test_check_goes_through_the_coordinates_of_arrays():
    sweep = steps(network, *ARRAYS, sweeps="check").sweeps[0]
    assert [row["name"] for row in sweep.rows][:2] == ["W[0, 0]", "W[0, 1]"]
    assert len(sweep.rows) == 9
    assert {c["verdict"] for c in sweep.state(len(sweep.steps)).values()} == {"agrees"}


def test_blocked_edges_are_steps_too():
    found = steps(lambda x: x * np.sign(x), 2.0, sweeps="reverse")
    assert [s.kind for s in found].count("blocked") == 1


def test_the_record_is_json_and_versioned():
    record = json.loads(steps(network, *ARRAYS).to_json())
    assert record["version"] == VERSION
    assert [s["name"] for s in record["sweeps"]] == list(SWEEPS)
    keys = {n["key"] for n in record["nodes"]}
    assert all(s["node"] in keys for sweep in record["sweeps"] for s in sweep["steps"])
    edges = {e["key"] for e in record["edges"]}
    used = {s["edge"] for sweep in record["sweeps"] for s in sweep["steps"]} - {None}
    assert used <= edges


def test_nan_and_infinity_stay_valid_json():
    with np.errstate(all="ignore"):
        text = steps(lambda x: np.log(x) * np.nan, 0.0).to_json()
    assert json.loads(text)["sweeps"]


def test_the_source_line_is_cut_at_its_lit_part():
    record = steps(diamond, 2.0).record()
    place = next(n["place"] for n in record["nodes"] if n["name"] == "b")
    assert (place["before"].strip(), place["lit"], place["after"]) == ("b =", "np.sin(x)", "")
    assert record["files"][place["file"]][str(place["line"])].strip() == "b = np.sin(x)"


def test_source_columns_count_characters_not_bytes():
    def greek(x):
        θλ = "é🙂" and np.sin(x) * 2.0
        return θλ

    lit = {n["place"]["lit"] for n in steps(greek, 1.0).record()["nodes"] if n["place"]}
    assert "np.sin(x)" in lit


def test_print_shows_everything_in_words():
    text = str(steps(diamond, 2.0))
    for words in ("Forward sweep", "Reverse sweep", "Dual sweep", "Gradient check", "+="):
        assert words in text


def test_tensors_and_tapes_can_be_stepped_through():
    x = ad.Tensor(3.0)
    y = x * x
    assert steps(y, sweeps="reverse")[-1].answer == 6.0
    assert x.grad is None


def test_unknown_sweeps_and_long_runs_are_refused():
    with pytest.raises(ViewError, match="no sweep 'sideways'"):
        steps(diamond, 2.0, sweeps="sideways")

    def long(x):
        for _ in range(2500):
            x = x * 1.0
        return x

    with pytest.raises(ViewError, match="at most 2000"):
        steps(long, 1.0)


def wrong(x):
    op = ad.custom_op(lambda x: x**3, partials=(lambda ans, x: 2 * x**2,))
    h = np.sin(x)
    y = op(h) * 2.0
    return y


def test_a_wrong_rule_is_found_and_marked():
    found = wrong_rules(subject_of(wrong, (1.0,)))
    assert len(found) == 1
    checked = steps(wrong, 1.0, check=True)
    marked = [n for n in checked.graph.nodes if n.mark]
    assert len(marked) == 1
    h = np.sin(1.0)  # of a single number the two slopes are those in the picture: 2 h² and 3 h²
    said, measured = f"says {2 * h**2:.4g};", f"quotient {3 * h**2:.4g}"
    assert marked[0].mark.startswith("wrong rule:")
    assert said in marked[0].mark
    assert measured in marked[0].mark
    state = checked.sweeps[-1].state(99)
    assert state["r1"]["verdict"] == "WRONG"


def test_the_player_opens_at_the_wrong_rule():
    player = step(wrong, 1.0, check=True)
    opening = player._opening()
    reverse = next(s for s in player.steps.sweeps if s.name == opening["sweep"])
    edge = reverse.steps[opening["position"] - 1].edge
    target = next(e.target for e in player.steps.graph.edges if e.key == edge)
    assert target.mark


def test_a_wrong_rule_is_marked_in_the_drawing():
    from autodiff.view import draw

    assert "wrong rule: " in draw(wrong, 1.0, check=True).source
    assert "wrong rule" not in draw(diamond, 2.0, check=True).source


def test_right_rules_are_not_suspected():
    assert wrong_rules(subject_of(network, ARRAYS)) == {}
    assert wrong_rules(subject_of(diamond, (2.0,))) == {}


def test_the_terminal_marks_the_changed_cell():
    found = steps(diamond, 2.0, sweeps="reverse")
    text = page(found.sweeps[0], 1)
    assert "1*" in text
    assert "> y" in text
    assert "step 1 of" in text


def test_the_terminal_moves_and_ends():
    found = steps(diamond, 2.0)
    shown, keys = [], iter(["", "", "b", "]", "l", "f", "[", "q"])
    terminal(found, read=lambda prompt: next(keys), write=shown.append)
    heads = [text.splitlines()[0] for text in shown]
    total = len(found.sweeps[1].steps)
    assert heads == [
        "Forward sweep: values: step 0 of 5",
        "Forward sweep: values: step 1 of 5",
        "Forward sweep: values: step 2 of 5",
        "Forward sweep: values: step 1 of 5",
        f"Reverse sweep: adjoints: step 0 of {total}",
        f"Reverse sweep: adjoints: step {total} of {total}",
        f"Reverse sweep: adjoints: step 0 of {total}",
        "Forward sweep: values: step 0 of 5",
    ]


def test_the_terminal_ends_with_its_input():
    def closed(prompt):
        raise EOFError

    shown = []
    terminal(steps(diamond, 2.0), read=closed, write=shown.append)
    assert len(shown) == 1


@pytest.mark.parametrize(
    ("tour", "words"),
    [
        ([(("reverse", "q"), "x")], "Did you mean"),
        ([(("backward", "x"), "x")], "with a sweep of"),
        ([(("reverse", "x", 9), "x")], "2 times"),
        ([(("reverse", 99), "x")], "3 steps"),
        ([("reverse",)], "1 parts"),
    ],
)
def test_a_tour_that_leads_nowhere_is_refused(tour, words):
    def square(x):
        y = x * x
        return y

    with pytest.raises(ViewError, match=words):
        step(square, 2.0, tour=tour)


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("shape", [(1, 6), (1, 1, 4), (3, 1), (1,), (2, 1, 3)])
@pytest.mark.parametrize("reduced", [np.sum, np.mean, np.max, np.prod, np.var])
def test_products_of_reductions_over_axes_of_length_one(reduced, shape, keepdims):
    """Such a sum has as many entries as what it sums, in fewer axes."""
    x = np.random.default_rng(shape).normal(size=shape)
    for axis in (*range(len(shape)), None):

        def f(x, axis=axis):
            return np.sum(np.tanh(reduced(x, axis=axis, keepdims=keepdims)))

        for made in steps(f, x, sweeps="reverse"):
            if made.product:
                assert made.product[-1]["shape"]
