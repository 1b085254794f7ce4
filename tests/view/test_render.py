"""The renderers: which one is chosen, what happens without one, and when one fails."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from autodiff.view import doctor, draw, step
from autodiff.view.pictures.layout import render
from autodiff.view.pictures.layout.render import RenderError, find_renderer
from autodiff.view.records.subject import ViewError

HAS = find_renderer().name != "text"
needs_renderer = pytest.mark.skipif(not HAS, reason="no renderer is installed (pygraphviz or dot)")


def square(x):
    return x * x


@pytest.fixture
def nothing(monkeypatch):
    monkeypatch.delenv("AUTODIFF_DOT", raising=False)
    monkeypatch.setattr(render.shutil, "which", lambda name: None)
    monkeypatch.setattr(render.importlib.util, "find_spec", lambda name: None)


@needs_renderer
@pytest.mark.parametrize("form", ["svg", "png", "pdf", "dot", "txt"])
def test_every_format_is_written(tmp_path, form):
    file = Path(draw(square, 3.0).save(tmp_path / f"figures/a.{form}"))
    start = {"svg": b"<svg", "png": b"\x89PNG", "pdf": b"%PDF", "dot": b"digraph", "txt": b"x "}
    assert file.read_bytes().startswith(start[form])


def test_an_unknown_format_is_refused(tmp_path):
    with pytest.raises(ViewError, match=r"\.svg, \.png"):
        draw(square, 3.0).save(tmp_path / "a.bmp")
    assert not (tmp_path / "a.bmp").exists()


@needs_renderer
def test_the_svg_is_described_and_has_no_tooltips_like_a_to_b():
    svg = draw(square, 3.0).svg()
    assert 'role="img"' in svg
    assert "Computation graph of 2 nodes" in svg
    assert "-&gt;" not in svg.replace("&#45;", "-")
    assert "<title>n1" not in svg


@needs_renderer
def test_ids_can_be_prefixed():
    svg = draw(square, 3.0).svg(theme="page", prefix="one-")
    assert svg.count('id="') == svg.count('id="one-') > 3
    assert "var(--ad-ink)" in svg


def test_without_a_renderer_the_text_and_the_fix_are_shown(nothing):
    drawing = draw(square, 3.0)
    bundle = drawing._repr_mimebundle_()
    assert list(bundle) == ["text/plain", "text/html"]
    assert "<pre>x   [input]" in bundle["text/html"]  # until the page has laid it out
    assert "adjoint" in bundle["text/plain"]
    assert "To mend it:" in bundle["text/plain"]
    assert drawing.source.startswith("digraph")
    with pytest.raises(RenderError, match="To mend it"):
        drawing.svg()


def test_without_a_renderer_the_player_still_plays(nothing):
    html = step(square, 3.0).html()
    assert '"layout":{"dot":' in html
    assert "<pre>Forward sweep" in html


def test_doctor_says_which_and_why(nothing):
    assert doctor().splitlines()[0] == "renderer   text: neither dot nor pygraphviz is installed"
    assert "fix" in doctor()


@needs_renderer
def test_doctor_tries_a_picture():
    assert "a picture of two nodes came out" in doctor()


def test_a_wrong_AUTODIFF_DOT_is_named(monkeypatch):
    monkeypatch.setenv("AUTODIFF_DOT", "/nowhere/dot")
    assert "/nowhere/dot is no program" in find_renderer().why


def test_a_dot_program_is_preferred(monkeypatch, tmp_path):
    fake = tmp_path / "dot"
    fake.write_text("#!/bin/sh\ncat > /dev/null\necho '<svg width=\"1\"></svg>'\n")
    fake.chmod(0o755)
    monkeypatch.setenv("AUTODIFF_DOT", str(fake))
    assert find_renderer().name == "dot"
    assert draw(square, 3.0).svg().startswith("<svg")


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("sleep 5", "more than"),
        ("kill -SEGV $$", "crashed"),
        ("echo 'Error: bad label' >&2; echo damaged", "bad label"),
        ("exit 3", "failed"),
    ],
)
def test_a_renderer_that_hangs_or_crashes_takes_nothing_down(
    monkeypatch, tmp_path, script, message
):
    fake = tmp_path / "dot"
    fake.write_text(f"#!/bin/sh\n{script}\n")
    fake.chmod(0o755)
    monkeypatch.setenv("AUTODIFF_DOT", str(fake))
    monkeypatch.setattr(render, "LIMIT", 0.5)
    with pytest.raises(RenderError, match=message):
        draw(square, 3.0).svg()
    assert "no picture" in draw(square, 3.0)._repr_mimebundle_()["text/plain"]


@needs_renderer
def test_the_notebook_gets_an_image_that_survives_untrusted():
    bundle = draw(square, 3.0)._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html", "image/png"}
    assert '<img alt="Computation graph' in bundle["text/html"]
    assert "data:image/svg+xml;base64," in bundle["text/html"]
    assert "<script" not in bundle["text/html"]


def test_rendering_refuses_other_formats():
    with pytest.raises(RenderError, match="svg, png, pdf"):
        render.render("digraph {}", ("exe",))


def test_importing_the_library_does_not_import_the_view():
    words = "import sys, autodiff; print([m for m in ('graphviz', 'matplotlib', 'autodiff.view') if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", words],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.timed
@needs_renderer
def test_a_graph_of_fifty_nodes_is_quick():
    import time

    def f(x):
        for i in range(24):
            x = np.sin(x) * (1.0 + i)
        return x

    best = 1e9
    for _ in range(3):
        start = time.perf_counter()
        draw(f, 1.0).svg()
        best = min(best, time.perf_counter() - start)
    assert best < 1.0
