"""Slides and pages for reading need no network: all that they show and play is in the one file."""

import gzip
import hashlib
import re
from importlib import resources
from pathlib import Path

import pytest
from browsers import needs_browser, start

nbformat = pytest.importorskip("nbformat")
pytest.importorskip("nbconvert")

from autodiff.course.lessons.lesson import find  # noqa: E402
from autodiff.course.pages.slides import page  # noqa: E402

FROM_ELSEWHERE = re.compile(
    r"""<(?:link|script|img|iframe)\b[^>]*\b(?:href|src)=["']?(?:https?:)?//"""
    r"""|@import\s|\bimport\s[^;]*from\s*["']https?:|url\(["']?https?:"""
)


def made(number, form):
    text = page(nbformat.read(find(number).worked, as_version=4), form)
    scripts = re.compile(r"<script>.*?</script>", re.DOTALL)  # libraries speak of addresses
    return text, scripts.sub("", text)


@pytest.mark.parametrize("form", ["html", "slides"])
@pytest.mark.parametrize("number", ["03", "04", "10"])
def test_nothing_is_loaded_from_elsewhere(number, form):
    _, read = made(number, form)
    assert FROM_ELSEWHERE.findall(read) == []


def test_what_is_loaded_from_elsewhere_is_seen():
    import nbconvert

    exporter = nbconvert.SlidesExporter()
    text, _ = exporter.from_notebook_node(nbformat.read(find("04").worked, as_version=4))
    assert len(FROM_ELSEWHERE.findall(text)) > 3


def test_what_is_vendored_is_npms_and_has_its_licences():
    folder = Path(str(resources.files("autodiff.course.pages").joinpath("vendor")))
    told = "".join(path.read_text() for path in folder.glob("LICENSE-*.txt"))
    packed = sorted(folder.glob("*.gz"))
    assert len(packed) == 6
    for path in packed:
        digest = hashlib.sha256(gzip.decompress(path.read_bytes())).hexdigest()
        assert f"{digest}  {path.stem}\n" in told
    for name in ("Hakim El Hattab", "Khan Academy", "MarkedJS"):
        assert name in told


@pytest.fixture(scope="module")
def offline(tmp_path_factory):
    pytest.importorskip("selenium")
    driver = start(tmp_path_factory.mktemp("browser"), "--host-resolver-rules=MAP * ~NOTFOUND")
    yield driver
    driver.quit()


def opened(browser, tmp_path, number, form):
    path = tmp_path / "page.html"
    path.write_text(made(number, form)[0], encoding="utf-8")
    browser.get(f"file://{path}")
    assert [own for own in browser.get_log("browser") if own["level"] == "SEVERE"] == []


@needs_browser
@pytest.mark.parametrize("number", ["03", "04"])
def test_a_tour_plays_on_a_slide_and_its_keys_do_not_turn_the_page(offline, tmp_path, number):
    opened(offline, tmp_path, number, "slides")
    offline.execute_script(
        "const at = Reveal.getIndices(document.querySelector('.ad-player [aria-label*=tour]').closest('section'));"
        "Reveal.slide(at.h, at.v);"
    )
    where = "return JSON.stringify(Reveal.getIndices())"
    before = offline.execute_script(where)
    told = offline.execute_script(
        "const own = document.querySelector('.ad-player [aria-label*=tour]').closest('.ad-player');"
        "const next = [...own.querySelectorAll('button')].find((b) => b.textContent.startsWith('tour'));"
        "next.click(); own.focus(); window.own = own; return own.textContent;"
    )
    assert "stop 1 of" in told
    step = offline.execute_script("return own.textContent.match(/step (\\d+)/)[1]")
    offline.switch_to.active_element.send_keys("\ue014")  # the arrow to the right
    after = offline.execute_script("return own.textContent.match(/step (\\d+)/)[1]")
    assert int(after) == int(step) + 1
    assert offline.execute_script(where) == before
    offline.execute_script("document.activeElement.blur(); Reveal.next();")
    assert offline.execute_script(where) != before


@needs_browser
@pytest.mark.parametrize("form", ["html", "slides"])
def test_formulas_are_drawn_and_none_is_left_as_text(offline, tmp_path, form):
    opened(offline, tmp_path, "10", form)
    drawn = offline.execute_script("return document.querySelectorAll('math').length")
    left = offline.execute_script(
        "return [...document.querySelectorAll('.jp-RenderedMarkdown p')].map((p) => p.textContent)"
        ".filter((words) => words.includes('$$'))"
    )
    assert drawn >= 5
    assert left == []
    assert offline.execute_script("return document.querySelectorAll('.katex-error').length") == 0
