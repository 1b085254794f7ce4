"""Every Python block of the README runs, in order, in one namespace."""

import re
from pathlib import Path

import autodiff
from autodiff.core.language.registry import registry

README = Path(autodiff.__file__).parent.parent / "README.md"


def test_readme_runs(capsys):
    blocks = re.findall(r"```python\n(.*?)```", README.read_text(), re.S)
    assert len(blocks) >= 5
    namespace = {}
    try:
        for number, block in enumerate(blocks):
            exec(compile(block, f"<README block {number}>", "exec"), namespace)
    finally:
        registry.by_name.pop("softsign", None)
    printed = capsys.readouterr().out
    assert "right; all derivatives agree" in printed
    assert "Leave it out: np functions take x as it is" in printed
    assert "[8.295837]" in printed
    assert namespace["gradient"]["W1"].shape == (3, 4)


def test_what_the_readme_shows_of_a_check_is_what_is_printed(capsys):
    text = README.read_text()
    shown = re.search(r"```\n(Exercise 5\.3.*?)```", text, re.S)[1]
    block = next(b for b in re.findall(r"```python\n(.*?)```", text, re.S) if "course.check" in b)
    exec(compile(block, "<README>", "exec"), {"ad": autodiff})
    assert capsys.readouterr().out.strip() == shown.strip()


def test_what_the_readme_shows_of_a_program_is_what_is_printed(capsys):
    text = README.read_text()
    block, shown = re.search(
        r"```python\n([^`]*ad\.source[^`]*)```\n\n```\n([^`]*)```", text
    ).groups()
    exec(compile(block, "<README>", "exec"), {"ad": autodiff})
    assert capsys.readouterr().out.strip() == shown.strip()


def test_links_and_pictures_are_there():
    for target in re.findall(r"\]\(([^)#]+)\)|src=\"([^\"]+)\"", README.read_text()):
        assert (README.parent / "".join(target)).exists(), target
