"""What the groups of a picture are called: by the call's line, whatever is called, and never cut."""

import ast

import numpy as np
import pytest

from autodiff.view import draw
from autodiff.view.records.calls import WIDEST, _call_in_words


class Layer:
    def __init__(self, scale):
        self.scale = np.exp(scale * 2) + 1

    def forward(self, x):
        return np.tanh(x * self.scale) + x

    __call__ = forward

    def __matmul__(self, other):
        return np.sin(self.scale) * other.scale + self.scale


def titles(f, *args):
    found = (name for node in draw(f, *args).graph.nodes for name in node.scope)
    return list(dict.fromkeys(found))


def test_objects_that_are_called_go_by_what_stands_on_the_line():
    def f(x):
        first = Layer(x)
        second = Layer(0.1 * x)
        h = first(x)
        g = second.forward(h)
        return g * (first @ second)

    assert titles(f, 0.3) == [
        "Layer(x)",
        "Layer(…)",
        "first(x)",
        "second.forward(h)",
        "first @ second",
    ]


@pytest.mark.parametrize("seed", range(20))
def test_a_call_of_any_length_is_told_with_whole_words(seed):
    rng = np.random.default_rng(seed)
    names = ["p", "层", "a_name", "the_parameters_of_the_generator", "x1"]
    chosen = [names[k] for k in rng.integers(len(names), size=rng.integers(1, 9))]
    call = f"normalize_the_batch({', '.join([*chosen, 'last=x + 1'])})"
    told = _call_in_words(call, "normalize_the_batch")
    assert len(told) <= WIDEST
    ast.parse(told.replace("…", "_"))
    words = told.partition("(")[2].rstrip(")").split(", ")
    assert all(word in [*chosen, "…", "last=…"] for word in words)


def test_where_nothing_arrives_no_none_is_written():
    drawn = draw(lambda a: np.linalg.slogdet(a)[1] * 2.0, np.eye(3) + 0.1)
    assert "None" not in drawn.outline()
    assert "(⊣, 2)" in drawn.outline()


def test_a_call_over_several_lines_has_its_words():
    def f(x):
        first = Layer(
            x,  # of the first
        )
        h = first(
            x,
        )
        return h * (first @ Layer(0.1 * x))

    assert titles(f, 0.3) == ["Layer(x)", "first(x)", "Layer(…)", "first @ Layer(0.1 * x)"]


def test_where_no_source_is_at_hand_a_method_goes_by_its_class():
    space = {"Layer": Layer}
    exec("def f(x):\n    return Layer(x)(x) * (Layer(x) @ Layer(x))", space)
    assert titles(space["f"], 0.3) == [
        *("Layer", "Layer.forward", "Layer (2)", "Layer (3)", "Layer.__matmul__"),
    ]


def test_one_line_that_calls_methods_of_several_classes_says_which():
    class Scale(Layer):
        def forward(self, x):
            return x * self.scale + 1.0

        __call__ = forward

    class Both:
        def run(self, x):
            return np.sin(x) * x

        def __call__(self, x):
            return np.cos(self.run(x) * 2.0)

    def f(x):
        for layer in (Layer(0.1), Scale(0.2), Scale(0.3), Both()):
            x = layer(x)
        return x

    assert titles(f, 0.3) == [
        "Layer: layer(x)", "Scale: layer(x)", "Scale: layer(x) (2)",
        "Both: layer(x)", "self.run(x)",
    ]  # fmt: skip
