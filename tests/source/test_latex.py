"""Programs as formulas: brackets, indices and numbers are right, and every text can be typeset."""

import re

import numpy as np
import pytest

import autodiff as ad
from autodiff.check.compare import _random_like
from autodiff.check.samples import all_cases, draw
from autodiff.core.language.registry import registry
from autodiff.examples.lecture import example, network


def test_the_lectures_network_reads_as_on_its_slide():
    (W1, W2, W3), v = example()
    text = str(ad.source(ad.grad(network, (0, 1, 2)), W1, W2, W3, v, to="latex"))
    assert r"h_{2} &= \sigma\left(W_{2} \, h_{1}\right)" in text
    assert r"\frac{\mathrm{d} y}{\mathrm{d} W_{3}} &= h_{2} &&" in text
    assert r"{\mathrm{d} W_{2}} &= t_{1} \otimes h_{1}" in text


@pytest.mark.parametrize(
    ("f", "formula"),
    [
        (lambda x: (x + 1) * x, r"\left(x + 1\right) \, x"),
        (lambda x: x - (1 - x), r"x - \left(1 - x\right)"),
        (lambda x: x - (x + 1), r"x - \left(x + 1\right)"),
        (lambda x: x + (1 - x), r"x + 1 - x"),
        (lambda x: -((x + 1) ** 2), r"-\left(x + 1\right)^{2}"),
        (lambda x: (-x) ** 2, r"\left(-x\right)^{2}"),
        (lambda x: x * (-x), r"x \, \left(-x\right)"),
        (lambda x: x / (x + 1) / 3, r"\frac{\frac{x}{x + 1}}{3}"),
        (lambda x: (x / 3) ** 2, r"\left(\frac{x}{3}\right)^{2}"),
        (lambda x: 2 * (3 * x), r"2 \cdot \left(3 \, x\right)"),
        (lambda x: x * 2, r"x \cdot 2"),
        (lambda x: np.sin(x) ** 2, r"\sin\left(x\right)^{2}"),
        (lambda x: np.sqrt(np.abs(x)), r"\sqrt{\left|x\right|}"),
        (lambda theta: np.exp(theta), r"\exp\left(\theta\right)"),
        (lambda x: 1e-7 * x, r"1 \cdot 10^{-7} \, x"),
    ],
)
def test_brackets(f, formula):
    (row,) = ad.source(f, 2.0, to="latex").rows
    assert row.partition(" &= ")[2].partition(" &&")[0] == formula


def test_arrays_have_their_own_signs():
    (row,) = ad.source(lambda x, A: A @ (x * x) ** 2, np.ones(2), np.eye(2), to="latex").rows
    assert r"A \, \left(x \odot x\right)^{\odot 2}" in row
    assert r"\begin{bmatrix} 1 & 1 \end{bmatrix}" in row
    (row,) = ad.source(lambda x: x[:, None] * x, np.ones(2), to="latex").rows
    assert r"x \otimes x" in row


def test_large_arrays_are_shown_by_their_shape():
    (row,) = ad.source(lambda x: 2 * x, np.ones((7, 5)), to="latex").rows
    assert row.endswith(r"\in \mathbb{R}^{7 \times 5}")


def test_numbers_are_those_of_each_row():
    """A sum that grows in place has at each row what it was there."""
    rows = ad.source(ad.grad(lambda x: x * np.sin(x) + np.cos(x) * x), 0.5, to="latex").rows
    parts = [
        float(row.rpartition("= ")[2]) for row in rows if r"\right)_{" in row.partition("&")[0]
    ]
    assert len(set(parts)) == len(parts) > 1
    assert float(rows[-1].rpartition("= ")[2]) == pytest.approx(1.556, abs=0.01)


def test_a_tangent_has_a_dot():
    text = str(ad.source(lambda x: ad.jvp(named, (x,), (1.0,)), 2.0, to="latex"))
    assert r"\dot{a} &= " in text


def named(x):
    a = x * x
    return np.sin(a)


def test_a_large_program_is_refused():
    def long(x):
        for k in range(60):
            x = np.sin(x) * (x + k)
        return x

    with pytest.raises(ad.UnsupportedError, match="more than 40 formulas; LaTeX is for small ones"):
        ad.source(long, 1.0, to="latex")


def test_a_change_in_place_is_refused():
    def f(x):
        y = np.zeros(3)
        y[1] = x
        return y @ y

    with pytest.raises(ad.UnsupportedError, match="changes an array in place"):
        ad.source(f, 1.0, to="latex")


def test_it_is_typeset_in_a_notebook_and_saved(tmp_path):
    s = ad.source(named, 2.0, to="latex")
    assert s._repr_latex_().startswith("$$\n\\begin{aligned}")
    text = s.save(tmp_path / "f.tex").read_text()
    assert text.startswith("\\documentclass{article}")
    assert text.rstrip().endswith("\\end{document}")
    assert "test\\_latex.py" in text


SOME = list(all_cases([op for op in registry if not op.name.startswith("scipy")]))[::4]


@pytest.mark.parametrize(("op", "one"), SOME, ids=[op.name for op, _ in SOME])
def test_every_text_can_be_typeset(op, one):
    converter = pytest.importorskip("latex2mathml.converter")
    arrays, f = draw(op, one, np.random.default_rng(7))
    ct = _random_like(f(*arrays), np.random.default_rng(1))
    try:
        text = ad.source(lambda *xs: ad.vjp(f, *xs)[1](ct), *arrays, to="latex").text
    except ad.UnsupportedError:
        return
    assert len(re.findall(r"\\left(?!a)", text)) == len(re.findall(r"\\right(?!a)", text))
    assert text.count("{") == text.count("}")
    converter.convert(text)
