"""The command line: what is printed, what is written, exit codes."""

import subprocess
import sys

import pytest

from autodiff import cli

SOURCE = """
import numpy as np

def f(x, y=3.0):
    return np.sin(x) * y + x

def g(w):
    return np.sum(w ** 2)
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "functions.py"
    path.write_text(SOURCE)
    return path


def test_draw_prints_the_outline_and_writes_the_picture(file, tmp_path, capsys):
    out = tmp_path / "f.dot"
    assert cli.main(["draw", f"{file}:f", "--at", "x=2", "--out", str(out)]) == 0
    printed = capsys.readouterr().out
    assert "df/dx: 1 + (-1.248) = -0.2484" in printed
    assert "digraph" in out.read_text()


def test_step_prints_the_sweeps_and_writes_a_page(file, tmp_path, capsys):
    assert cli.main(["step", f"{file}:f", "--at", "x=2", "--sweeps", "reverse"]) == 0
    assert "contribution 2 of 2" in capsys.readouterr().out
    out = tmp_path / "tour.html"
    assert cli.main(["step", f"{file}:f", "--at", "x=2", "--out", str(out)]) == 0
    assert "<script" in out.read_text()


def test_check_takes_arrays(file, capsys):
    assert cli.main(["check", f"{file}:g", "--at", "w=[1, 2]", "--order", "2"]) == 0
    assert "right" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["draw", "nowhere.py:f"], "no file 'nowhere.py'"),
        (["draw", "{file}:h", "--at", "x=2"], "it has: f, g"),
        (["draw", "{file}:f", "--at", "z=2"], "--at x=... y=..."),
        (["draw", "{file}:f", "--at", "x"], "expected name=value"),
        (["ops", "tanhh"], "Did you mean tanh"),
    ],
)
def test_usage_errors_say_what_to_type(file, arguments, message, capsys):
    assert cli.main([a.format(file=file) for a in arguments]) == 2
    assert message in capsys.readouterr().err


def test_ops_and_doctor(capsys):
    assert cli.main(["ops"]) == 0
    assert "1 - ans**2" in capsys.readouterr().out
    assert cli.main(["ops", "sin"]) == 0
    assert "∂x = cos(x)" in capsys.readouterr().out
    assert cli.main(["doctor"]) == 0
    assert "renderer" in capsys.readouterr().out


def test_the_command_is_installed():
    out = subprocess.run(
        [sys.executable, "-m", "autodiff.cli", "--help"], capture_output=True, text=True, check=True
    )
    assert "demo" in out.stdout
