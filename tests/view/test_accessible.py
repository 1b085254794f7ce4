"""Pages for everybody: Chromium's accessibility tree, keys alone, reduced motion, paper.

The tree is what a screen reader gets.  Everything that can be used has a name there, every picture
a sentence; nothing is reached by the mouse alone.
"""

import numpy as np
import pytest
from browsers import needs_browser

import autodiff as ad
from autodiff.examples.networks import NETWORKS
from autodiff.examples.tours import guided

pytest.importorskip("selenium", reason="selenium is not installed")
pytestmark = needs_browser

from selenium.webdriver.common.action_chains import ActionChains  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402

USED = {"button", "slider", "textbox", "combobox", "checkbox", "searchbox", "spinbutton", "link"}
PAGES = {
    "player of numbers": lambda: ad.step(lambda x, w: x * w + w, 2.0, 3.0),
    "player of arrays": lambda: guided("chain rule"),
    "live": lambda: ad.live(lambda x, w: np.tanh(x * w), 2.0, 3.0),
    "explorer": lambda: ad.draw(*NETWORKS["transformer"]),
}


@pytest.fixture(params=PAGES)
def page(browser, tmp_path, request):
    browser.get(f"file://{PAGES[request.param]().save(str(tmp_path / 'page.html'))}")
    for details in browser.find_elements(By.TAG_NAME, "details"):
        browser.execute_script("arguments[0].open = true", details)
    yield browser
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []


def tree(browser):
    """The accessibility tree as (role, name) in order, what is ignored left out."""
    browser.execute_cdp_cmd("Accessibility.enable", {})
    nodes = browser.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    return [
        (node["role"]["value"], node.get("name", {}).get("value", "").strip())
        for node in nodes
        if not node.get("ignored") and "role" in node
    ]


def test_all_that_can_be_used_and_all_that_is_seen_has_a_name(page):
    found = tree(page)
    nameless = [role for role, name in found if role in {*USED, "image", "img"} and not name]
    assert nameless == []
    assert {role for role, _ in found} & USED
    assert [role for role, name in found if role == "region" and not name] == []
    names = [name for role, name in found if role == "button"]
    assert all(any(c.isalpha() for c in name) for name in names), names


def test_the_numbers_of_the_picture_are_in_a_table_with_headers(page):
    found = tree(page)
    roles = [role for role, _ in found]
    if "columnheader" in roles:
        assert "rowheader" in roles
    else:  # the same graph in words
        text = page.execute_script("return document.body.textContent")
        assert "The same graph in words" in text


def test_every_button_is_reached_by_the_tab_key_and_shows_its_focus(page):
    wanted = page.execute_script(
        "return [...document.querySelectorAll('button, input, select, summary')]"
        ".filter((e) => !e.disabled && e.offsetParent && e.tabIndex >= 0).length"
    )
    seen, unmarked = set(), []
    page.execute_script("document.body.tabIndex = -1; document.body.focus()")
    for _ in range(4 * wanted + 60):
        ActionChains(page).send_keys(Keys.TAB).perform()
        now = page.switch_to.active_element
        if now.tag_name == "body":
            break
        if now.tag_name in ("button", "input", "select", "summary"):
            seen.add(now.id)
        look = page.execute_script(  # a box of the map shows it by its own border
            "const own = arguments[0], s = getComputedStyle(own);"
            "if (own.tagName === 'g' && getComputedStyle(own.querySelector('rect')).strokeWidth === '4px') return 'box';"
            "return s.outlineStyle + s.outlineWidth",
            now,
        )
        if "none" in look or look.endswith("e0px"):
            unmarked.append(now.get_attribute("outerHTML")[:80])
    assert len(seen) >= wanted
    assert unmarked == []


def test_on_paper_the_picture_is_whole_and_dark_on_white(browser, tmp_path):
    browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia",
        {"media": "print", "features": [{"name": "prefers-color-scheme", "value": "dark"}]},
    )
    try:
        for made in PAGES.values():
            browser.get(f"file://{made().save(str(tmp_path / 'page.html'))}")
            root = browser.find_element(By.CSS_SELECTOR, ".ad-player")
            ink = root.value_of_css_property("color")
            assert sum(map(int, ink.split("(")[1].split(")")[0].split(",")[:3])) < 3 * 80
            assert [b for b in root.find_elements(By.TAG_NAME, "button") if b.is_displayed()] == []
            for box in root.find_elements(By.CSS_SELECTOR, ".ad-graph, .ad-table"):
                hidden = browser.execute_script(
                    "const b = arguments[0]; return b.scrollHeight - b.clientHeight", box
                )
                assert hidden <= 2
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})


def test_with_reduced_motion_nothing_moves_by_itself(browser, tmp_path):
    browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia",
        {"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]},
    )
    try:
        for made in PAGES.values():
            browser.get(f"file://{made().save(str(tmp_path / 'page.html'))}")
            moving = browser.execute_script(
                "return [...document.querySelectorAll('*')].filter((e) => { const s ="
                " getComputedStyle(e); return s.animationName !== 'none'"
                " || s.transitionDuration.split(',').some((t) => parseFloat(t) > 0); })"
                ".map((e) => e.outerHTML.slice(0, 80))"
            )
            assert moving == []
            assert "▶ play" not in browser.find_element(By.TAG_NAME, "body").text
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
