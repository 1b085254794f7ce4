"""Structure of drawings: nodes, edges, labels, states; never pixels."""

import re
import subprocess
import sys

import numpy as np
import pytest

import autodiff as ad
from autodiff.core.ground.errors import AutodiffError
from autodiff.core.reverse.sweep import sweep
from autodiff.core.transforms.record import record
from autodiff.view import draw, draw_failure, paths
from autodiff.view.records.derive import pull
from autodiff.view.records.subject import ViewError


def neuron(x1, x2, w1, w2, b):
    z = w1 * x1 + w2 * x2 + b
    h = np.tanh(z)
    L = (h - 1) ** 2
    return L


def diamond(x):
    a = x * x
    b = np.sin(x)
    y = a * b + np.sign(x)
    return y


def network(p, x, y):
    z = x @ p["W"] + p["b"]
    h = np.tanh(z)
    L = np.mean((h - y) ** 2)
    return L


NEURON = (2.0, 0.0, -3.0, 1.0, 6.88)


def arrays():
    rng = np.random.default_rng(0)
    return (
        {"W": rng.normal(size=(3, 4)), "b": np.zeros(4)},
        rng.normal(size=(5, 3)),
        np.ones((5, 4)),
    )


def nodes(drawing):
    return {node.name: node for node in drawing.graph.nodes}


def edge(drawing, source, target, index=None):
    found = [
        e
        for e in drawing.graph.edges
        if e.source.name == source and e.target.name == target and index in (None, e.index)
    ]
    assert len(found) == 1
    return found[0]


def test_names_come_from_the_source_and_the_arguments():
    assert set(nodes(draw(neuron, *NEURON))) >= {"x1", "x2", "w1", "w2", "b", "z", "h", "L"}
    assert set(nodes(draw(network, *arrays()))) >= {"W", "b", "x", "y", "z", "h", "L"}


def test_names_come_from_the_callers_variables():
    first, layers = ad.Tensor(2.0), {"W": ad.Tensor(3.0)}
    product = first * layers["W"]
    assert set(nodes(draw(product))) == {"first", "W", "product"}


def test_names_reach_into_models():
    class Layer:
        def __init__(self):
            self.W = ad.Tensor(3.0)

    class Model:
        def __init__(self):
            self.layers = [Layer(), Layer()]

    model, x = Model(), ad.Tensor(2.0)
    y = x * model.layers[0].W * model.layers[1].W
    roles = {node.name: node.role for node in draw(y).graph.nodes}
    assert roles["model.layers[1].W"] == "parameter"
    assert roles["x"] == "input"


def test_constants_get_the_names_of_the_users_arrays():
    weights = np.array([1.0, 2.0])

    def f(x, labels):
        return np.sum(x * weights * labels) + np.sum(x * weights)

    drawing = draw(f, np.ones(2), np.array([3.0, 4.0]), argnums=0)
    assert [n.name for n in drawing.graph.nodes if n.role == "constant"] == ["weights", "labels"]
    assert "v2 = x * weights" in drawing.outline()
    x = ad.Tensor([1.0, 2.0])
    y = np.sum(x * weights + np.array([7.0, 8.0]))
    assert [n.name for n in draw(y).graph.nodes if n.role == "constant"] == ["weights", "c2"]


def test_a_name_that_is_given_wins_and_names_are_unique():
    x = ad.Tensor(2.0, name="speed")
    for _ in range(3):
        x = x * 2.0
    assert list(nodes(draw(x))) == ["speed", "x", "x_2", "x_3"]


def test_adjoints_are_those_of_the_engine_and_terms_add_up():
    run = record(diamond, (2.0,), {}, (0,))
    program, seeds = run.program, {run.node_of(run.outputs[0]): np.float64(1.0)}
    found, reference = pull(program, seeds), sweep(program, seeds, keep=True)
    assert found.adjoints == reference
    x = run.inputs[0]
    terms = [t for (u, i), t in found.terms.items() if u.inputs[i] is x and t is not None]
    assert sum(terms) == pytest.approx(found.adjoints[x])


def test_every_number_of_the_reverse_sweep_is_in_the_picture():
    drawing = draw(neuron, *NEURON)
    h = edge(drawing, "z", "h")
    assert h.partial.text == "∂h/∂z = 1 - h**2 = 0.501"
    outline = drawing.outline()
    assert "← -0.5872 × 0.501 = -0.2942" in outline
    assert "adjoint dL/dL: 1 (seed)" in outline
    for words in ("∂h/∂z = 1 - h**2 = 0.501", "← -0.5872 × 0.501 = -0.2942", "1 (seed)"):
        assert words.replace("←", "↑") in drawing.source


def test_an_operand_used_twice_has_two_edges_and_its_adjoint_shows_the_sum():
    drawing = draw(lambda x: x * x, 3.0)
    assert len(drawing.graph.edges) == 2
    assert nodes(drawing)["x"].quantity.text == "3 + 3 = 6"


def test_the_partial_of_a_power_by_a_constant_is_simplified():
    drawing = draw(lambda x: x**2, 3.0)
    assert drawing.graph.edges[0].partial.formula == "2 * x"


def test_matrix_products_show_the_rule_and_its_shapes():
    partial = edge(draw(network, *arrays()), "W", "v5").partial
    assert partial.rule == "xᵀ @ dL/dv5"
    assert partial.shapes == "(5, 3)ᵀ @ (5, 4) → (3, 4)"


def test_broadcasting_is_written_on_the_edge():
    drawing = draw(network, *arrays())
    assert edge(drawing, "b", "z").broadcast == "broadcast (4,) → (5, 4); backward sums axis 0"
    assert "backward sums axis 0" in drawing.source
    assert "backward" not in draw(network, *arrays(), detail="value").source


def test_the_three_states_and_a_number_never_look_alike():
    x = ad.Tensor(2.0)
    y = x * 0.0 + np.sign(x)
    before = draw(y)
    assert {n.quantity.state for n in before.graph.nodes} == {"not computed"}
    y.backward()
    after = nodes(draw(y))
    assert after["x"].quantity.state == "zero"
    blocked = nodes(draw(lambda x: np.sign(x) * 2.0, 2.0))["x"]
    assert blocked.quantity.state == "blocked"
    assert blocked.quantity.why == "cut at sign"
    texts = {
        nodes(before)["x"].quantity.text,
        after["x"].quantity.text,
        blocked.quantity.text,
        after["y"].quantity.text,
    }
    assert len(texts) == 4
    assert "· not computed ·" in before.source
    assert "0 (exactly)" in draw(y).source


def test_a_blocked_edge_says_so():
    stopped = edge(draw(diamond, 2.0), "x", "v5")
    assert (stopped.carries, stopped.stop) == ("blocked", "no derivative")


def test_roles_have_a_shape_and_a_word_each():
    drawing = draw(network, *arrays(), argnums=(0, 1))
    roles = {node.name: node.role for node in drawing.graph.nodes}
    assert roles["W"] == "parameter"
    assert roles["x"] == "input"
    assert roles["L"] == "output"
    assert "constant" in roles.values()
    looks = {}
    for role in ("input", "parameter", "constant", "output"):
        line = next(line for line in drawing.source.splitlines() if f";{role}</I>" in line)
        looks[role] = line.split(">>")[-1].replace("fillcolor", "")
    shapes = {re.sub(r"\b(id|tooltip)=\S+", "", look) for look in looks.values()}
    assert len(shapes) == 4


def test_parameters_can_be_told():
    drawing = draw(neuron, *NEURON, parameters=("x1",))
    assert [n.name for n in drawing.graph.nodes if n.role == "parameter"] == ["x1"]


def test_details_show_more_and_more():
    sizes = [len(draw(neuron, *NEURON, detail=d).source) for d in ("value", "grad", "full")]
    assert sizes == sorted(set(sizes))
    assert "np.tanh(z)" in draw(neuron, *NEURON, detail="full").source


def test_forward_mode_shows_value_and_tangent():
    drawing = draw(diamond, 2.0, mode="forward")
    y = nodes(drawing)["y"]
    assert y.quantity.value == pytest.approx(ad.derivative(diamond)(2.0))
    assert y.quantity.symbol == "tangent dy"
    assert nodes(drawing)["v5"].quantity.state == "blocked"
    assert "along dx = 1" in drawing.source


def test_forward_mode_takes_tangents():
    drawing = draw(lambda x, y: x * y, 3.0, 4.0, mode="forward", tangents=(1.0, 2.0))
    assert nodes(drawing)["v3" if "v3" in nodes(drawing) else "y_2"].quantity.value == 10.0
    with pytest.raises(ViewError, match="one tangent for each"):
        draw(lambda x, y: x * y, 3.0, 4.0, mode="forward", tangents=(1.0,))


def test_results_that_are_no_scalar_start_from_ones_and_say_so():
    drawing = draw(lambda x: x * x, np.array([1.0, 2.0]))
    assert "gradient of its sum" in drawing.source
    assert nodes(drawing)["x"].quantity.value.tolist() == [2.0, 4.0]
    chosen = draw(lambda x: x * x, np.array([1.0, 2.0]), ct=[1.0, 0.0])
    assert nodes(chosen)["x"].quantity.value.tolist() == [2.0, 0.0]


def test_tapes_can_be_drawn():
    with ad.Tape() as tape:
        x = ad.Tensor(2.0)
        y = x * np.exp(x)
    y.backward()
    assert nodes(draw(tape))["x"].quantity.value == pytest.approx(3 * np.exp(2.0))


def test_between_hides_the_rest():
    drawing = draw(neuron, *NEURON, between=("z", "L"))
    assert list(nodes(drawing)) == ["z", "h", "v11", "L"]
    with pytest.raises(ViewError, match="no path"):
        draw(neuron, *NEURON, between=("L", "z"))


def test_a_wrong_name_gets_a_suggestion():
    with pytest.raises(ViewError, match="Did you mean"):
        draw(neuron, *NEURON, between=("zz", "L"))


@pytest.mark.parametrize(
    "options", [{"mode": "x"}, {"detail": "x"}, {"direction": "x"}, {"constants": "x"}]
)
def test_unknown_options_name_the_choices(options):
    with pytest.raises(ViewError, match="choose"):
        draw(neuron, *NEURON, **options)


def test_what_is_no_graph_is_refused_with_the_fix():
    with pytest.raises(ViewError, match="Tensor"):
        draw(3.0)
    with pytest.raises(ViewError, match="floating-point"):
        draw(neuron)
    with pytest.raises(AutodiffError, match="does not depend"):
        draw(lambda x: 2.0, 1.0)


def test_marks_are_shown():
    assert "look here" in draw(neuron, *NEURON, mark={"h": "look here"}).source


NASTY = [
    "<b>",
    "&amp;",
    '"quoted"',
    "</script><script>alert(1)</script>",
    "two\nlines",
    "🙂 é",
    "back\\slash",
    "]]>",
    "%s",
]


@pytest.mark.parametrize("name", NASTY)
def test_names_cannot_break_the_picture(name):
    pytest.importorskip("pygraphviz")
    from xml.etree import ElementTree

    x = ad.Tensor(2.0, name=name)
    y = x * x
    y.backward()
    svg = draw(y).svg()
    texts = " ".join("".join(t.itertext()) for t in ElementTree.fromstring(svg).iter())
    shown = "".join(c if c.isprintable() else " " for c in name)
    assert shown.split()[0] in texts


@pytest.mark.parametrize(
    "value",
    [np.nan, np.inf, -np.inf, np.zeros((0, 3)), np.array(2.0), np.zeros((2, 0)), -0.0, 1e300],
)
def test_odd_values_are_drawn(value):
    x = ad.Tensor(value)
    y = np.sum(x * 2.0)
    y.backward()
    drawing = draw(y)
    assert "x" in nodes(drawing)
    assert drawing.outline()
    assert "no entries" in drawing.source or np.size(value)


def test_complex_and_integer_arguments():
    assert draw(lambda z: np.real(z * z), 1.0 + 2.0j).outline()
    assert nodes(draw(lambda x: x * x, 3))["x"].quantity.value == 6.0


def test_several_results_of_one_op():
    drawing = draw(lambda a: np.sum(np.linalg.eigh(a + a.T)[0]), np.array([[2.0, 0.5], [0.1, 1.0]]))
    assert drawing.outline()


def test_two_processes_write_the_same_bytes(tmp_path):
    file = tmp_path / "run.py"
    file.write_text(
        "import numpy as np, hashlib\nfrom autodiff.view import draw, step\n"
        "def f(x, w):\n    h = np.tanh(x * w)\n    return h * h\n"
        "print(draw(f, 2.0, 3.0).source, step(f, 2.0, 3.0).html())\n"
    )
    runs = [
        subprocess.run(
            [sys.executable, str(file)],
            capture_output=True,
            check=True,
            text=True,
            env={"PYTHONPATH": ":".join(sys.path), "PYTHONHASHSEED": seed, "PATH": "/usr/bin"},
        ).stdout
        for seed in ("1", "2")
    ]
    assert runs[0] == runs[1]


def test_paths_multiply_and_add_up_to_the_derivative():
    found = paths(diamond, 2.0)
    assert (found.count, found.start, found.stop) == (4, "x", "y")
    assert sum(path.product for path in found.listed) == pytest.approx(found.total)
    assert found.total == pytest.approx(ad.grad(diamond)(2.0))
    assert "no derivative at sign" in str(found)
    assert "on paths 1, 2" in found.drawing.source


def test_paths_of_arrays_add_up_too():
    def f(x):
        h = np.array([[1.0, 2.0], [3.0, 4.0]]) @ x
        return np.sum(h * np.sin(x) + h)

    x = np.array([0.3, 0.7])
    found = paths(f, x)
    assert np.allclose(sum(path.product for path in found.listed), ad.grad(f)(x))


def test_exponentially_many_paths_are_counted_but_not_walked():
    def doubled(x):
        for _ in range(60):
            x = x + x
        return x

    found = paths(doubled, 1.0)
    assert found.count == 2**60
    assert len(found.listed) == 200
    assert "only 200" in str(found)


def test_drawing_does_not_change_what_it_draws():
    x = ad.Tensor(2.0)
    y = x * x
    y.backward()
    draw(y, flow=True)
    draw(y)
    assert x.grad == 4.0


def test_the_partial_graph_of_a_function_that_fails():
    def broken(x):
        h = np.tanh(x)
        z = h * 2.0
        return z @ np.ones(5)

    drawing = draw_failure(broken, np.ones(3))
    assert {"x", "h", "z"} <= set(nodes(drawing))
    assert nodes(drawing)["z"].mark == "the last value before the error"
    assert "after the 2nd operation" in drawing.graph.notes[0]
    line = broken.__code__.co_firstlineno + 3
    assert f"(line {line})" in drawing.graph.notes[0]
    with pytest.raises(ViewError, match="did not fail"):
        draw_failure(neuron, *NEURON)


def test_a_chain_of_arrays_goes_from_top_to_bottom_sooner_than_one_of_numbers():
    def chain(x):
        return np.sum(np.sin(np.cos(np.tanh(x))))

    assert "rankdir=TB" in draw(chain, np.ones(3)).source
    assert "rankdir=LR" in draw(lambda x: np.exp(np.sin(np.cos(np.tanh(x)))), 1.0).source


@pytest.mark.parametrize("seed", range(12))
def test_tangents_that_cancel_are_called_zero_up_to_rounding_and_nothing_else_is(seed):
    rng = np.random.default_rng(seed)
    z, direction = rng.normal(size=(2, 5)) * 10.0 ** rng.integers(-3, 1)

    def f(z):
        p = np.exp(z) / np.sum(np.exp(z))
        total = np.sum(p)  # 1, whatever z is
        return np.sum(total * p[:2]) + 3.0 * total

    drawn = draw(f, z, mode="forward", tangents=(direction,))
    states = {n.name: n.quantity.state for n in drawn.graph.nodes if n.quantity is not None}
    assert states["total"] in ("rounding", "zero")
    assert states["z"] == states["p"] == "number"
    onward = [edge for edge in drawn.graph.edges if edge.source.name == "total"]
    assert onward
    assert {edge.carries for edge in onward} <= {"rounding", "zero"}
    assert ("0 up to rounding" in drawn.source) == (states["total"] == "rounding")


@pytest.mark.parametrize("seed", range(12))
def test_what_cancels_is_called_zero_up_to_rounding_and_nothing_else_is(seed):
    rng = np.random.default_rng(seed)
    z, w = rng.normal(size=(2, 5)) * 10.0 ** rng.integers(-3, 1)

    def f(z, w):
        shift = (np.max, np.mean, np.min)[seed % 3](z)  # softmax does not feel a shift
        e = np.exp(z - shift)
        return np.sum(w * e / np.sum(e))

    drawn = draw(f, z, w)
    states = {n.name: n.quantity.state for n in drawn.graph.nodes if n.quantity is not None}
    assert states["shift"] in ("rounding", "zero")
    assert states["z"] == states["w"] == states["e"] == "number"
    assert "0 up to rounding" in drawn.source or states["shift"] == "zero"
    assert not re.search(r"e-(1[6-9]|2\d)", drawn.outline().split("shift")[1].split("\n\n")[0])
