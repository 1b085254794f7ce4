"""Every Python block of the README runs, in order, in one namespace."""

import re
from pathlib import Path

import autodiff
from autodiff.core.registry import registry

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
    assert "np.sin(x) for math.sin(x)" in printed
    assert namespace["gradient"]["W1"].shape == (3, 4)
