"""A student's copy of the lessons, and what the command says where something is not installed."""

import os
import sys

import pytest

nbformat = pytest.importorskip("nbformat")

from autodiff import cli  # noqa: E402
from autodiff.course.lessons import build, forms, lab  # noqa: E402


def test_lessons_are_copied_once_and_trusted(lesson, tmp_path, monkeypatch):
    from nbformat.sign import NotebookNotary

    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr(lab, "all_lessons", lambda: [lesson])
    build.write(lesson.student, forms.student(lesson))
    (lesson.folder / "README.md").write_text("signs and words")
    (lesson.folder / "page.md").write_text("a page")
    mine = tmp_path / "mine"
    assert lab.copy_lessons(mine) == (1, 0)
    assert (mine / "README.md").read_text() == "signs and words"
    assert (mine / "page.md").read_text() == "a page"
    copy = mine / lesson.student.name
    notary = NotebookNotary()
    assert notary.check_signature(nbformat.read(copy, as_version=4))
    notary.store.close()
    copy.write_text("my work")
    assert lab.copy_lessons(mine) == (0, 1)
    assert copy.read_text() == "my work"


def test_jupyterlab_opens_on_the_copy(tmp_path, monkeypatch):
    pytest.importorskip("jupyterlab")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    command = lab.command(tmp_path, ["--no-browser"])
    assert command == [
        sys.executable, "-m", "jupyterlab", f"--notebook-dir={tmp_path}", "--no-browser",
    ]  # fmt: skip


def test_without_the_extra_the_command_says_what_to_install(monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(lab, "find_spec", lambda name: None)
    assert cli.main(["lab"]) == 2
    assert "pip install 'autodiff-toolkit[course]'" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == [], "nothing was copied"
    monkeypatch.setitem(sys.modules, "jupytext", None)
    assert cli.main(["course", "lint"]) == 2
    assert "needs jupytext: pip install" in capsys.readouterr().err
