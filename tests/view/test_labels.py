"""Every label of every op is right: no text that tells nothing, and what is code computes.

One call of every op of the registry is drawn.  Each formula on an edge is run as code with the
values of that call, and must give the term that the sweep carries there.
"""

import ast
import re
import sys

import numpy as np
import pytest

import autodiff as ad
from autodiff import ops
from autodiff.check.samples import cases
from autodiff.check.samples import draw as sample
from autodiff.core.language.dispatch import ground
from autodiff.core.reverse.sweep import fit
from autodiff.view import draw, step
from autodiff.view.words.formula import number_text
from autodiff.view.words.text import mean_text

EMPTY_WORDS = re.compile(
    r"\bconstant\b|slice\(|\barray\(|\bEllipsis\b|object at|<|np\.|\?|…|'\w+ at"
)
"""What a label must not hold: Python's own words for things, and what is cut off."""
BRACKETS = re.compile(r"\[[^\[\]]*\]")
LOOSE = re.compile(r" (<|<=) ")


def unbalanced(text):
    depth = 0
    for c in text:
        depth += (c in "([") - (c in ")]")
        if depth < 0:
            return True
    return depth != 0


def labels(graph):
    """Every text that a drawing, its outline and a player's steps would show of a graph."""
    for node in graph.nodes:
        if node.role != "constant":
            yield node.formula
    for edge in graph.edges:
        if edge.partial is not None:
            partial = edge.partial
            yield from (partial.text, partial.short_formula, partial.short_rule, partial.shapes)


def wrong(text):
    told = outside = LOOSE.sub(" ", text)
    while (inner := BRACKETS.sub("", outside)) != outside:
        outside = inner  # in an index, None is an axis
    return bool(EMPTY_WORDS.search(told)) or "None" in outside or unbalanced(told)


NAMES = {
    **{n: getattr(np, n) for n in dir(np) if not n.startswith("_")},
    **{op.name: op for op in ops if op.name not in dir(np)},
    "sigmoid": ops["sigmoid"],
    "π": np.pi,
    "max": lambda a, *b, **more: np.maximum(a, *b) if b else np.max(a, **more),
    "min": lambda a, *b, **more: np.minimum(a, *b) if b else np.min(a, **more),
    "take_along_axis": lambda a, places, axis: np.take_along_axis(a, np.asarray(places), axis),
    "I": lambda order: lambda x: ops["bessel_i"](x, order=order),
    "polygamma": lambda order: lambda x: ops["polygamma"](x, order),
}


def as_code(text):
    """The text of a label as Python: `Wᵀ` as `W.mT`, `√(x)` as `sqrt(x)`, `|x|` as `abs(x)`."""
    text = text.replace("ᵀ", ".mT").replace("√(", "sqrt(").replace("σ(", "sigmoid(")
    text = re.sub(r"\|([^|]+)\|", r"abs(\1)", text)
    text = re.sub(r"\bI(\d+)\(", r"I(\1)(", text)
    text = re.sub(r"ψ(\d+)\(", r"polygamma(\1)(", text)
    return text.replace(" · ", " @ ").replace("-nan", "nan")


class Lists(ast.NodeTransformer):
    """A list of numbers in a formula is an array."""

    def visit_List(self, node):
        if any(isinstance(part, ast.Name | ast.Call) for part in ast.walk(node)):
            return self.generic_visit(node)
        return ast.fix_missing_locations(
            ast.copy_location(ast.Call(ast.Name("asarray", ast.Load()), [node], []), node)
        )


def run(text, graph, edge, ct):
    """The value of a formula at the values of the picture."""
    names = {
        node.name: np.asarray(ground(node.value))
        for node in graph.nodes
        if not isinstance(ground(node.value), tuple)
    }
    subject, target = graph.subject, edge.target
    carried = f"d{subject.names[subject.target]}/d{target.name}"
    code = compile(
        Lists().visit(ast.parse(as_code(text.replace(carried, "carried")), mode="eval")),
        "label",
        "eval",
    )
    with np.errstate(all="ignore"):
        scipy = {"scipy": sys.modules.get("scipy.special")}
        return eval(code, {"__builtins__": {}}, {**NAMES, **scipy, **names, "carried": ct})


@pytest.mark.parametrize("name", sorted(op.name for op in ops if op.kind != "constant"))
def test_the_labels_of_the_op_tell_and_compute(name):
    for one in cases(ops[name]):
        arrays, f = sample(ops[name], one, np.random.default_rng(0))
        if not arrays:
            continue
        graph = draw(f, *arrays).graph
        for text in labels(graph):
            assert not wrong(text), text
        for edge in graph.edges:
            partial = edge.partial
            if partial is None or edge.carries != "number":
                continue
            assert partial.text
            if not partial.code:
                assert partial.words or "rule of" in partial.text, partial
            elif not isinstance(ground(edge.target.value), tuple):
                found = contribution(graph, edge)
                np.testing.assert_allclose(found, edge.term, rtol=1e-4, atol=1e-5)


def contribution(graph, edge):
    """What the formula on an edge says that flows along it."""
    ct, equation = graph.backward.adjoints[edge.target.equation], edge.target.equation
    found, own = run(edge.partial.code, graph, edge, ct), equation.primals[edge.index]
    if edge.partial.formula:
        found = found * equation.op.expand(ct, own, equation.params)
        if equation.op.kind == "reduction":
            return np.broadcast_to(found, np.shape(own))
        found = np.broadcast_to(found, np.shape(equation.value))
    return fit(found, own, equation, edge.index)


def test_a_formula_that_is_wrong_is_seen():
    graph = draw(lambda x: np.tanh(x), np.array([0.3, 0.5])).graph
    (edge,) = graph.edges
    right = run(edge.partial.code, graph, edge, np.ones(2))
    assert not np.allclose(
        run(edge.partial.code.replace("1 -", "1 +"), graph, edge, np.ones(2)), right
    )
    for text in (
        "x, Noneᵀ",
        "scatter(dy, index=constant)",
        "x[slice(1, 3, None)]",
        "a + (b",
        "a …",
    ):
        assert wrong(text), text
    assert not wrong("x[:, None] < 3")


def test_transposes_slices_and_places_are_written_as_code():
    X, b = np.arange(12.0).reshape(4, 3), np.arange(4.0)
    words = draw(lambda X: np.sum(X.T @ X), X).outline()
    assert "None" not in words
    assert "(dy/dv2)ᵀ" in words
    words = draw(lambda X: np.sum(X[1:3]), X).outline()
    assert "X[1:3]" in words
    assert "goes back to the places [1:3]" in words
    words = draw(lambda b: np.sum(b[:, None] * np.ones((4, 2))), b).outline()
    assert "b[:, None]" in words


def test_places_are_those_that_the_user_wrote():
    labels = np.array([0, 2, 1, 1, 0, 2, 2, 1])
    logp = np.random.default_rng(0).normal(size=(8, 3))

    def loss(logp):
        rows = np.arange(len(labels))
        return -np.mean(logp[rows, labels])

    words = draw(loss, logp).outline()
    assert "logp[rows, labels]" in words
    assert "goes back to the places [rows, labels]" in words


def test_a_one_at_the_maximum_and_a_one_hot_are_said():
    x = np.array([[1.0, 3.0, 2.0]])
    assert "1 at the maximum" in draw(lambda x: np.sum(np.max(x, axis=1)), x).outline()
    loss = ops["softmax_cross_entropy"]
    assert "onehot(labels)" in draw(lambda x: loss(x, labels=np.array([1])), x).outline()


def test_an_output_without_a_name_is_y():
    def squared_error(x):
        return x**2

    words = draw(squared_error, 3.0).outline()
    assert "adjoint dy/dx" in words
    assert "squared_error" not in words


def test_an_entry_of_a_dictionary_goes_by_its_key_where_that_is_unique():
    def loss(p, x):
        return np.sum(np.tanh(x @ p["W1"] + p["b1"]))

    p = {"W1": np.ones((2, 3)), "b1": np.zeros(3)}
    drawing = draw(loss, p, np.ones((4, 2)), argnums=0)
    assert "dy/db1" in drawing.outline()
    assert "p[" not in drawing.outline()
    assert drawing.graph.subject.find("p['b1']") is drawing.graph.subject.find("b1")

    def both(p, q):
        return np.sum(p["W"] * q["W"])

    words = draw(both, {"W": np.ones(2)}, {"W": np.ones(2)}).outline()
    assert "p['W']" in words
    assert "q['W']" in words


@pytest.mark.parametrize("n", range(2, 40))
def test_a_fraction_is_written_as_one(n):
    assert eval(number_text(1 / n)) == pytest.approx(1 / n, rel=1e-6)


def test_the_players_lines_hold_no_empty_word():
    def attention(X, W):
        scores = (X @ W) @ X.T / np.sqrt(3)
        e = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
        return np.sum((e / np.sum(e, axis=-1, keepdims=True)) @ X)

    rng = np.random.default_rng(0)
    player = step(attention, rng.normal(size=(4, 3)), rng.normal(size=(3, 3)))
    for one in player.steps:
        assert not wrong(one.symbolic), one.symbolic


def test_a_rule_too_long_for_an_edge_is_whole_in_the_text():
    drawing = draw(
        lambda a: np.sum(np.linalg.pinv(a)), np.random.default_rng(0).normal(size=(3, 2))
    )
    edge = next(e for e in drawing.graph.edges if "pinv" in e.target.formula)
    assert len(edge.partial.rule) > 62
    assert edge.partial.rule in drawing.outline()
    assert f"a rule of {len(edge.partial.rule)}" in drawing.source
    assert ad.draw is draw


def test_a_call_of_a_hundred_operands_tells_how_many():
    def squares(x):
        y = np.zeros(100)
        for i in range(100):
            y[i] = x[i] ** 2
        return np.sum(y)

    formulas = [node.formula for node in draw(squares, np.ones(100), collapse=False).graph.nodes]
    assert "filled(100 parts)" in formulas


def test_a_dot_of_matrices_goes_back_as_a_product():
    words = draw(lambda a, b: np.sum(np.dot(a, b)), np.ones((2, 3)), np.ones((3, 4))).outline()
    assert "tensordot" not in words
    assert "dy/dv3 @ bᵀ" in words
    assert "aᵀ @ dy/dv3" in words


@pytest.mark.parametrize("product", [np.dot, np.inner, np.matmul])
@pytest.mark.parametrize("m", [1, 2])
@pytest.mark.parametrize("n", [1, 2])
def test_products_of_vectors_and_matrices_go_back_as_products(product, m, n):
    y = np.ones((3, 3)[:n])
    words = draw(lambda a, b: np.sum(product(a, b)), np.ones((2, 3)[-m:]), y).outline()
    assert "tensordot" not in words
    assert "∂" in words or "@" in words


def test_a_mean_that_is_zero_by_cancellation_is_called_that():
    x = np.linspace(-1.0, 1.0, 9)
    assert mean_text(np.append(x, 3e-17)) == "mean 0 up to rounding"
    assert mean_text(x + 1e-3) == "mean 0.001"
    assert mean_text(np.zeros(9)) == ""
    balanced = np.array([1.0, 0, 0, 0, 0, 0, 0, -1.0])
    assert mean_text(balanced) == "mean 0"


def test_no_number_of_terms_is_cut_off():
    def f(a):
        for _ in range(60):
            a = a / 1.01 + a * 0.003
        return np.sum(a)

    source = draw(f, np.array([[1.0, 2.0], [3.0, 4.0]]), collapse=False).source
    assert "sum of 2 terms" in source
    assert not re.search(r"sum of [^<]*…", source)
