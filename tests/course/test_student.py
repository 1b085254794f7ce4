"""Lesson 4 as a student meets it: JupyterLab in a real browser, opened by `autodiff lab`.

Run all, step through the player, fail the exercise with the classic mistake, read the question,
ask for the second hint, write the answer, pass.  With AUTODIFF_SCREENSHOTS=folder the screens are
kept.
"""

import os
import sys
import time
from pathlib import Path

import pytest
from browsers import jupyter_home, jupyterlab, needs_browser, start

pytest.importorskip("jupyterlab", reason="jupyterlab is not installed")
pytest.importorskip("selenium", reason="selenium is not installed")

from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

pytestmark = needs_browser

MISTAKEN = """def sweep(rows):
    for row in rows:
        row.adjoint = 0.0
    rows[-1].adjoint = 1.0
    for row in reversed(rows):
        for parent, partial in zip(row.parents, row.partials):
            parent.adjoint = row.adjoint * partial
"""
RIGHT = MISTAKEN.replace("parent.adjoint = row", "parent.adjoint += row")
PASTE = """
const data = new DataTransfer();
data.setData("text/plain", arguments[1]);
arguments[0].dispatchEvent(
    new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    environment = jupyter_home(home) | {"PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-W", "ignore", "-m", "autodiff.cli", "lab", "--folder", home / "my"]
    with jupyterlab([*command, "--"], home, environment) as address:
        yield address


class Page:
    """What a student does on the page."""

    def __init__(self, browser, shots):
        self.browser, self.shots = browser, shots
        self.wait = WebDriverWait(browser, 120, ignored_exceptions=[StaleElementReferenceException])

    def see(self, name):
        if self.shots:
            time.sleep(0.5)
            self.browser.save_screenshot(str(Path(self.shots) / f"{name}.png"))

    def menu(self, label, item):
        for kind, text in (("MenuBar-itemLabel", label), ("Menu-itemLabel", item)):
            path = f"//div[contains(@class, 'lm-{kind}')][text()='{text}']"
            self.wait.until(lambda b, path=path: b.find_elements(By.XPATH, path))[0].click()

    def cell(self, start):
        def found(browser):
            cells = browser.find_elements(By.CSS_SELECTOR, ".jp-CodeCell")
            return [own for own in cells if self.source(own).startswith(start)]

        own = self.wait.until(found)[0]
        self.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", own)
        return own

    def source(self, cell):
        lines = cell.find_elements(By.CSS_SELECTOR, ".cm-content")  # none while it is drawn
        return lines[0].get_attribute("textContent") if lines else ""

    def prompt(self, cell):
        return cell.find_element(By.CSS_SELECTOR, ".jp-InputPrompt").text

    def replace(self, cell, text):
        editor = cell.find_element(By.CSS_SELECTOR, ".cm-content")
        editor.click()
        editor.send_keys(Keys.CONTROL, "a")
        self.browser.execute_script(PASTE, editor, text)

    def run(self, cell):
        before = self.prompt(cell)
        editor = cell.find_element(By.CSS_SELECTOR, ".cm-content")
        editor.click()
        editor.send_keys(Keys.CONTROL, Keys.ENTER)
        self.wait.until(lambda b: self.prompt(cell) not in (before, "[*]:"))
        outputs = cell.find_elements(By.CSS_SELECTOR, ".jp-OutputArea-output")
        return "\n".join(own.text for own in outputs)


@pytest.fixture
def page(lab, tmp_path):
    browser = start(tmp_path / "profile", "--window-size=1400,1000")
    browser.get(f"{lab}/lab/tree/04_reverse_mode.ipynb")
    made = Page(browser, os.environ.get("AUTODIFF_SCREENSHOTS"))
    made.wait.until(lambda b: b.find_elements(By.CSS_SELECTOR, ".ad-player button"))
    for button in browser.find_elements(By.CSS_SELECTOR, ".jp-toast-button-light, .jp-mod-reject"):
        button.click()  # Jupyter's question about news
    made.wait.until(lambda b: "Idle" in b.find_element(By.ID, "jp-main-statusbar").text)
    yield made
    browser.quit()


def test_a_student_steps_fails_reads_and_passes(page):
    browser = page.browser
    page.see("1-opened")
    # the formula of section 1 is typeset, without a network
    page.wait.until(lambda b: b.find_elements(By.CSS_SELECTOR, "mjx-container"))
    last = page.cell('ad.course.check("4.3"')
    page.menu("Run", "Run All Cells")
    page.wait.until(lambda b: page.prompt(last) not in ("[ ]:", "[*]:"))
    errors = (
        "[data-mime-type='application/vnd.jupyter.stderr'], .jp-RenderedText[data-mime-type*=error]"
    )
    assert browser.find_elements(By.CSS_SELECTOR, errors) == []
    assert "Exercise 4.3, The reverse sweep: no answer yet." in last.text
    page.see("2-no-answer")

    player = browser.find_element(By.CSS_SELECTOR, ".ad-player")
    cells = len(browser.find_elements(By.CSS_SELECTOR, ".jp-Cell"))
    player.send_keys(Keys.HOME, Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, "b", "x")
    assert player.find_element(By.CSS_SELECTOR, ".ad-numeric").text == "0 + 1 × 9 = 9"
    assert len(browser.find_elements(By.CSS_SELECTOR, ".jp-Cell")) == cells
    page.see("3-player")

    answer = page.cell("def sweep")
    page.replace(answer, MISTAKEN)
    page.run(answer)
    said = page.run(page.cell('ad.course.check("4.3"'))
    page.see("4-mistaken")
    assert "not yet" in said
    assert "expected" in said
    assert "question" in said
    assert "second hint: ad.course.check" in said

    check = page.cell('ad.course.check("4.3"')
    page.replace(check, 'ad.course.check("4.3", sweep, hint=2)')
    said = page.run(check)
    page.see("5-second-hint")
    assert "second hint" in said

    page.replace(answer, RIGHT)
    page.run(answer)
    said = page.run(page.cell('ad.course.check("4.3"'))
    page.see("6-passed")
    assert "Exercise 4.3, The reverse sweep: public checks passed." in said
