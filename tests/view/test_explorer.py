"""The map of a large graph in a real browser: folded on one screen, unfolded by a click."""

import numpy as np
import pytest
from browsers import needs_browser
from overlaps import MAP, faults

import autodiff as ad
from autodiff.examples.networks import NETWORKS, drawn

pytest.importorskip("selenium", reason="selenium is not installed")
pytestmark = needs_browser

from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402


@pytest.fixture
def page(browser, tmp_path):
    browser.get(f"file://{drawn('transformer').save(tmp_path / 'net.html')}")
    yield browser
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []


def boxes(browser):
    return browser.find_elements(By.CSS_SELECTOR, ".ad-map .ad-box")


def folded(browser, title):
    found = [
        g
        for g in browser.find_elements(By.CSS_SELECTOR, ".ad-folded")
        if title in g.get_attribute("aria-label")
    ]
    return found[0] if found else None


def unfolded(browser):
    frames = browser.find_elements(By.CSS_SELECTOR, ".ad-open")
    return [g.get_attribute("aria-label") for g in frames]


def press(browser, label):
    browser.find_element(By.CSS_SELECTOR, f"button[aria-label^='{label}']").click()


def test_a_transformer_block_fits_one_screen_folded_and_unfolds_by_a_click(page):
    assert len(boxes(page)) < 12
    screen = page.find_element(By.CSS_SELECTOR, ".ad-map").rect
    for box in boxes(page):
        assert box.rect["y"] + box.rect["height"] <= screen["y"] + screen["height"] + 2
    folded(page, "block(p, x)").click()
    assert any("block(p, x)" in label for label in unfolded(page))
    folded(page, "attention(p, …)").click()
    assert folded(page, "softmax(…)") is not None
    assert faults(page, MAP) == []
    title = page.find_element(By.CSS_SELECTOR, ".ad-title")
    page.execute_script("arguments[0].dispatchEvent(new Event('click', {bubbles: true}))", title)
    assert unfolded(page) == []


@pytest.mark.parametrize("name", ["transformer", "lstm_cell", "conv_net", "mlp", "training_loop"])
def test_all_unfolded_no_box_lies_on_another(browser, tmp_path, name):
    browser.get(f"file://{drawn(name).save(tmp_path / 'net.html')}")
    press(browser, "Unfold all")
    assert faults(browser, MAP) == []


def test_edges_between_groups_carry_the_size_of_the_adjoint(page):
    told = [t.text for t in page.find_elements(By.CSS_SELECTOR, ".ad-told")]
    graph = drawn("transformer", depth=0).graph
    block = next(e for e in graph.edges if e.source.name == "block(p, x)")
    assert any(text == f"↑ {np.sqrt(np.mean(block.term**2)):.4g}" for text in told)


def test_search_unfolds_what_it_finds_and_tells_about_it(page):
    field = page.find_element(By.CSS_SELECTOR, "input[type=search]")
    field.send_keys("tanh", Keys.ENTER)
    assert any("gelu" in label for label in unfolded(page))
    details = page.find_element(By.CSS_SELECTOR, ".ad-details").text
    assert "tanh(" in details
    assert "from " in details
    assert page.find_elements(By.CSS_SELECTOR, ".ad-details .ad-tiles table")


def test_keys_reach_everything(page):
    group = folded(page, "block(p, x)")
    page.execute_script("arguments[0].focus()", group)
    page.switch_to.active_element.send_keys(Keys.ENTER)
    assert any("block(p, x)" in label for label in unfolded(page))
    assert "block(p, x)" in page.switch_to.active_element.get_attribute("aria-label")
    before = page.find_element(By.CSS_SELECTOR, ".ad-map").get_dom_attribute("viewBox")
    page.switch_to.active_element.send_keys("+")
    assert page.find_element(By.CSS_SELECTOR, ".ad-map").get_dom_attribute("viewBox") != before


def test_ten_thousand_equations_open_in_two_seconds(browser, tmp_path):
    def long(x):
        for _ in range(5000):
            x = np.sin(x) * 1.01
        return x

    path = ad.draw(long, 0.5).save(tmp_path / "long.html")
    begin = spent(browser)
    browser.get(f"file://{path}")
    assert boxes(browser)
    assert spent(browser) - begin < 2.0
    assert len(boxes(browser)) < 70


def spent(browser):
    """Seconds of the processor that the page's process has had: other programs do not stretch it."""
    browser.execute_cdp_cmd("Performance.enable", {})
    told = browser.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
    return next(own["value"] for own in told if own["name"] == "ProcessTime")


def test_where_no_script_runs_the_picture_stays(tmp_path):
    html = drawn("transformer")._repr_mimebundle_()["text/html"]
    assert html.index("<img alt=") < html.index("<script>")
    assert "The same graph in words" in html
    assert len(drawn("lecture")._repr_mimebundle_()["text/html"].split("<script>")) == 1


def test_the_style_of_notebooks_for_pictures_does_not_flatten_the_map(page):
    page.execute_script(
        "document.body.className = 'jp-RenderedHTMLCommon';"
        "const own = document.createElement('style');"
        "own.textContent = '.jp-RenderedHTMLCommon svg { max-width: 100%; height: auto; }';"
        "document.head.append(own);"
    )
    assert page.find_element(By.CSS_SELECTOR, ".ad-map").size["height"] > 300


@pytest.mark.parametrize("name", NETWORKS)
def test_on_a_narrow_page_no_box_is_cut_at_its_side(browser, tmp_path, name):
    narrow = {"width": 520, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", narrow)
    try:
        browser.get(f"file://{drawn(name).save(tmp_path / 'net.html')}")
        cut = browser.execute_script("""
            const map = document.querySelector(".ad-map").getBoundingClientRect();
            return [...document.querySelectorAll(".ad-map .ad-box")].filter((box) => {
              const own = box.querySelector("rect").getBoundingClientRect();
              return own.left < map.left || own.right > map.right;
            }).map((box) => box.getAttribute("aria-label"));""")
        assert cut == []
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
