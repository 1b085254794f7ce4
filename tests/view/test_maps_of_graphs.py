"""The map of a graph in a page: whatever is folded or unfolded, nothing lies on anything.

Each network of a course, and programs written at random, with functions in functions, values that
are read by many and everywhere, and names of any length, are unfolded half by clicks that are
chosen at random, and looked at in a real browser after each.
"""

import numpy as np
import pytest
from browsers import needs_browser
from overlaps import MAP, faults

import autodiff as ad
from autodiff.examples.networks import NETWORKS, drawn

pytest.importorskip("selenium", reason="selenium is not installed")
pytestmark = needs_browser

CLICK = """
const able = [...document.querySelectorAll(".ad-map .ad-folded, .ad-map .ad-title")];
if (!able.length) return null;
const one = able[arguments[0] % able.length], words = one.textContent;
one.dispatchEvent(new Event("click", {bubbles: true}));
return words;
"""
BEHIND = """
const found = new Set(), done = new Set(), boxes = [...document.querySelectorAll(".ad-map .ad-box")].map((g) => [g.textContent, g.querySelector("rect").getBBox()]);
for (const line of document.querySelectorAll(".ad-map path.ad-line")) {
  const parts = line.getAttribute("d").match(/[MLC][^MLC]*/g).map((part) => part.slice(1).split(/[ ,]/).map(Number));
  if (parts.length < 3 && parts.every((part) => part.length === 2)) continue;  // a head
  for (let i = 1; i < parts.length; i++) {
    const [x, y] = parts[i - 1].slice(-2), c = parts[i].length === 6 ? parts[i] : [x, y, ...parts[i], ...parts[i]];
    if (done.has(`${x} ${y} ${c}`)) continue;
    done.add(`${x} ${y} ${c}`);
    for (let t = 0.05; t < 1; t += 0.1) {
      const u = 1 - t, [px, py] = [0, 1].map((k) => u ** 3 * [x, y][k] + 3 * u * u * t * c[k] + 3 * u * t * t * c[2 + k] + t ** 3 * c[4 + k]);
      for (const [words, b] of boxes) if (px > b.x + 2 && px < b.x + b.width - 2 && py > b.y + 2 && py < b.y + b.height - 2) found.add(words);
    }
  }
}
return [...found];
"""
"""The boxes that a line lies behind."""


def wander(browser, rng, clicks=5):
    """Fold and unfold at random, and look after each click."""
    assert faults(browser, MAP) == []
    done = []
    for _ in range(clicks):
        clicked = browser.execute_script(CLICK, int(rng.integers(1000)))
        if clicked is None:
            break
        done.append(clicked)
        assert faults(browser, MAP) == [], done
        assert browser.execute_script(BEHIND) == [], done


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_unfolded_half_is_readable(browser, tmp_path, name, seed):
    browser.get(f"file://{drawn(name).save(tmp_path / 'net.html')}")
    wander(browser, np.random.default_rng(seed))


NAMES = ("softmax", "层归一化", "µ_and_σ", "a_function_whose_author_likes_to_say_everything", "f")


def random_program(rng):
    """A function of NumPy whose parts are functions, each called several times, in each other."""
    made = {"np": np, "ad": ad}
    lines = []
    for place, name in enumerate(NAMES):
        body = [f"def {name}(x, w):", "    y = x"]
        for _ in range(rng.integers(2, 6)):
            ways = ["y = np.sin(y) * w", "y = y + x * w", "z = y / (1 + y * y); y = z + x"]
            ways += [f"y = {NAMES[k]}(y, w) + x" for k in range(place)]
            ways += [f"for _ in range(5): y = {NAMES[k]}(y, w)" for k in range(place)]
            body.append("    " + ways[rng.integers(len(ways))])
        lines += [*body, "    return y", ""]
    lines += ["def whole(x, w):", "    y = x"]
    lines += [f"    y = {NAMES[k]}(y, w) + x" for k in rng.permutation(len(NAMES))]
    again = ["    with ad.scope('again'): y = y * w", "    y = np.tanh(y) + x"]
    return "\n".join([*lines, *again, *again, "    return y"]), made


@pytest.mark.parametrize("seed", range(8))
def test_programs_of_functions_in_functions_are_readable(browser, tmp_path, seed):
    rng = np.random.default_rng(seed)
    text, made = random_program(rng)
    path = tmp_path / "program.py"
    path.write_text(text)
    exec(compile(text, str(path), "exec"), made)
    browser.get(f"file://{ad.draw(made['whole'], 0.3, 0.9).save(tmp_path / 'net.html')}")
    wander(browser, rng, 6)
    assert [own for own in browser.get_log("browser") if own["level"] == "SEVERE"] == []
