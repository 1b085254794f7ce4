"""In a real browser no two texts of a picture overlap, and none leaves its box.

All committed figures are looked at, and the networks that a course draws, in each way of drawing
them.  The widths are the product's own, so that this holds with any font.
"""

from pathlib import Path

import numpy as np
import pytest
from browsers import needs_browser
from overlaps import PLAYER, faults

import autodiff as ad
from autodiff.examples.networks import NETWORKS, drawn

FIGURES = sorted((Path(__file__).parents[2] / "figures").glob("*.svg"))
pytest.importorskip("selenium", reason="selenium is not installed")
pytestmark = needs_browser

from selenium.webdriver.common.keys import Keys  # noqa: E402


def seen(browser, tmp_path, svg):
    page = tmp_path / "page.html"
    page.write_text(f"<!DOCTYPE html><meta charset=utf-8><body>{svg}", encoding="utf-8")
    browser.get(f"file://{page}")
    return faults(browser)


@pytest.mark.parametrize("figure", FIGURES, ids=lambda path: path.stem)
def test_no_text_of_a_committed_figure_is_in_the_way(browser, tmp_path, figure):
    svg = figure.read_text(encoding="utf-8")
    assert seen(browser, tmp_path, svg[svg.index("<svg") :]) == []


OPTIONS = {
    "as it comes": {},
    "in full": {"detail": "full"},
    "values": {"mode": "values"},
    "forward": {"mode": "forward"},
    "flow": {"flow": True},
    "from the left": {"direction": "LR"},
    "with groups": {"depth": 1},
}


@pytest.mark.parametrize("way", OPTIONS)
@pytest.mark.parametrize("name", NETWORKS)
def test_no_text_of_a_network_is_in_the_way(browser, tmp_path, name, way):
    assert seen(browser, tmp_path, drawn(name, **OPTIONS[way]).svg()) == []


@pytest.mark.parametrize("name", ["lecture", "lstm_cell"])
def test_a_font_that_is_wider_changes_nothing(browser, tmp_path, name):
    svg = drawn(name).svg().replace("DejaVu Sans,Verdana,sans-serif", "monospace")
    assert seen(browser, tmp_path, svg) == []


def test_an_overlap_is_seen(browser, tmp_path):
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="80">'
        '<g class="node"><polygon points="5,5 60,5 60,40 5,40"/><text x="30" y="25">too long for it</text></g>'
        '<text x="35" y="27">over it</text></svg>'
    )
    found = " ".join(seen(browser, tmp_path, svg))
    assert "overlap" in found
    assert "leaves its box" in found
    assert "lies on a box" in found


def test_a_frame_through_a_label_a_box_or_a_frame_is_seen(browser, tmp_path):
    def cluster(x, words):
        edges = f"{x},10 {x + 100},10 {x + 100},70 {x},70"
        return f'<g class="cluster"><polygon points="{edges}"/><text x="{x + 4}" y="24">{words}</text></g>'

    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="300" height="90">{cluster(5, "one")}'
        f'{cluster(90, "two")}<g class="node"><polygon points="150,40 200,40 200,60 150,60"/></g>'
        '<text x="185" y="38">through</text></svg>'
    )
    found = " ".join(seen(browser, tmp_path, svg))
    assert 'the frame of two runs through "through"' in found
    assert "the frame of two runs through the box" in found
    assert "the frames of two and one cross" in found


@pytest.mark.parametrize("way", ["TB", "LR"])
@pytest.mark.parametrize("seed", range(4))
def test_no_frame_runs_through_a_label_in_programs_written_at_random(browser, tmp_path, seed, way):
    """Edges lead into groups, out of them, past them, and from one into another."""
    rng = np.random.default_rng(seed)
    lines = ["def f(x, w, a_long_name_of_a_value):", "    old = [x, w, a_long_name_of_a_value]"]
    for group in range(3):
        lines.append(f"    with ad.scope('group{group}'):")
        for inner in range(rng.integers(1, 4)):
            lines.append(f"        with ad.scope('inner{inner}'):")
            for _ in range(rng.integers(1, 4)):
                one, other = rng.integers(-3, 0), rng.integers(0, 3 + group)
                op = rng.choice(
                    ["np.sin({}) * {}", "{} / (2 + {} ** 2)", "{} - np.exp({})", "{} * {}"]
                )
                lines.append(f"            old.append({op.format(f'old[{one}]', f'old[{other}]')})")
    program = "\n".join([*lines, "    return sum(old)"])
    path = tmp_path / "program.py"
    path.write_text(program)
    made = {"np": np, "ad": ad}
    exec(compile(program, str(path), "exec"), made)
    drawing = ad.draw(made["f"], 0.3, np.array([0.5, -1.0]), 0.9, direction=way)
    assert seen(browser, tmp_path, drawing.svg()) == [], program


@pytest.mark.parametrize("name", ["lecture", "mlp", "lstm_cell", "conv_net"])
def test_no_number_of_a_player_leaves_its_box(browser, tmp_path, name):
    f, *args = NETWORKS[name]
    browser.get(f"file://{ad.step(f, *args).save(str(tmp_path / 'player.html'))}")
    root = browser.find_element("css selector", ".ad-player")
    for _ in range(3):
        root.send_keys(Keys.END)
        assert faults(browser, PLAYER) == []
        root.send_keys("]")
    outside = browser.execute_script("""
        return [...document.querySelectorAll(".ad-grid")].filter((grid) => {
          const own = grid.getBoundingClientRect(), box = grid.closest(".ad-node").getBoundingClientRect();
          return own.width && (own.left < box.left - 1 || own.right > box.right + 1 || own.bottom > box.bottom + 1);
        }).map((grid) => grid.dataset.slot);""")
    assert outside == []
