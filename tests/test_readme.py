"""Every Python block of the pages for readers runs by itself, and what they show is what comes."""

import re
from pathlib import Path

import numpy as np
import pytest

import autodiff
from autodiff.core.language.registry import registry

ROOT = Path(autodiff.__file__).parent.parent
README = ROOT / "README.md"
SWEEPS = ROOT / "notebooks" / "two_sweeps.md"
PAGES = [README, ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")), SWEEPS]
LINKED = [*PAGES, ROOT / "CHANGELOG.md", ROOT / "notebooks" / "README.md"]


def blocks_of(page):
    return re.findall(r"```python\n(.*?)```", page.read_text(), re.S)


BLOCKS = {
    f"{page.name} {number}": block for page in PAGES for number, block in enumerate(blocks_of(page))
}


SAID = {
    "print(ad.grad(f)(2.0))": repr(float(2 * 2.0 + 3 * np.cos(2.0))),
    "print(ad.check(loss": "right; all derivatives agree",
    "print(ad.check(f": "right; all derivatives agree",
    "except ad.DetachError": "Leave it out: x is a number already, with its derivative",
    "sess.run(y": "[8.295837]",
}
"""What a block with these words prints, as the page says."""


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS)
def test_a_block_runs_by_itself_and_prints_what_the_page_says(block, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    try:
        exec(compile(block, "<a block of a page>", "exec"), {})
    finally:
        registry.by_name.pop("softsign", None)
    printed = capsys.readouterr().out
    assert all(said in printed for words, said in SAID.items() if words in block)


def test_every_promise_stands_in_a_block():
    assert all(any(words in block for block in BLOCKS.values()) for words in SAID)


def test_what_the_readme_shows_of_a_check_is_what_is_printed(capsys):
    text = README.read_text()
    shown = re.search(r"```\n(Exercise 5\.3.*?)```", text, re.S)[1]
    block = next(b for b in blocks_of(README) if "course.check" in b)
    exec(compile(block, "<README>", "exec"), {})
    assert capsys.readouterr().out.strip() == shown.strip()


def test_what_the_readme_shows_of_a_program_is_what_is_printed(capsys):
    block, shown = re.search(
        r"```python\n([^`]*ad\.source[^`]*)```\n\n```\n([^`]*)```", README.read_text()
    ).groups()
    exec(compile(block, "<README>", "exec"), {})
    assert capsys.readouterr().out.strip() == shown.strip()


@pytest.mark.parametrize("page", LINKED, ids=lambda page: page.name)
def test_links_and_pictures_are_there(page):
    for target in re.findall(r"\]\(([^)#]+)\)|src=\"([^\"]+)\"", page.read_text()):
        if not "".join(target).startswith("https://"):
            assert (page.parent / "".join(target)).exists(), target


def test_the_public_names_are_annotated():
    """`py.typed` promises types: each public function says what it takes and gives."""
    import inspect

    assert (Path(autodiff.__file__).parent / "py.typed").is_file()
    lacking = []
    for name in autodiff.__all__:
        thing = getattr(autodiff, name)
        if inspect.isfunction(thing):
            signature = inspect.signature(thing)
            bare = [p.name for p in signature.parameters.values() if p.annotation is p.empty]
            bare += ["return"] if signature.return_annotation is signature.empty else []
            lacking += [f"{name}: {', '.join(bare)}"] if bare else []
    assert lacking == []
