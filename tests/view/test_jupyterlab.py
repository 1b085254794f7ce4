"""The player in JupyterLab: alive in a trusted notebook, a picture in an untrusted one."""

import subprocess
import sys
import time

import numpy as np
import pytest
from browsers import jupyter_home, jupyterlab, needs_browser, start

from autodiff.view import draw, step

pytest.importorskip("jupyterlab", reason="jupyterlab is not installed")
nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed")
pytest.importorskip("selenium", reason="selenium is not installed")

from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402

pytestmark = needs_browser


def diamond(x):
    a = x * x
    b = np.sin(x)
    y = a * b
    return y


def write(file, comment):
    cells = [
        nbformat.v4.new_code_cell(
            f"# {comment}",
            outputs=[nbformat.v4.new_output("display_data", data=shown._repr_mimebundle_())],
        )
        for shown in (step(diamond, 2.0), draw(diamond, 2.0))
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), file)


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    home = tmp_path_factory.mktemp("lab")
    write(home / "trusted.ipynb", "trusted")
    write(home / "untrusted.ipynb", "untrusted")
    environment = jupyter_home(home)
    run = [sys.executable, "-W", "ignore", "-m"]
    subprocess.run(
        [*run, "jupyter", "trust", str(home / "trusted.ipynb")],
        env=environment,
        check=True,
        capture_output=True,
    )
    command = [*run, "jupyterlab", "--allow-root", f"--notebook-dir={home}"]
    with jupyterlab(command, home, environment) as address:
        yield address


@pytest.fixture
def browser(tmp_path):
    driver = start(tmp_path / "profile")
    driver.implicitly_wait(30)
    yield driver
    driver.quit()


def open_notebook(browser, lab, name):
    browser.get(f"{lab}/lab/workspaces/{name}/tree/{name}.ipynb")
    browser.find_element(By.CSS_SELECTOR, ".jp-Dialog button.jp-mod-reject").click()
    browser.find_element(By.CSS_SELECTOR, ".jp-OutputArea img")
    browser.implicitly_wait(0)


def test_a_trusted_notebook_plays_and_keeps_its_keys(browser, lab):
    open_notebook(browser, lab, "trusted")
    player = browser.find_element(By.CSS_SELECTOR, ".ad-player")
    before = len(browser.find_elements(By.CSS_SELECTOR, ".jp-Cell"))
    player.send_keys("]", Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, "b", "x", "j", Keys.ARROW_DOWN)
    time.sleep(0.5)
    assert player.find_element(By.CSS_SELECTOR, ".ad-count").text.startswith("step 2 of 6")
    assert len(browser.find_elements(By.CSS_SELECTOR, ".jp-Cell")) == before == 2


def test_an_untrusted_notebook_shows_the_picture_and_nothing_dead(browser, lab):
    open_notebook(browser, lab, "untrusted")
    images = browser.find_elements(By.CSS_SELECTOR, ".jp-OutputArea img")
    assert len(images) == 2
    for image in images:
        assert browser.execute_script("return arguments[0].naturalWidth", image) > 100
        assert image.get_attribute("alt").startswith("Computation graph of 4 nodes")
    assert browser.find_elements(By.CSS_SELECTOR, ".jp-OutputArea button") == []
    words = browser.find_element(By.CSS_SELECTOR, ".jp-OutputArea").text
    assert words.strip().endswith("where the notebook is trusted.")
    assert len(words) < 300
