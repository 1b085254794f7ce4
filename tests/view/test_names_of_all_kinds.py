"""Every string that a user can give is drawn, written and played: names are data, never source."""

import types
from html.parser import HTMLParser
from xml.etree import ElementTree

import numpy as np
import pytest

import autodiff as ad
from autodiff.view.charts import factors, plots
from autodiff.view.pictures.layout.render import find_renderer
from autodiff.view.words.text import LONGEST, cleaned

pytestmark = pytest.mark.skipif(
    find_renderer().name == "text", reason="no renderer is installed (pygraphviz or dot)"
)

NASTY = [
    *("\\", "a\\", "\\N", "\\l", "\0", "a\0b", "\n", "\r\n", "\u2028", "\x85", "\x1b[31m", ""),
    *("x" * 20_000, "é" * 9_000, "&" * 5_000, '"' * 5_000, "a/" * 9_000, " ", "\u202e", "\uffff"),
    *("<script>alert(1)</script>", "]]>", "</style>", "-->", "<B>", "&amp;", "\"'", "`", "%s"),
    *("\ud800", "\U0001f600", "{", "}", "|", "{0}", "$", "$\\frac$", "$x^2$", "_x", "[", "<", ">"),
    *("cluster", "digraph", "node", "subgraph", "n1", "@vn1@", "__proto__", "constructor", "é"),
]
X = np.array([0.5, -1.0])


def in_a_scope(words):
    def f(x):
        with ad.scope("outer"), ad.scope(words):
            return np.sum(np.sin(x) * x)

    return f, X


def named(words):
    return lambda x: np.sum(ad.named(np.sin(x) * x, words)), X


def by_key(words):
    return lambda p: np.sum(p[words] * 2.0), {words: X}


def by_op(words, **shown):
    square = ad.custom_op(lambda x: x**2, partials=lambda ans, x: 2 * x, **shown or {"name": words})
    return lambda x: np.sum(square(x)), X


def by_label(words):
    return by_op("", label=words.replace("{", "{{").replace("}", "}}") + "({})")


WHERE = [in_a_scope, named, by_key, by_op, by_label]


def together(where, words):
    """One graph in which each of these strings stands once at this place; and its arguments."""
    made = [where(own) for own in words]
    return lambda *args: sum(f(x) for (f, _), x in zip(made, args)), [x for _, x in made]


class Tags(HTMLParser):
    """The tags of a page, to see that no name has become one."""

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append(tag)


def tags(page):
    found = Tags(page).found
    return set(found), found.count("script"), found.count("style")


@pytest.mark.parametrize("where", WHERE)
@pytest.mark.parametrize("part", range(3))
def test_every_string_at_every_place_is_drawn(where, part):
    f, args = together(where, NASTY[part::3])
    options = [{"flow": True}, {"collapse": True}, {"detail": "full"}, {"mode": "forward"}]
    for option in ({}, options[part], options[part + 1]):
        drawing = ad.draw(f, *args, **option)
        ElementTree.fromstring(drawing.svg())
        lines = drawing.outline().encode().decode().split("\n")
        assert lines == drawing.outline().splitlines()
        assert max(map(len, lines)) < 25 * LONGEST
        drawing.alt.encode()


@pytest.mark.parametrize("where", WHERE)
def test_every_string_at_every_place_is_played(where):
    f, args = together(where, NASTY)
    page = ad.step(f, *args).html()
    page.encode()
    plain, others = together(where, [f"p{k}" for k in range(len(NASTY))])
    assert tags(page) == tags(ad.step(plain, *others).html())
    str(ad.steps(f, *args)).encode()


def test_a_function_of_every_name_is_drawn():
    f, x = in_a_scope("inner")
    for words in NASTY:
        f = types.FunctionType(f.__code__, f.__globals__, words, None, f.__closure__)
        drawing = ad.draw(f, x)
        drawing.outline().encode()
        assert "RenderError" not in repr(drawing.source.encode())
    ElementTree.fromstring(drawing.svg())


@pytest.mark.parametrize("words", [NASTY[1], NASTY[5], NASTY[12], "$\\frac$", "$x^2$", "\ud800"])
def test_charts_take_names_of_every_kind(words):
    one = np.ones(3)
    for chart in (
        plots.plot_flow(*named(words)),
        plots.plot_losses({words: [1.0, np.nan], "b": [1.0, 0.5]}),
        plots.plot_histograms({words: [one, one]}, quantity=words),
        factors.plot_jacobians({words: np.eye(2)}),
    ):
        chart._repr_mimebundle_()["text/html"].encode()


def test_every_name_can_stand_in_a_chart():
    axes, figure = plots.new_axes(None)
    for words in NASTY:
        axes.text(0, 0, plots.readable(words))
    figure.canvas.draw()


def test_a_value_and_a_scope_are_found_by_the_name_that_was_given():
    for part in range(3):
        f, x = together(named, NASTY[part::3])
        g, _ = together(in_a_scope, NASTY[part::3])
        for words in NASTY[part::3]:
            ad.draw(g, *x, collapse=words)
            if cleaned(words):
                assert ad.draw(f, *x, mark={words: "look"}).outline().count("look") == 1


def test_scopes_that_are_opened_again_and_again_are_drawn():
    rng = np.random.default_rng(0)
    for _ in range(6):
        names = rng.choice(["S", "T", *(f"s{k}" for k in range(6))], 16)
        f, x = together(in_a_scope, [str(name) for name in names])
        ElementTree.fromstring(ad.draw(f, *x).svg())
