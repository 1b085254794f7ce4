"""`autodiff source FILE.py:f --grad --at x=2`."""

import pytest

from autodiff import cli


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "user.py"
    path.write_text("import numpy as np\n\n\ndef f(x):\n    return x * np.sin(x) * x\n")
    return path


def test_source_prints_and_writes_a_program(file, tmp_path, capsys):
    out = tmp_path / "program.py"
    call = ["source", f"{file}:f", "--at", "x=2"]
    assert cli.main([*call, "--grad"]) == 0
    assert "def grad_f(x):" in capsys.readouterr().out
    assert cli.main([*call, "--value-and-grad", "--out", str(out)]) == 0
    space = {}
    exec(out.read_text(), space)
    assert space["value_and_grad_f"](2.0)[1] == pytest.approx(1.9726, abs=1e-4)
    assert cli.main(call) == 0
    assert "def f(x):" in capsys.readouterr().out
