"""In a real browser no two texts of a picture overlap, and none leaves its box.

All committed figures are looked at, and the networks that a course draws, in each way of drawing
them.  The widths are the product's own, so that this holds with any font.
"""

from pathlib import Path

import pytest
from browsers import needs_browser

import autodiff as ad
from autodiff.examples.networks import NETWORKS, drawn

FIGURES = sorted((Path(__file__).parents[2] / "figures").glob("*.svg"))
pytest.importorskip("selenium", reason="selenium is not installed")
pytestmark = needs_browser

from selenium.webdriver.common.keys import Keys  # noqa: E402

LOOK = """
const scale = 0.18, found = [];
const turned = (text) => Math.abs(text.getScreenCTM().b) > 0.1;
function core(text) {  // the box of the letters, without the font's leading
  const r = text.getBoundingClientRect(), lead = Math.min(r.height, r.width) * scale;
  if (turned(text)) return {left: r.left + lead, right: r.right - lead, top: r.top, bottom: r.bottom, words: text.textContent};
  return {left: r.left + 1, right: r.right - 1, top: r.top + lead, bottom: r.bottom - lead, words: text.textContent};
}
function meet(a, b) { return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom; }
const texts = [...document.querySelectorAll("svg text")].filter((t) => t.textContent.trim());
const boxes = texts.map(core);
for (let i = 0; i < boxes.length; i++)
  for (let j = 0; j < i; j++)
    if (!turned(texts[i]) && !turned(texts[j]) && meet(boxes[i], boxes[j]))
      found.push(`"${boxes[j].words}" and "${boxes[i].words}" overlap`);
const whole = document.querySelector("svg").getBoundingClientRect();
const nodes = [...document.querySelectorAll("g.node")].map((group) => {
  const shapes = [...group.querySelectorAll(":scope > polygon, :scope > path, :scope > ellipse")]
    .map((s) => s.getBoundingClientRect());
  return {group, left: Math.min(...shapes.map((s) => s.left)), right: Math.max(...shapes.map((s) => s.right)),
    top: Math.min(...shapes.map((s) => s.top)), bottom: Math.max(...shapes.map((s) => s.bottom))};
});
texts.forEach((text, i) => {
  const own = text.closest("g.node"), box = boxes[i];
  const frame = own ? nodes.find((n) => n.group === own) : whole;
  if (box.left < frame.left || box.right > frame.right || box.top < frame.top || box.bottom > frame.bottom)
    found.push(`"${box.words}" leaves its ${own ? "box" : "picture"}`);
  if (!own) for (const node of nodes) if (meet(box, node)) found.push(`"${box.words}" lies on a box`);
});
return found;
"""


def faults(browser, tmp_path, svg):
    page = tmp_path / "page.html"
    page.write_text(f"<!DOCTYPE html><meta charset=utf-8><body>{svg}", encoding="utf-8")
    browser.get(f"file://{page}")
    return browser.execute_script(LOOK)


@pytest.mark.parametrize("figure", FIGURES, ids=lambda path: path.stem)
def test_no_text_of_a_committed_figure_is_in_the_way(browser, tmp_path, figure):
    svg = figure.read_text(encoding="utf-8")
    assert faults(browser, tmp_path, svg[svg.index("<svg") :]) == []


OPTIONS = {
    "as it comes": {},
    "in full": {"detail": "full"},
    "values": {"mode": "values"},
    "forward": {"mode": "forward"},
    "flow": {"flow": True},
    "from the left": {"direction": "LR"},
}


@pytest.mark.parametrize("way", OPTIONS)
@pytest.mark.parametrize("name", NETWORKS)
def test_no_text_of_a_network_is_in_the_way(browser, tmp_path, name, way):
    assert faults(browser, tmp_path, drawn(name, **OPTIONS[way]).svg()) == []


@pytest.mark.parametrize("name", ["lecture", "lstm_cell"])
def test_a_font_that_is_wider_changes_nothing(browser, tmp_path, name):
    svg = drawn(name).svg().replace("DejaVu Sans,Verdana,sans-serif", "monospace")
    assert faults(browser, tmp_path, svg) == []


def test_an_overlap_is_seen(browser, tmp_path):
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="80">'
        '<g class="node"><polygon points="5,5 60,5 60,40 5,40"/><text x="30" y="25">too long for it</text></g>'
        '<text x="35" y="27">over it</text></svg>'
    )
    found = " ".join(faults(browser, tmp_path, svg))
    assert "overlap" in found
    assert "leaves its box" in found
    assert "lies on a box" in found


@pytest.mark.parametrize("name", ["lecture", "mlp", "lstm_cell", "conv_net"])
def test_no_number_of_a_player_leaves_its_box(browser, tmp_path, name):
    f, *args = NETWORKS[name]
    browser.get(f"file://{ad.step(f, *args).save(str(tmp_path / 'player.html'))}")
    root = browser.find_element("css selector", ".ad-player")
    look = LOOK.replace('"g.node"', '".ad-node"')
    for _ in range(3):
        root.send_keys(Keys.END)
        assert browser.execute_script(look) == []
        root.send_keys("]")
    outside = browser.execute_script("""
        return [...document.querySelectorAll(".ad-grid")].filter((grid) => {
          const own = grid.getBoundingClientRect(), box = grid.closest(".ad-node").getBoundingClientRect();
          return own.width && (own.left < box.left - 1 || own.right > box.right + 1 || own.bottom > box.bottom + 1);
        }).map((grid) => grid.dataset.slot);""")
    assert outside == []
