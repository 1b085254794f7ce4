"""The lessons as pages: what a cell shows, and what a page loads.

The pages in a real browser are in `test_web_browser`.
"""

import html
import io
import json
import os
import re
import subprocess
import sys
import tarfile
import zipfile

import numpy as np
import pytest

pytest.importorskip("markdown_it", reason="markdown-it-py is not installed")
pytest.importorskip("latex2mathml", reason="latex2mathml is not installed")

from autodiff.course.lessons.lesson import PACKAGE, LessonError, all_lessons, find
from autodiff.course.web import archive, kernel, lite, runtime, site
from autodiff.course.web.runner import Runner


def test_every_lesson_runs_cell_by_cell():
    runner = Runner()
    for place, source in enumerate(
        re.findall(r'aria-label="code">(.*?)</textarea>', page("00_first_picture"), re.S)
    ):
        shown = runner.run(html.unescape(source), place)
        assert "error" not in [own["kind"] for own in shown]
    assert shown[-1] == {"kind": "check", "exercise": "0.1", "passed": False}


def page(name):
    return site.lesson_page(find(name), "pyodide/", "pyodide/viz-global.js", ("autodiff",))


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


VERIFIED = PACKAGE.parent / "build" / "runtime" / "verified"
needs_pyodide = pytest.mark.skipif(
    not (VERIFIED / "viz-global.js").is_file(), reason="no Pyodide in build/runtime: make site"
)
needs_lite = pytest.mark.skipif(not lite.is_installed(), reason="JupyterLite is not installed")


def kept_by(script):
    return set(json.loads(re.search(r"(?:FILES|files) = (\[.*?\]);", script.read_text())[1]))


def test_a_cell_shows_as_in_jupyter_what_is_displayed_and_what_pyplot_drew():
    pytest.importorskip("matplotlib")
    runner = Runner()
    shown = runner.run("print('a')\ndisplay(1, [2])\nprint('b')\n3", 1)
    assert [own["data"] for own in shown] == ["a\n", "1", "[2]", "b\n", "3"]
    drawn = runner.run(
        "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()", 2
    )
    assert [own["kind"] for own in drawn] == ["html"]
    assert drawn[0]["data"].startswith('<img alt="&lt;Figure')
    assert runner.run("x = 1", 3) == []
    assert runner.run("display(5)\n1 / 0", 4)[1]["data"].startswith("ZeroDivisionError")


@needs_pyodide
def test_pages_load_only_what_is_beside_them_and_keep_the_formulas(tmp_path):
    made = site.build(all_lessons(), tmp_path, VERIFIED, say=lambda line: None, whole=False)
    for path in made:
        text = path.read_text()
        for target in re.findall(r'(?:src|href)="([^":#{]+)"', text):
            assert (path.parent / target).exists(), (path.name, target)
        assert "https://" not in re.sub(r'href="https?://[^"]+"|xmlns="[^"]+"', "", text)
        assert "$$" not in re.sub(r"<(textarea|code).*?</\1>", "", text, flags=re.S)
        assert "FORMULA" not in text
    assert "<math" in (tmp_path / "01_chain_rule.html").read_text()
    assert "<table" in (tmp_path / "README.html").read_text(), "the signs and words"
    assert "BEGIN SOLUTION" not in (tmp_path / "05_forward_against_reverse.html").read_text()
    kept = kept_by(tmp_path / "offline.js")
    assert {"./", "index.html", "autodiff.zip", "pyodide/viz-global.js"} <= kept
    assert all((tmp_path / name).exists() for name in kept)
    assert not any("ipython" in name for name in kept)


@needs_pyodide
def test_the_modules_of_the_start_come_compiled_by_pyodides_own_python_and_their_sources_later():
    made = archive.archives(VERIFIED)
    start, numpy, later = (
        set(zipfile.ZipFile(io.BytesIO(made[k])).namelist()) for k in ("autodiff", "numpy", "later")
    )
    compiled = {name for name in start | numpy if name.endswith(".pyc")}
    assert {"autodiff/core/reverse/sweep.pyc", "autodiff/ops/linear/products.pyc"} <= compiled
    assert {"numpy/__init__.pyc", "numpy/lib/_function_base_impl.pyc"} <= compiled
    assert {name.removesuffix("c") for name in compiled} <= later - start - numpy
    sources = {name for name in start if name.endswith(".py")}
    assert all("/exercises/lesson_" in name for name in sources), "what the start does without"
    modules = {name.removesuffix("c") for name in start}
    folders = {name.rpartition("/")[0] for name in start}
    assert {folder for folder in folders if f"{folder}/__init__.py" not in modules} == set()
    assert "autodiff/course/exercises/lesson_09/quotients.py" in start
    assert "numpy/testing/__init__.py" in numpy, "a reader may import it"
    assert not [name for name in numpy if name.endswith(".pyi") or "/tests/" in name]


def test_the_archives_hold_the_package_and_no_notebook_and_are_the_same_each_time():
    made = archive.archives(None)
    start, later = (zipfile.ZipFile(io.BytesIO(made[name])) for name in ("autodiff", "later"))
    names = set(start.namelist())
    assert {"autodiff/__init__.py", "tqdm/__init__.py", "graphviz/__init__.py"} <= names
    assert not names & set(later.namelist())
    assert "autodiff/frontends/tensorflow/__init__.py" in later.namelist()
    assert not [name for name in [*names, *later.namelist()] if name.endswith(".ipynb")]
    assert len(made["autodiff"]) < 1_500_000
    assert made == archive.archives(None)
    with np.load(io.BytesIO(start.read("autodiff/examples/digits.npz"))) as file:
        assert file["images"].shape == (1797, 64)


def test_the_archive_alone_checks_every_exercise(tmp_path):
    """As a page unpacks it: with NumPy beside it, and nothing else of this checkout."""
    with zipfile.ZipFile(io.BytesIO(archive.archives(None)["autodiff"])) as file:
        file.extractall(tmp_path)
    program = (
        "import sys; sys.path[0] = sys.argv[1]; import autodiff as ad\n"
        "from autodiff.course.web.runner import Runner\n"
        "from autodiff.course import exercises\n"
        "assert ad.__file__.startswith(sys.argv[1])\n"
        "for number in [own.number for own in exercises]:\n"
        "    shown = Runner().run(f'import autodiff as ad; ad.course.check({number!r}, None)', 1)\n"
        "    assert shown[-1] == {'kind': 'check', 'exercise': number, 'passed': False}, shown\n"
        "print(len(list(exercises)))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, tmp_path],
        capture_output=True, text=True, cwd=tmp_path, env={"PATH": os.environ["PATH"]},
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert int(ran.stdout) > 30


def test_a_wheel_is_one_that_pip_installs(tmp_path):
    """Its record has the digest of each file, and there is one package in it."""
    name, data = archive.wheel({"autodiff/course/web/place.json": b"{}"})
    (tmp_path / name).write_bytes(data)
    target = tmp_path / "installed"
    install = ["install", "--quiet", "--no-deps", "--no-index", "--target", target]
    subprocess.run([sys.executable, "-m", "pip", *install, tmp_path / name], check=True)
    assert (target / "autodiff" / "frontends" / "tensorflow" / "__init__.py").is_file()
    assert len(list(target.glob("*.dist-info"))) == 1


def test_from_the_cdn_only_its_own_addresses_are_loaded(tmp_path):
    site.build([find("00")], tmp_path, None, say=lambda line: None, whole=False)
    settings = json.loads(
        re.search(
            r'id="settings">(.*?)</script>', (tmp_path / "00_first_picture.html").read_text()
        )[1]
    )
    assert settings["index"] == f"https://cdn.jsdelivr.net/pyodide/v{runtime.VERSION}/full/"
    assert not (tmp_path / "pyodide").exists()


@needs_lite
def test_jupyterlite_from_the_cdn_names_it_and_has_the_package_in_its_own_index(tmp_path):
    made = lite.build([find("00")], tmp_path, local=False)
    text = (made / "jupyter-lite.json").read_text()
    own = json.loads(text)["jupyter-config-data"]["litePluginSettings"][f"{lite.KERNEL}:kernel"]
    assert own["pyodideUrl"] == f"{runtime.CDN}pyodide.js"
    wheel = next(iter((made / "pypi").glob("autodiff_toolkit-*.whl")))
    with zipfile.ZipFile(wheel) as file:
        place = json.loads(file.read(f"autodiff/course/web/{kernel.PLACE}"))
    assert place == {"graphviz": runtime.VIZ_CDN}
    assert "autodiff-toolkit" in json.loads((made / "pypi" / "all.json").read_text())
    assert kept_by(tmp_path / "lite-page.js") <= {
        path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")
    }
    notebook = json.loads((made / "files" / "00_first_picture.ipynb").read_text())
    first = next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")
    assert "".join(first["source"]) == kernel.SETUP
    assert [name for name in (made / "extensions").glob("*/*")] == [
        made / "extensions" / "@jupyterlite" / "pyodide-kernel-extension"
    ]


def test_what_a_lesson_asks_for_comes_with_it_as_a_page_and_in_jupyterlite(tmp_path):
    for name, more in (("00_first_picture", ""), ("12_ten_libraries", " protobuf")):
        first = next(own for own in lite.notebook(find(name)).cells if own.cell_type == "code")
        assert f"%pip install -q autodiff-toolkit{more}\n" in first.source
    settings = json.loads(re.search(r'id="settings">(.*?)</script>', page("12_ten_libraries"))[1])
    assert re.search(settings["asked"]["protobuf"], find("12").text)
    assert not re.search(settings["asked"]["protobuf"], find("00").text)
    lite._wheels(tmp_path / "pypi", local=True)
    assert [path.name for path in (tmp_path / "pypi").glob("protobuf-*-py3-none-any.whl")]


def test_outside_of_a_browser_the_first_cell_does_nothing():
    import asyncio

    asyncio.run(kernel.ready())


@pytest.mark.parametrize(("meant", "status"), [(True, "ok"), (False, "error")])
def test_an_error_that_is_meant_is_shown_and_stops_no_other_cell(meant, status, capsys):
    import asyncio

    class Kernel:
        async def run(self, code):
            error = {"ename": "ZeroDivisionError", "evalue": "by zero", "traceback": ["by", "zero"]}
            return {"status": "error", **error} if code == "1 / 0" else {"status": "ok"}

        def get_parent(self):
            return {"content": {"stop_on_error": not meant}}

    own = Kernel()
    kernel.go_on_after_errors_that_are_meant(own)
    assert asyncio.run(own.run("1"))["status"] == "ok"
    assert asyncio.run(own.run("1 / 0"))["status"] == status
    assert capsys.readouterr().err == ("by\nzero\n" if meant else "")


def test_a_file_that_is_not_pyodides_is_refused(tmp_path):
    with tarfile.open(tmp_path / f"pyodide-{runtime.VERSION}.tgz", "w:gz") as archive:
        for name in runtime.CORE:
            data = b"{}"
            entry = tarfile.TarInfo(f"package/{name}")
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    with pytest.raises(LessonError, match=r"pyodide-lock\.json is not Pyodide's"):
        runtime.unpack(tmp_path, tmp_path / "verified")


def test_the_reference_has_every_public_name_and_its_examples_were_executed(tmp_path):
    pytest.importorskip("pdoc", reason="pdoc is not installed")
    program = (
        "import sys, pathlib; from autodiff.course.web.reference import write\n"
        "print(write(pathlib.Path(sys.argv[1])))"
    )  # in a process of its own: pdoc imports what is imported when used
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program, tmp_path / "api"],
        capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(PACKAGE.parent)},
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr[-1500:]
    assert int(ran.stdout.split()[-1]) > 50
    page = (tmp_path / "api" / "autodiff.html").read_text()
    import autodiff

    lacking = [name for name in autodiff.__all__ if f'id="{name}"' not in page]
    assert [
        name for name in lacking if not (tmp_path / "api" / "autodiff" / f"{name}.html").is_file()
    ] == []


def test_an_example_that_is_not_so_is_refused():
    from autodiff.course.web.reference import executed

    def right():
        """
        >>> 1 + 1
        2
        """

    def wrong():
        """
        >>> 1 + 1
        3
        """

    assert executed({"right": right}) == 1
    with pytest.raises(LessonError, match="an example of the reference is not so"):
        executed({"wrong": wrong})


def test_the_lock_file_of_a_site_lists_only_what_the_site_has(tmp_path):
    names = {"numpy": "numpy-2.whl", "protobuf": "protobuf-5.whl"}
    lock = {"info": {"arch": "wasm32"}, "packages": {k: {"file_name": v} for k, v in names.items()}}
    verified = tmp_path / "verified"
    verified.mkdir()
    (verified / "pyodide-lock.json").write_text(json.dumps(lock))
    (verified / "numpy-2.whl").write_bytes(b"")
    runtime.copy(verified, tmp_path / "pyodide")
    copied = json.loads((tmp_path / "pyodide" / "pyodide-lock.json").read_text())
    assert copied == {"info": lock["info"], "packages": {"numpy": {"file_name": "numpy-2.whl"}}}
