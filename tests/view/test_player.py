"""The player's HTML without a browser: what it holds, and what can't break it."""

import json
import re

import numpy as np
import pytest

import autodiff as ad
from autodiff.view import step
from autodiff.view.pictures.layout.render import find_renderer
from autodiff.view.player.steps import VERSION
from autodiff.view.records.subject import ViewError
from autodiff.view.words.text import cleaned

pytestmark = pytest.mark.skipif(find_renderer().name == "text", reason="no renderer is installed")


def f(x, w):
    h = np.tanh(x * w)
    return h * h


def data_of(html):
    return json.loads(re.search(r"\nplay\((\{.*\})\);", html)[1].replace("\\u003c", "<"))


def test_the_order_is_picture_sentence_script():
    html = step(f, 2.0, 3.0).html()
    places = [html.index(mark) for mark in ("<div id=", "<img alt=", "<p>", "</div>\n<script>")]
    assert places == sorted(places)
    assert html.count("<script>") == html.count("</script>") == 1
    assert 'data-lm-suppress-shortcuts="true"' in html


def test_nothing_comes_from_outside():
    html = step(f, 2.0, 3.0).html()
    assert not re.search(r"\b(src|href)=\"(?!data:)", html)
    for word in ("fetch(", "import(", "eval(", "XMLHttpRequest", "MathJax", "document.write"):
        assert word not in html


def test_every_id_is_prefixed_and_every_number_has_its_place():
    player = step(f, 2.0, 3.0)
    data = data_of(player.html(7))
    assert data["id"].endswith("-7")
    assert all(found.startswith(data["id"]) for found in re.findall(r'\bid="([^"]*)"', data["svg"]))
    slots = set(re.findall(r'data-slot="([^"]*)"', data["svg"]))
    for node in data["nodes"]:
        assert {f"{node['key']}:value", f"{node['key']}:derivative"} <= slots
    assert "@" not in re.sub(r"<title>.*?</title>", "", data["svg"])


def test_shown_twice_has_two_ids():
    player = step(f, 2.0, 3.0)
    first, second = (player._repr_mimebundle_()["text/html"] for _ in range(2))
    assert data_of(first)["id"] != data_of(second)["id"]


@pytest.mark.parametrize(
    "name", ["</script><b>", "<!-- x", "a & b", 'q"q', "l1\nl2", "🙂", "'", "\u2028"]
)
def test_names_cannot_break_the_page(name):
    x = ad.Tensor(2.0, name=name)
    y = x * x
    y.backward()
    html = step(y).html()
    assert html.count("<script>") == html.count("</script>") == 1
    assert "<!--" not in html
    shown = cleaned(name) or "v1"  # a name is one line
    assert shown in [node["name"] for node in data_of(html)["nodes"]]


def test_pages_and_records_are_saved(tmp_path):
    player = step(f, 2.0, 3.0)
    with open(player.save(tmp_path / "tour.html"), encoding="utf-8") as page:
        text = page.read()
    assert text.startswith("<!DOCTYPE html>")
    assert "default-src 'none'" in text
    with open(player.save(tmp_path / "a.json"), encoding="utf-8") as file:
        assert json.load(file)["version"] == VERSION
    assert player.save(tmp_path / "a.txt").endswith("a.txt")
    with pytest.raises(ViewError, match=r"\.html"):
        player.save(tmp_path / "a.gif")


def test_saving_twice_gives_the_same_bytes(tmp_path):
    pages = [step(f, 2.0, 3.0).html() for _ in range(2)]
    assert pages[0] == pages[1]


def test_the_script_and_the_style_stay_small():
    from importlib import resources

    folder = resources.files("autodiff.view.player")
    assert len(folder.joinpath("player.js").read_bytes()) < 24_000
    assert len(folder.joinpath("player.css").read_bytes()) < 6_000


def test_a_large_run_is_stepped_through_without_a_picture():
    def long(x):
        for _ in range(100):
            x = np.sin(x) * 1.1
        return x

    data = data_of(step(long, 1.0).html())
    assert data["svg"] == ""
    assert "more than 150 values" in data["note"]


def test_the_player_brings_a_png_and_words_for_sites_that_run_no_scripts():
    bundle = step(lambda x: x * x, 2.0)._repr_mimebundle_()
    assert bundle["image/png"].startswith("iVBOR")
    assert "Reverse sweep" in bundle["text/plain"]


@pytest.mark.parametrize(
    "f",
    [
        lambda x: 0.123456789 * x,
        lambda x: -(0.3 ** np.abs(x)) - -x,
        lambda x: np.float64(np.pi) * x / 3,
    ],
)
def test_the_page_runs_scalar_programs_with_their_own_constants(f):
    data = data_of(step(f, 2.0).html())["live"]
    assert data["inputs"][0]["values"] == [2.0]
    assert "0.123456789" in json.dumps(data) or f(1.0) != 0.123456789


@pytest.mark.parametrize("x", [np.ones(2), np.nan, np.inf, 1j])
def test_what_the_page_cannot_run_it_does_not_offer(x):
    from autodiff.view.live.trees import trees

    assert trees(step(lambda x: np.real(x * 2.0), x, sweeps="forward").steps.graph) is None
