"""`py.typed` promises types: mypy, reading a user's program strictly, knows every public name."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import autodiff as ad

pytest.importorskip("mypy", reason="mypy is not installed")
ROOT = Path(ad.__file__).parent.parent
PROGRAM = """
from typing import Any
import numpy as np
import autodiff as ad

def f(x: Any) -> Any:
    return np.sum(np.tanh(x) ** 2)

x = np.ones(3)
gradient = ad.grad(f)(x)
value, gradient = ad.value_and_grad(f)(x)
out, pullback = ad.vjp(f, x)
print(ad.check(f, x).passed, ad.jvp(f, (x,), (x,)), ad.hvp(f, x, x))
ad.draw(f, x, flow=True).save("f.svg")
ad.step(f, x).save("f.html")
ad.source(ad.grad(f), x).save("f.py")
ad.compile(ad.value_and_grad(f))(x)
a = ad.Tensor(2.0, name="a")
(a * a).backward()
with ad.Tape() as tape, ad.scope("layer"):
    print(tape)
print(ad.course.check("0.1", f).passed)
"""


@pytest.fixture(scope="module")
def typed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("typed")

    def run(text):
        (folder / "program.py").write_text(text)
        # no settings of this project: a user has none of them
        options = ["--strict", "--follow-imports=silent", "--config-file=", f"--cache-dir={folder}"]
        ran = subprocess.run(
            [sys.executable, "-m", "mypy", *options, "program.py"],
            capture_output=True, text=True, cwd=folder, env=os.environ | {"MYPYPATH": str(ROOT)},
        )  # fmt: skip
        return ran.stdout

    return run


def test_a_users_program_is_typed(typed):
    assert [line for line in typed(PROGRAM).splitlines() if "error" in line] == []


def test_no_public_name_is_an_object_of_which_nothing_is_known(typed):
    said = typed("import autodiff\n" + "".join(f"reveal_type(autodiff.{n})\n" for n in ad.__all__))
    types = dict(zip(ad.__all__, re.findall(r'Revealed type is "(.*)"', said), strict=True))
    assert [name for name, own in types.items() if own in ("object", "Any")] == []


def test_a_mistake_is_seen(typed):
    assert 'has no attribute "gradd"' in typed("import autodiff as ad\nad.gradd\n")
    assert "incompatible type" in typed("import autodiff as ad\nad.named(1.0, 5)\n")
