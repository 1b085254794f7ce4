"""The live picture in JupyterLab: a kernel answers each drag, and what is typed, in time."""

import sys
import time

import numpy as np
import pytest
from browsers import jupyter_home, jupyterlab, needs_browser, start

import autodiff as ad

pytest.importorskip("anywidget", reason="anywidget is not installed")
pytest.importorskip("jupyterlab", reason="jupyterlab is not installed")
nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed")
pytest.importorskip("selenium", reason="selenium is not installed")

from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402

pytestmark = needs_browser

CODE = """
import numpy as np
import autodiff as ad

def chain(x, w):
    for _ in range(16):
        x = np.tanh(w * x) + 0.1
    return x

def both(x, W):
    if x[0] > 0:
        y = np.sum(W @ x)
    else:
        y = np.sum(np.exp(x))
    return y
"""
SPACE: dict = {}
exec(CODE, SPACE)
CALLS = {
    "chain": "ad.live(chain, 0.5, 1.1)",
    "both": "ad.live(both, np.array([1.0, 2.0]), np.ones((3, 2)))",
}
LIMIT = 60
"""Milliseconds from a drag to the numbers on the screen, of a program of 50 values."""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    home = tmp_path_factory.mktemp("lab")
    for name, call in CALLS.items():
        cells = [nbformat.v4.new_code_cell(source) for source in (CODE, call)]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), home / f"{name}.ipynb")
    run = [sys.executable, "-W", "ignore", "-m"]
    command = [*run, "jupyterlab", "--allow-root", f"--notebook-dir={home}"]
    with jupyterlab(command, home, jupyter_home(home)) as address:
        yield address


@pytest.fixture
def browser(tmp_path):
    driver = start(tmp_path / "profile", "--window-size=1300,1400")
    yield driver
    driver.quit()


def run(browser, lab, name):
    """Run both cells of a notebook; its live picture."""
    browser.implicitly_wait(60)
    browser.get(f"{lab}/lab/workspaces/{name}/tree/{name}.ipynb")
    browser.find_element(By.CSS_SELECTOR, ".jp-Dialog button.jp-mod-accept").click()
    for number in range(2):
        cell = browser.find_elements(By.CSS_SELECTOR, ".jp-Cell")[number]
        cell.find_element(By.CSS_SELECTOR, ".cm-content").click()
        time.sleep(1)
        browser.switch_to.active_element.send_keys(Keys.SHIFT, Keys.ENTER)
        end = time.monotonic() + 60
        while cell.find_element(By.CSS_SELECTOR, ".jp-InputPrompt").text != f"[{number + 1}]:":
            assert time.monotonic() < end
            time.sleep(0.2)
    browser.find_element(By.CSS_SELECTOR, ".ad-live-panel[data-took]")
    browser.implicitly_wait(0)
    return browser.find_element(By.CSS_SELECTOR, ".ad-player")


def wait(browser, root, key, kind, wanted):
    end = time.monotonic() + 10
    while time.monotonic() < end:
        text = root.find_element(By.CSS_SELECTOR, f"[data-slot='{key}:{kind}']").text
        try:
            if float(text) == pytest.approx(wanted, rel=2e-3):
                return
        except ValueError:
            pass
        time.sleep(0.02)
    pytest.fail(f"{key}:{kind} is {text}, not {wanted}")


def drag(browser, knob, value):
    browser.execute_script(
        "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input'))",
        knob,
        value,
    )


@pytest.mark.timed
def test_every_number_follows_a_drag_within_60_ms(browser, lab):
    root, chain = run(browser, lab, "chain"), SPACE["chain"]
    knob = root.find_element(By.CSS_SELECTOR, "input[aria-label='Drag x']")
    took = []
    for x in np.linspace(-0.4, 0.9, 14):
        drag(browser, knob, x)
        x = float(knob.get_attribute("value"))
        graph = ad.steps(chain, x, 1.1).graph
        assert len(graph.nodes) == 50
        for node in (graph.nodes[0], graph.nodes[25], graph.nodes[-1]):
            wait(browser, root, node.key, "value", float(node.value))
            wait(browser, root, node.key, "adjoint", float(node.quantity.value))
        _, tangent = ad.jvp(chain, (x, 1.1), (1.0, 0.0))
        wait(browser, root, graph.nodes[-1].key, "tangent", tangent)
        own = root.find_element(By.CSS_SELECTOR, ".ad-live-panel")
        took.append(float(own.get_attribute("data-took")))
    print("milliseconds:", sorted(took))
    assert sorted(took)[len(took) // 4] < LIMIT  # where other programs run, the rest wait for them
    assert sorted(took)[len(took) // 2] < 3 * LIMIT


def test_what_is_typed_counts_and_another_way_brings_another_picture(browser, lab):
    root = run(browser, lab, "both")
    assert "exp" not in root.find_element(By.CSS_SELECTOR, ".ad-graph").text
    field = root.find_element(By.CSS_SELECTOR, "input[aria-label='Value of x']")
    field.send_keys(Keys.CONTROL, "a")
    field.send_keys("-1.5")
    end = time.monotonic() + 10
    wanted = ad.draw(SPACE["both"], np.array([-1.5, 2.0]), np.ones((3, 2)))
    told = f"y = {float(wanted.graph.nodes[-1].value):.4g}"
    while root.find_element(By.CSS_SELECTOR, ".ad-live-told").text != told:
        assert time.monotonic() < end, root.find_element(By.CSS_SELECTOR, ".ad-live-told").text
        time.sleep(0.05)
    assert "exp" in root.find_element(By.CSS_SELECTOR, ".ad-graph").text
    assert field.get_attribute("value") == "-1.5"
