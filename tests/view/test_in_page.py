"""Where Python finds no Graphviz the reader's browser lays out: drawings, players, live pictures."""

import gzip
import hashlib
import re
import time
from importlib import resources

import numpy as np
import pytest
from browsers import needs_browser
from overlaps import faults

import autodiff as ad
from autodiff.examples.networks import NETWORKS, drawn
from autodiff.examples.tours import guided
from autodiff.view.pictures import drawing, stage
from autodiff.view.pictures.layout import render
from autodiff.view.pictures.layout.render import Renderer
from autodiff.view.pictures.pages.page import whole_page

pytest.importorskip("selenium", reason="selenium is not installed")


@pytest.fixture
def bare(monkeypatch):
    """A machine without `dot` and without pygraphviz."""
    none = lambda: Renderer("text", "", "neither is installed")
    for module in (render, drawing, stage):
        monkeypatch.setattr(module, "find_renderer", none)


def opened(browser, tmp_path, page):
    path = tmp_path / "page.html"
    path.write_text(page, encoding="utf-8")
    browser.get(f"file://{path}")
    end = time.monotonic() + 30
    while not browser.execute_script("return document.querySelector('.ad-player svg')"):
        assert time.monotonic() < end
        time.sleep(0.05)
    severe = [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]
    assert severe == []


def test_the_vendored_graphviz_is_npms_and_has_its_licences():
    folder = resources.files("autodiff.view.pictures.pages").joinpath("vendor")
    words = folder.joinpath("LICENSE-viz-js.txt").read_text()
    data = gzip.decompress(folder.joinpath("viz-global.js.gz").read_bytes())
    assert hashlib.sha256(data).hexdigest() == re.search(r"[0-9a-f]{64}", words)[0]
    for name in ("Michael Daines", "Eclipse Public License", "Expat"):
        assert name in words


@needs_browser
@pytest.mark.parametrize("name", ["lecture", "mlp", "lstm_cell", "conv_net"])
def test_the_browser_lays_a_drawing_out_without_overlaps(bare, browser, tmp_path, name):
    html = drawn(name)._repr_mimebundle_()["text/html"]
    opened(browser, tmp_path, whole_page(name, html))
    assert faults(browser) == []
    boxes = browser.execute_script("return document.querySelectorAll('g.node').length")
    assert boxes == len(drawn(name).graph.nodes)
    label = browser.execute_script(
        "return document.querySelector('.ad-player svg').getAttribute('aria-label')"
    )
    assert label == drawn(name).alt
    assert browser.execute_script("return typeof Viz") == "undefined"


@needs_browser
def test_a_player_and_a_live_picture_have_the_same_places(browser, tmp_path, monkeypatch):
    made = (
        lambda: guided("chain rule").html(),
        lambda: ad.live(lambda x, w: np.tanh(x * w), 2.0, 3.0).html(),
    )
    slots = "return [...document.querySelectorAll('[data-slot]')].map((s) => s.dataset.slot + s.tagName).sort()"
    for make in made:
        opened(browser, tmp_path, whole_page("with", make()))
        wanted = browser.execute_script(slots)
        texts = browser.execute_script("return document.body.innerText")
        with monkeypatch.context() as here:
            none = lambda: Renderer("text", "", "neither is installed")
            for module in (render, drawing, stage):
                here.setattr(module, "find_renderer", none)
            opened(browser, tmp_path, whole_page("with", make()))
        time.sleep(0.2)
        assert browser.execute_script(slots) == wanted
        assert len(wanted) > 6
        assert browser.execute_script("return document.body.innerText") == texts


@needs_browser
def test_without_scripts_the_words_stand_there(bare):
    bundle = ad.draw(*NETWORKS["lecture"])._repr_mimebundle_()
    assert "<pre>W1   [parameter]" in bundle["text/html"]
    assert "pip install" in bundle["text/plain"]
