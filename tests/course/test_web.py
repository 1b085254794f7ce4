"""The lessons as pages: what a cell shows, what a page loads, and a student in a real browser.

The browser's tests need Pyodide's files in build/runtime/verified, which `make site` fetches; every
host but the loopback is blocked in them.
"""

import functools
import hashlib
import http.server
import io
import json
import re
import tarfile
import threading
import zipfile

import numpy as np
import pytest
from browsers import needs_browser, start

pytest.importorskip("markdown_it", reason="markdown-it-py is not installed")
pytest.importorskip("latex2mathml", reason="latex2mathml is not installed")

from autodiff.course.lessons import PACKAGE, LessonError, all_lessons, find
from autodiff.course.web import runtime, site
from autodiff.course.web.runner import Runner

VERIFIED = PACKAGE.parent / "build" / "runtime" / "verified"
needs_pyodide = pytest.mark.skipif(
    not (VERIFIED / "viz-global.js").is_file(), reason="no Pyodide in build/runtime: make site"
)


def test_every_lesson_runs_cell_by_cell():
    runner = Runner()
    for place, source in enumerate(
        re.findall(r'aria-label="code">(.*?)</textarea>', page("00_first_picture"), re.S)
    ):
        import html

        shown = runner.run(html.unescape(source), place)
        assert "error" not in [own["kind"] for own in shown]
    assert shown[-1] == {"kind": "check", "exercise": "0.1", "passed": False}


def page(name):
    return site.lesson_page(find(name), "pyodide/", "pyodide/viz-global.js")


def test_what_a_cell_shows():
    runner = Runner()
    assert runner.run("%matplotlib inline\nx = 1", 1) == []
    assert runner.run("import warnings\nwarnings.warn('careful')", 2)[0]["data"].startswith("UserW")
    (error,) = runner.run("def f():\n    return nowhere\nf()", 3)
    assert (
        error["data"]
        == "NameError: name 'nowhere' is not defined\n  in cell 3, line 2: return nowhere"
    )
    assert runner.run("x +", 4)[0]["data"].endswith("SyntaxError: invalid syntax")
    assert (
        runner.run("import numpy as np, autodiff as ad\nad.draw(np.sin, 1.0)", 5)[0]["kind"]
        == "html"
    )


def test_pages_load_only_what_is_beside_them_and_keep_the_formulas(tmp_path):
    (tmp_path / "runtime").mkdir()
    (tmp_path / "runtime" / "viz-global.js").write_text("")
    made = site.build(all_lessons(), tmp_path / "site", tmp_path / "runtime", say=lambda line: None)
    for path in made:
        text = path.read_text()
        for target in re.findall(r'(?:src|href)="([^":#{]+)"', text):
            assert (path.parent / target).exists(), (path.name, target)
        assert "https://" not in re.sub(r'href="https?://[^"]+"|xmlns="[^"]+"', "", text)
        assert "$$" not in re.sub(r"<textarea.*?</textarea>", "", text, flags=re.S)
        assert "FORMULA" not in text
    assert "<math" in (tmp_path / "site" / "01_chain_rule.html").read_text()
    assert (
        "BEGIN SOLUTION" not in (tmp_path / "site" / "05_forward_against_reverse.html").read_text()
    )
    files = json.loads(
        re.search(r"FILES = (\[.*?\]);", (tmp_path / "site" / "offline.js").read_text())[1]
    )
    assert {"./", "index.html", "autodiff.zip", "pyodide/viz-global.js"} <= set(files)


def test_the_archive_holds_the_package_and_no_notebook_and_is_the_same_each_time():
    data = site.archive()
    names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    assert {"autodiff/__init__.py", "tqdm/__init__.py", "graphviz/__init__.py"} <= set(names)
    assert not [name for name in names if name.endswith(".ipynb")]
    assert len(data) < 2_000_000
    assert hashlib.sha256(data).digest() == hashlib.sha256(site.archive()).digest()
    with np.load(
        io.BytesIO(zipfile.ZipFile(io.BytesIO(data)).read("autodiff/examples/digits.npz"))
    ) as file:
        assert file["images"].shape == (1797, 64)


def test_from_the_cdn_only_its_own_addresses_are_loaded(tmp_path):
    site.build([find("00")], tmp_path, None, say=lambda line: None)
    settings = json.loads(
        re.search(
            r'id="settings">(.*?)</script>', (tmp_path / "00_first_picture.html").read_text()
        )[1]
    )
    assert settings["index"] == f"https://cdn.jsdelivr.net/pyodide/v{runtime.VERSION}/full/"
    assert not (tmp_path / "pyodide").exists()


def test_a_file_that_is_not_pyodides_is_refused(tmp_path):
    with tarfile.open(tmp_path / f"pyodide-{runtime.VERSION}.tgz", "w:gz") as archive:
        for name in runtime.CORE:
            data = b"{}"
            entry = tarfile.TarInfo(f"package/{name}")
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    with pytest.raises(LessonError, match=r"pyodide-lock\.json is not Pyodide's"):
        runtime.unpack(tmp_path, tmp_path / "verified")


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    site.build(all_lessons(), folder, VERIFIED, say=lambda line: None)

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", server
    server.shutdown()


@needs_browser
@needs_pyodide
def test_a_student_fails_reads_the_question_passes_reloads_and_goes_offline(address, tmp_path):
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.ui import WebDriverWait

    home, server = address
    browser = start(
        tmp_path / "profile", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
    )
    wait = WebDriverWait(browser, 240)

    def cells():
        return browser.find_elements(By.CLASS_NAME, "cell")

    def write(cell, text):
        area = cell.find_element(By.TAG_NAME, "textarea")
        browser.execute_script(
            "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input'))",
            area,
            text,
        )

    def run(*chosen):
        for cell in chosen:
            button = cell.find_element(By.TAG_NAME, "button")
            browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
            button.click()
        wait.until(
            lambda _: all(c.get_attribute("data-state") in ("done", "failed") for c in chosen)
        )

    def ready():
        wait.until(lambda b: b.find_element(By.TAG_NAME, "body").get_attribute("data-ready"))

    try:
        browser.get(f"{home}/index.html")
        assert "0 of 1 exercises passed" in browser.page_source
        browser.find_element(By.PARTIAL_LINK_TEXT, "First picture").click()
        ready()
        browser.find_element(By.ID, "all").click()
        wait.until(
            lambda _: all(c.get_attribute("data-state") in ("done", "failed") for c in cells())
        )
        assert [c.get_attribute("data-state") for c in cells()] == ["done"] * len(cells())
        picture = cells()[1].find_element(By.CSS_SELECTOR, ".out img, .out svg")
        assert picture.size["width"] > 300
        answer, check = cells()[-2:]
        write(answer, "def h(x):\n    return 3 + x")
        run(answer, check)
        assert "Does a function with the slope -1 rise or fall" in check.text
        write(answer, "def h(x):\n    return 7 - x")
        run(answer, check)
        assert "public checks passed" in check.text
        assert "0.1 ✓" in browser.find_element(By.ID, "passed").text
        wait.until(
            lambda b: (
                b.execute_script("return !!(navigator.serviceWorker.controller)")
                or b.execute_script(
                    "return navigator.serviceWorker.getRegistration().then(r => !!r.active)"
                )
            )
        )
        server.shutdown()
        server.server_close()
        browser.refresh()
        ready()
        assert "7 - x" in cells()[-2].find_element(By.TAG_NAME, "textarea").get_attribute("value")
        assert "0.1 ✓" in browser.find_element(By.ID, "passed").text
        run(*cells())
        assert "public checks passed" in cells()[-1].text
    finally:
        browser.quit()
