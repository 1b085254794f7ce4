"""Our own grader: right, wrong, broken, cheating and endless work, each graded, none in another's way.

Every answer runs in a process of its own; what it can forge, forget or break there is tried here.
"""

import csv
import io
import json
import os
import subprocess
import sys
import time

import numpy as np
import pytest

nbformat = pytest.importorskip("nbformat")

from autodiff import cli  # noqa: E402
from autodiff.course import exercises  # noqa: E402
from autodiff.course.grading import class_report, grade, wire  # noqa: E402
from autodiff.course.grading.apart import check_apart  # noqa: E402
from autodiff.course.grading.sources import answer_source  # noqa: E402
from autodiff.course.judging.trial import Trial  # noqa: E402
from autodiff.course.lessons import suspicion  # noqa: E402
from autodiff.course.lessons.lesson import all_lessons, find  # noqa: E402

CHECKS = (
    'ad.course.check("5.3", vjp_matmul)',
    'ad.course.check("1.1", slope)',
)
HEAD = "import numpy as np\nimport autodiff as ad"
MATMUL = "def vjp_matmul(ct, X, W):\n    return ct @ W.T, X.T @ ct"
SLOPE = "def slope(x):\n    a = x**2\n    return (np.cos(a) - np.sin(a)) * np.exp(-a) * 2 * x"
SIGN = SLOPE.replace("return (", "return -(")
ENGINE = MATMUL.replace("return", "return ad.vjp(lambda X, W: X @ W, X, W)[1](ct) #")
ENDLESS = "def slope(x):\n    while True:\n        try:\n            x = x + 1\n        except BaseException:\n            pass"
SOLUTION = (
    "def vjp_matmul(ct, X, W):\n    from autodiff.course import exercises\n"
    '    return exercises["5.3"].solution(ct, X, W)'
)
FORGED = (
    "import atexit, os, json\n"
    'atexit.register(lambda: os.write(1, b\'{"done": true, "passed": true}\\n\'))\n'
    'def slope(x):\n    print(\'{"part": "public"}\')\n    os._exit(0)'
)


def notebook(folder, student, *cells):
    path = folder / student / "work" / "work.ipynb"
    path.parent.mkdir(parents=True)
    cells = [HEAD, *cells, *CHECKS]
    nbformat.write(
        nbformat.v4.new_notebook(cells=list(map(nbformat.v4.new_code_cell, cells))), path
    )
    return path


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("handed in")
    paths = [
        notebook(folder, "ada", MATMUL, SLOPE),
        notebook(folder, "bob", MATMUL.replace("X.T @ ct", "ct.T @ X"), SIGN),
        notebook(folder, "cyd", MATMUL + "\n    return (", SLOPE, "1 / 0"),
        notebook(folder, "dan", "ad.course.check = lambda *a, **k: True", SOLUTION, FORGED),
        notebook(folder, "eve", MATMUL, ENDLESS),
        notebook(folder, "fay", ENGINE, SLOPE),
    ]
    broken = folder / "gus" / "work" / "work.ipynb"
    broken.parent.mkdir(parents=True)
    broken.write_text("no notebook\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTODIFF_SECRET", "of the instructor")
        return grade.grade([*paths, broken], 2, say=lambda line: None, secret="s", seconds=20)


def of(graded, student):
    return {own.exercise: own for own in graded if own.student == student}


def test_each_submission_has_its_lines_whatever_the_others_do(graded):
    kinds = {
        student: [own.kind for own in of(graded, student).values()]
        for student in ("ada", "bob", "cyd", "eve", "gus")
    }
    assert kinds["ada"] == ["passed", "passed"]
    assert kinds["cyd"] == [grade.NO_PYTHON, "passed"]
    assert of(graded, "cyd")["5.3"].mistake == "line 3: '(' was never closed"
    assert "return (" in of(graded, "cyd")["5.3"].source
    assert kinds["eve"] == ["passed", "out of time"]
    assert kinds["gus"] == [grade.NO_NOTEBOOK]
    assert all(own.public and own.hidden for own in of(graded, "ada").values())


def test_a_mistake_is_named_and_partly_right_answers_have_a_part_of_the_points(graded):
    bob = of(graded, "bob")
    assert bob["5.3"].mistake == "the adjoint of W transposed"
    assert bob["1.1"].mistake == "the sign"
    assert bob["5.3"].points == 0
    assert [own.points for own in of(graded, "ada").values()] == [1, 1]
    half = "def slope(x):\n    return ({}) if x > 0 else 0.0".format(
        SLOPE.split("return ")[1]
    ).replace("a)", "x**2)")
    reports = check_apart("1.1", f"import numpy as np\n{half.replace('(-a', '(-x**2')}", "slope")
    assert 0 < reports["public"].failing < reports["public"].inputs


def test_neither_the_solution_nor_a_forged_line_nor_the_engine_passes(graded):
    dan, fay = of(graded, "dan"), of(graded, "fay")
    assert not dan["5.3"].public
    assert not dan["1.1"].public
    assert dan["1.1"].points == 0
    assert not fay["5.3"].public
    assert fay["5.3"].kind == "forbidden"
    assert fay["1.1"].public
    for words in ("replaces ad.course.check", "autodiff.course", "something to run at the end"):
        assert words in dan["5.3"].marks
    assert "uses ad.vjp" in fay["5.3"].marks
    assert of(graded, "ada")["5.3"].marks == ""


def test_the_table_has_students_points_and_no_formulas(graded):
    file = io.StringIO()
    grade.write_csv([*graded, grade.Grade("=1+1", "", "1.1", 0, 1, False, False, "x")], file)
    rows = list(csv.DictReader(io.StringIO(file.getvalue())))
    assert {row["student"] for row in rows} >= {"ada", "bob", "gus", "'=1+1"}
    assert sum(float(row["points"]) for row in rows if row["student"] == "ada") == 2


def test_the_class_report_has_counts_examples_questions_and_paragraphs(graded):
    text, page = class_report.markdown(graded), class_report.html(graded)
    known = next(
        m for m in exercises["5.3"].misconceptions if m.name.startswith("the adjoint of W")
    )
    assert "### the adjoint of W transposed: 1" in text
    assert known.question in text
    assert "return ct @ W.T, ct.T @ X" in text
    assert "Lesson 5, 5.3 · The reverse rule of a matrix product: `Y = X @ W` with" in text
    assert "5.4" not in text
    assert "Lesson 1, 1.1 · Add the paths: Write `slope(x)`" in text
    assert "| 1.1 Add the paths | 3 | 6 |" in text
    assert "dan" in text.split("looked at by a person")[1]
    assert "&lt;" not in text
    assert "<h3>the adjoint of W transposed: 1</h3>" in page
    assert "ct @ W.T" in page


def test_an_answer_sees_neither_the_secret_nor_the_graders_settings(monkeypatch):
    monkeypatch.setenv("AUTODIFF_SECRET", "of the instructor")
    monkeypatch.setenv("MY_TOKEN", "of the lecturer")
    spy = (
        "import os\ndef slope(x):\n"
        "    raise RuntimeError(' '.join(sorted(os.environ)) + ' ' + ' '.join(os.environ.values()))"
    )
    report = check_apart("1.1", spy, "slope", secret="of the instructor")["hidden"]
    assert "HOME" in str(report)
    for hidden in ("SECRET", "of the instructor", "TOKEN", "of the lecturer"):
        assert hidden not in str(report)


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("def slope(x):\n    import os\n    os._exit(0)", "raised"),
        ("def slope(x):\n    raise SystemExit", "raised"),
        ("def slope(x):\n    return bytearray(10**13)", "raised"),
        ("def slope(x):\n    import sys\n    sys.setrecursionlimit(10**9)\n    return slope(x)", "raised or out of time"),
        ("class E(Exception):\n    def __str__(self):\n        raise self\ndef slope(x):\n    raise E", "raised"),
        ("class Same:\n    def __eq__(self, other):\n        return True\ndef slope(x):\n    return Same()", "type"),
        ("import sys\ndef slope(x):\n    f = sys._getframe()\n    while f:\n        if 'right' in f.f_locals:\n"
         "            return f.f_locals['right'].seen\n        f = f.f_back\n    return 0.0", "number"),
        ("from autodiff.course.judging import differences\ndifferences.difference = lambda *a: None\n"
         "def slope(x):\n    return 0.0", "number"),
        ("def slope(x):\n    import os\n    os.kill(os.getppid(), 9)", "raised"),
        ("def slope(x):\n    import os\n    os.killpg(os.getpgid(os.getppid()), 2)", "raised"),
        ("def slope(x):\n    import subprocess, sys\n    subprocess.run([sys.executable, '-c', ''])", "raised"),
        ("def slope(x):\n    import os\n    return os.fork()", "raised"),
        ("slope = 3.0", "not a function"),
        ("def slope(x): ...", "empty"),
    ],
)  # fmt: skip
def test_what_an_answer_can_do_to_its_process_it_does_not_do_to_the_grader(source, kind):
    report = check_apart("1.1", source, "slope", seconds=20, memory=3_000_000_000)["public"]
    assert not report.passed
    assert report.kind in kind.split(" or "), str(report)


def test_every_lesson_solved_has_all_points():
    for lesson in all_lessons():
        if lesson.exercises:
            grades = grade.grade([lesson.worked], 2, say=lambda line: None, secret="s")
            assert [own.exercise for own in grades] == lesson.exercises
            wrong = [(own.exercise, own.kind) for own in grades if not (own.public and own.hidden)]
            assert wrong == [], lesson.name
            assert {own.marks for own in grades} == {""}, lesson.name


def test_a_deleted_cell_and_an_empty_answer_have_lines_too(tmp_path):
    path = tmp_path / "zoe" / "00_first_picture.ipynb"
    path.parent.mkdir()
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1")]), path)
    (missing,) = grade.grade([path], say=lambda line: None)
    assert (missing.student, missing.exercise, missing.kind) == ("zoe", "0.1", grade.NOT_RUN)
    nbformat.write(nbformat.read(find("00").student, as_version=4), path)
    (empty,) = grade.grade([path], say=lambda line: None)
    assert (empty.kind, empty.points, empty.worth) == ("empty", 0, 1)


def test_the_command_writes_the_table_and_the_report(tmp_path, capsys):
    notebook(tmp_path, "bob", MATMUL.replace("X.T @ ct", "ct.T @ X"), SIGN)
    table, page = tmp_path / "grades.csv", tmp_path / "class.html"
    arguments = ["course", "grade", str(tmp_path / "bob"), "--csv", str(table)]
    assert cli.main([*arguments, "--report", str(page), "--json"]) == 1
    rows = json.loads(capsys.readouterr().out)
    assert [row["mistake"] for row in rows] == ["the adjoint of W transposed", "the sign"]
    assert "the sign" in page.read_text()
    assert "bob" in table.read_text()


def test_marks_are_said_once_for_each_submission(tmp_path, capsys, monkeypatch):
    many = [
        grade.Grade(
            "dan", "dan.ipynb", own, 0, 1, False, False, "empty", marks="cell 3 replaces it"
        )
        for own in ("5.1", "5.2", "5.3")
    ]
    monkeypatch.setattr(grade, "grade", lambda *_, **__: many)
    (tmp_path / "dan.ipynb").write_text("{}")
    assert cli.main(["course", "grade", str(tmp_path)]) == 1
    said = capsys.readouterr().out
    assert said.count("cell 3") == 1
    assert "dan, to be looked at by a person: cell 3 replaces it" in said


def test_what_an_answer_needs_is_cut_out_and_nothing_else():
    cells = [
        "import numpy as np\nimport time",
        "time.sleep(100)",
        "%matplotlib inline\nscale = 2",
        "class Dual:\n    pass",
        "def add(self, other):\n    return scale",
        "Dual.__add__ = add",
        "this is no Python",
        "@property\ndef other():\n    return np.nowhere",
        "def answer(x):\n    scale2 = scale\n    return Dual() + x",
    ]
    source = answer_source(cells, "answer")
    assert "sleep" not in source
    assert "np" not in source
    space = {}
    exec(source, space)
    assert space["answer"](1) == 2
    assert answer_source(cells, "nowhere") == ""


@pytest.mark.parametrize(
    "value",
    [
        None, True, 3, 10**30, 2.5, float("nan"), 1 + 2j, "text", [1, (2.0, None)], {"a": [1]},
        np.arange(6).reshape(2, 3), np.float32(1.5), np.array([1 + 2j]), np.zeros((0, 2)),
    ],
)  # fmt: skip
def test_observations_come_back_as_they_went(value):
    back = wire.decode(json.loads(json.dumps(wire.encode(value))))
    assert type(back) is type(value)
    np.testing.assert_equal(back, value)


def test_what_is_no_data_comes_as_a_stand_in():
    back = wire.decode(wire.encode([object(), np.sin, {1, 2}]))
    assert [type(own).__name__ for own in back] == ["object", "function", "set"]
    with pytest.raises(ValueError, match="not an observation"):
        wire.decode(["os.system", "ls"])
    with pytest.raises(ValueError):
        wire.decode(["array", "O", [1], ""])
    endless = []
    endless.append(endless)
    with pytest.raises(wire.NotSentError):
        wire.encode(endless)
    error = wire.decode_trial(wire.encode_trial(Trial(error=ZeroDivisionError("1/0")))).error
    assert type(error) is ZeroDivisionError


@pytest.mark.parametrize(
    "source",
    [
        "sys.modules['autodiff.course'].check = lambda *a, **k: True",
        "importlib.import_module('auto' + 'diff.cou' + 'rse')",
        "getattr(ad, 'cou' + 'rse')",
        "eval(bytes.fromhex('5f5f').decode())",
        "__import__('autodiff' + '.course')",
        "import subprocess, sys",
        "from gc import get_objects as own",
        "import ctypes",
        "pid = os.fork()",
        "os.kill(os.getppid(), 9)",
    ],
)
def test_what_gets_past_the_checker_is_marked(source):
    assert list(suspicion.suspicions(source))


def test_the_lessons_themselves_are_not_suspicious():
    for lesson in all_lessons():
        made = nbformat.read(lesson.worked, as_version=4)
        assert list(suspicion.marks(made, lesson)) == [], lesson.name


def test_no_process_is_left(tmp_path):
    pid = tmp_path / "pid"
    source = (
        "import ctypes, os\n"  # by C, which gets past Python's hook
        f"def slope(x):\n    if ctypes.CDLL(None).fork() == 0: open({str(pid)!r}, 'w').write(str(os.getpid()))\n"
        f"    while True: pass"
    )
    check_apart("1.1", source, "slope", seconds=1)
    if pid.exists():
        end = time.monotonic() + 20
        while runs(pid.read_text()) and time.monotonic() < end:  # a kill takes its time
            time.sleep(0.05)
        assert not runs(pid.read_text())


def runs(pid):
    """Whether a process is there, and more than the entry of one that has ended."""
    try:
        with open(f"/proc/{pid}/status") as status:
            return "zombie" not in status.read()
    except OSError:
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
def test_the_secret_is_gone_from_the_environment_and_from_what_the_system_shows_of_it():
    program = (
        "import os; from autodiff.course.grading.secrecy import taken\n"
        "shown = lambda: open('/proc/self/environ', 'rb').read()\n"
        "assert b'of the instructor' in shown()\n"
        "print(taken(), taken(), 'AUTODIFF_SECRET' in os.environ, b'instructor' in shown())"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"AUTODIFF_SECRET": "of the instructor"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert ran.stdout.split() == ["of", "the", "instructor", "False", "False"]


def test_an_answer_that_takes_too_much_memory_is_told_as_that():
    from autodiff.course.grading.apart import check_apart

    source = "import numpy as np\ndef f(g, x, direction):\n    return np.ones(10**10)"
    reports = check_apart("3.2", source, "f", seconds=30)
    assert {own.relation for own in reports.values()} == {"takes too much memory"}
