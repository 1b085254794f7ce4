"""The page of each system shows what it tells: its examples run as doctests."""

import doctest
from pathlib import Path

import pytest

import autodiff.frontends

FOLDER = Path(autodiff.frontends.__file__).parent
SYSTEMS = ["theano", "caffe", "torch", "mxnet", "cntk", "chainer", "neon"]


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_page_runs(system, monkeypatch):
    page = FOLDER / system / "README.md"
    text = page.read_text(encoding="utf-8")
    for part in ("**The idea.**", "**What it taught the field.**", "**What was clumsy.**"):
        assert part in text
    options = doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL
    found = doctest.testfile(str(page), module_relative=False, optionflags=options)
    assert found.attempted >= 5
    assert found.failed == 0
