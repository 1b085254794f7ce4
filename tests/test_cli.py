"""The command line: what is printed, what is written, exit codes."""

import argparse
import os
import subprocess
import sys

import numpy as np
import pytest

from autodiff import cli
from autodiff.cli.mistakes import wrapped
from autodiff.cli.values import UnreadableError, value_of

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
    assert "contribution 2 of 2" in " ".join(capsys.readouterr().out.split())
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
        (["draw", "{file}", "--at", "x=2"], "has the functions: f, g"),
        (["draw", "{file}:f", "--at", "x=two"], "'two' is not read here"),
        (["draw", "{file}:f", "--at", "x=__import__('os')"], "is not read here"),
        (["draw", "{file}:f", "--at", "x=[1, [2, 3]]"], "different lengths"),
        (["draw", "{file}:f", "--at", "x=nowhere.npy"], "no file 'nowhere.npy'"),
        (["draw", "{file}:f", "--at", "x=2", "--out", "f.jpg"], ".svg, .png"),
        (["traps", "abs at 00"], "Did you mean 'abs at 0'"),
        (["ops", "tanhh"], "Did you mean tanh"),
    ],
)
def test_usage_errors_say_what_to_type(file, arguments, message, capsys):
    assert cli.main([a.format(file=file) for a in arguments]) == 2
    assert message in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,2", [1.0, 2.0]),
        ("[[1, 2], [3, 4]]", [[1.0, 2.0], [3.0, 4.0]]),
        ("np.eye(2)", [[1.0, 0.0], [0.0, 1.0]]),
        ("-2*ones((1, 2)) + 1", [[-1.0, -1.0]]),
        ("np.arange(4).reshape(2, 2).T", [[0.0, 2.0], [1.0, 3.0]]),
        ("2**-1", 0.5),
        ("np.pi / 2", np.pi / 2),
        ("np.random.default_rng(0).normal(size=2)", np.random.default_rng(0).normal(size=2)),
    ],
)
def test_values_are_read_by_a_small_grammar(text, value):
    found = value_of(text)
    assert np.array_equal(found, value)
    assert np.asarray(found).dtype == float


def test_values_are_read_from_files_and_into_containers(tmp_path):
    np.save(tmp_path / "w.npy", np.arange(3))
    assert np.array_equal(value_of(str(tmp_path / "w.npy")), [0.0, 1.0, 2.0])
    np.save(tmp_path / "objects.npy", np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(UnreadableError, match="no array of numbers"):
        value_of(str(tmp_path / "objects.npy"))
    found = value_of("{'W': np.eye(2), 'b': [0, 1], 'name': 'layer', 'on': True}")
    assert np.array_equal(found["b"], [0.0, 1.0])
    assert (found["name"], found["on"]) == ("layer", True)


@pytest.mark.parametrize("command", [["ops"], ["traps"], ["ops", "--missing"], ["lecture"]])
def test_lines_are_as_long_as_the_terminal_is_wide(command, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    assert cli.main(command) == 0
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 80


def test_the_lecture_shows_the_values_that_it_computed(capsys):
    assert cli.main(["lecture"]) == 0
    assert "3.296" in capsys.readouterr().out


def test_each_argument_has_a_word_of_help():
    def of(parser):
        for action in parser._actions:
            if isinstance(action, argparse._SubParsersAction):
                for one in action.choices.values():
                    yield from of(one)
            elif not action.help:
                yield f"{parser.prog} {action.dest}"

    assert list(of(cli.parser())) == []


def test_a_command_names_no_line_of_its_own(file):
    file.write_text("def f(x):\n    return 3.0\n")
    ran = subprocess.run(
        [sys.executable, "-m", "autodiff", "draw", f"{file}:f", "--at", "x=2"],
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 2
    assert "does not depend on x" in ran.stderr
    assert "main()" not in ran.stderr
    assert "runpy" not in ran.stderr


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


BROKEN = {
    "divides.py": "def f(x):\n    return 1 / 0\n",
    "no_python.py": "def f(x:\n",
    "imports.py": "import no_such_module\n",
    "reads.py": "def f(x):\n    return open('/no/such/file').read()\n",
    "text.txt": "no code",
    "empty.ipynb": "{}",
    "no_notebook.ipynb": "hello",
}
TARGETS = [f"{name}:f" for name in BROKEN] + ["", ":", "f", "nowhere.py:f", "functions.py:h"]
VALUES = ["x", "x=", "=2", "x=two", "x=[[1], [1, 2]]", "x=1e999999)", "x=np.eye(-1)", "x=text.txt"]
VALUES += ["x=np.ones(10**15)", "x='a'", "x=None", "y=2", "x={1: 2}", "x=[]", "x=9**9**9"]
TO = ["x.jpg", "", ".", "text.txt/inside.svg"]
MISTYPED = [
    *([one, target, "--at", "x=2"] for one in ("draw", "step", "check", "source") for target in TARGETS),
    *(["draw", "functions.py:f", "--at", value] for value in VALUES),
    *(["draw", "functions.py:f", "--at", "x=2", "--at", value] for value in VALUES),
    *([one, "functions.py:f", "--at", "x=2", "--out", out] for one in ("draw", "step") for out in TO),
    *(["course", one, name] for one in ("lint", "grade") for name in [*BROKEN, "nowhere", "folder"]),
    *(["course", "grade", "empty.ipynb", option, "-1"] for option in ("--seconds", "--jobs", "--memory")),
    *(["course", "grade", "empty.ipynb", option, "text.txt/x"] for option in ("--csv", "--report")),
    *(["course", one, "99"] for one in ("build", "test")),
    *(["course", "build", "00", "--to", form, "--out", "text.txt"] for form in ("html", "slides")),
    *(["course", one] for one in ("", "nope", "build", "list") if one in ("", "nope")),
    *([one, name] for one in ("ops", "traps", "new", "figures", "nope") for name in ("", "nope", "../..")),
    ["ops", "--out", "x.pdf"], ["convnet", "--steps", "0"], ["convnet", "--every", "x"], [],
]  # fmt: skip


@pytest.mark.parametrize("arguments", MISTYPED, ids=lambda own: " ".join(own) or "nothing")
@pytest.mark.filterwarnings("ignore")
def test_whatever_is_mistyped_is_answered_in_words(arguments, file, tmp_path, monkeypatch, capsys):
    """No traceback (an error that leaves `main` is one), and no line over 80 columns."""
    for name, text in BROKEN.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    try:
        code = cli.main(arguments)
    except SystemExit as end:
        code = end.code
    printed = capsys.readouterr()
    assert code in (0, 1, 2)
    assert code == 0 or printed.err or printed.out
    long = [line for line in (printed.out + printed.err).splitlines() if len(line) > 80]
    assert [line for line in long if " " in line.strip()] == []


def test_an_argument_may_be_given_after_its_own_flag(file, capsys):
    assert cli.main(["check", f"{file}:f", "--at", "x=2", "--at", "y=1"]) == 0
    assert cli.main(["check", f"{file}:f", "--at", "x=2", "x=3"]) == 2
    assert "given twice" in capsys.readouterr().err


def test_an_error_in_the_users_file_names_its_line(file, capsys):
    file.write_text("def f(x):\n    return 1 / 0\n")
    assert cli.main(["check", f"{file}:f", "--at", "x=2"]) == 2
    said = capsys.readouterr().err
    assert "ZeroDivisionError: division by zero" in said
    assert "line 2, in f" in said


@pytest.mark.parametrize("typed", ["pip install 'autodiff-toolkit[course]'", "`pip install numba`"])
def test_what_is_to_be_typed_stays_on_one_line(typed):
    words = "this part wants another package, which is not installed here: "
    for width in range(12, 90):
        assert any(
            typed in line for line in wrapped(words + typed + " and again", width).split("\n")
        )


@pytest.mark.parametrize(
    ("given", "shown"), [([], "draw a function's"), (["course"], "grade notebooks")]
)
def test_without_a_command_all_commands_are_shown(given, shown, capsys):
    assert cli.main(given) == 2
    assert shown in capsys.readouterr().out


def test_a_file_is_run_as_it_is_now_and_by_its_own_rules(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    file = tmp_path / "model.py"
    for factor in (3, 4):
        file.write_text(
            f"def f(x: float):\n    return {factor} * x\n\n\nassert f.__annotations__['x'] is float\n"
        )
        os.utime(file, (1e9, 1e9))  # changed within a second, and as long as before
        assert cli.main(["draw", f"{file}:f", "--at", "x=2"]) == 0
        assert f"df/dx: {factor}" in capsys.readouterr().out
