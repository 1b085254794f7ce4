"""Notebooks as Jupyter, Colab, VS Code, nbgrader and otter really leave them, and as students do.

Each habit that was met in public notebooks is put into one that holds a right answer, alone and with
others at random; the answer must still pass.  No file of anybody else's is here.
"""

import ast
import json

import numpy as np
import pytest

nbformat = pytest.importorskip("nbformat")

from autodiff.course.grading import grade  # noqa: E402
from autodiff.course.grading.apart import check_apart  # noqa: E402
from autodiff.course.grading.plain import plain  # noqa: E402
from autodiff.course.grading.sources import answer_source  # noqa: E402
from autodiff.course.lessons.lesson import all_lessons  # noqa: E402

HEAD = "import numpy as np\nimport autodiff as ad"
ANSWER = """def slope(x):
    \"\"\"Of exp(-a) cos a ...
    % of the marks: 100
    \"\"\"
    a = x**2
    return ((np.cos(a) - np.sin(a)) * np.exp(-a)
        * 2 * x)"""
CHECK = 'ad.course.check("1.1", slope)'
IN_THE_CELL = {
    "a time": "%%time\n{}",
    "captured": "%%capture out\n{}",
    "matplotlib": "%matplotlib inline\n{}",
    "autoreload": "%load_ext autoreload\n%autoreload 2\n{}",
    "an installation": "!pip install -q numpy\n{}",
    "an installation in two lines": "!pip install \\\\\n    -q numpy\n{}",
    "an installation without a sign": "pip install numpy\n{}",
    "files": "files = !ls *.csv\n{}",
    "a question": "np.sin?\n{}",
    "a question before": "?np.sin\n{}",
    "two questions": "{}\nslope??",
    "a timed call": "{}\n%timeit slope(1.0)",
    "a title of Colab": '#@title My answer {{ display-mode: "form" }}\nn = 3 #@param {{type: "slider"}}\n{}',
    "displayed": "{}\ndisplay(slope(1.0))",
    "in a block": "if True:\n    !ls\n{}",
    "in a loop": "for k in range(2):\n    %time k\n{}",
    "Windows' lines": "{}\r\n",
    "a trailing semicolon": "{}\nslope(1.0);",
}
BESIDE = (
    "%%bash\nls -l | wc",
    "%%writefile helper.py\ndef slope(x): return 0",
    "%%html\n<b>bold</b>",
    "from google.colab import drive\ndrive.mount('/content/drive')",
    "import otter\ngrader = otter.Notebook()",
    "grader.check('q1_1')",
    "### BEGIN SOLUTION\n### END SOLUTION",
    "raise NotImplementedError()",
    "x = (3\n% 2)",
    "await asyncio.sleep(0)",
    "!wget \\\n  https://localhost/data.csv",
    "",
)


@pytest.mark.parametrize("habit", IN_THE_CELL)
def test_an_answer_is_found_whatever_stands_in_its_cell(habit):
    cell = IN_THE_CELL[habit].format(ANSWER)
    ast.parse(plain(cell))
    source = answer_source([HEAD, cell], "slope")
    space = {}
    exec(source, space)
    a = 0.7**2
    expected = (np.cos(a) - np.sin(a)) * np.exp(-a) * 1.4
    np.testing.assert_allclose(space["slope"](0.7), expected)
    assert "% of the marks: 100" in space["slope"].__doc__


@pytest.mark.parametrize("seed", range(6))
def test_habits_together_and_cells_of_others_beside_it(seed):
    rng = np.random.default_rng(seed)
    cell = ANSWER
    for habit in rng.choice(list(IN_THE_CELL), 4, replace=False):
        if "%%" not in IN_THE_CELL[habit]:
            cell = IN_THE_CELL[habit].format(cell)
    cells = [
        HEAD,
        *rng.permutation(BESIDE)[:6].tolist(),
        cell,
        *rng.permutation(BESIDE)[:4].tolist(),
    ]
    source = answer_source(cells, "slope")
    report = check_apart("1.1", source, "slope", fallback=[plain(own) for own in cells])["public"]
    assert report.passed, (cells, report)


def test_python_stays_as_it_is():
    for source in ("x = 7\ny = (x\n  % 4)", 's = """\n!ls\n%d\n"""', "", "x = 1 \\\n% 2"):
        assert plain(source) == source
    assert plain("  x = 1\n  y = 2") == "x = 1\ny = 2"
    assert plain("def f(:\n    return") == "def f(:\n    return", "what is no Python stays"


LEFT = {
    "version 4.5, ids": {"nbformat_minor": 5},
    "version 4.4, none": {"nbformat_minor": 4},
    "Colab": {
        "nbformat_minor": 0,
        "metadata": {"colab": {"provenance": [], "toc_visible": True}, "accelerator": "GPU"},
    },
    "VS Code": {
        "nbformat_minor": 2,
        "metadata": {"orig_nbformat": 4, "vscode": {"interpreter": {"hash": "b1677b"}}},
    },
    "version 3": {"nbformat": 3, "nbformat_minor": 0},
}
CELLS = {
    "version 4.5, ids": {"id": "a", "metadata": {}, "outputs": [], "execution_count": None},
    "version 4.4, none": {"metadata": {"collapsed": True}, "outputs": [], "execution_count": 3},
    "Colab": {
        "metadata": {
            "id": "J3F5",
            "colab_type": "code",
            "colab": {"height": 34},
            "cellView": "form",
        },
        "outputs": [],
        "execution_count": 0,
    },
    "VS Code": {"metadata": {"vscode": {"languageId": "python"}}},  # and no outputs at all
    "version 3": {"language": "python", "metadata": {}, "outputs": [], "collapsed": False},
}


@pytest.mark.parametrize("lines", [True, False], ids=["list of lines", "one text"])
@pytest.mark.parametrize("left", LEFT)
def test_a_file_is_read_as_each_program_leaves_it(left, lines, tmp_path):
    key = "input" if left == "version 3" else "source"
    cells = [
        {"cell_type": "code", key: text.splitlines(keepends=True) if lines else text} | CELLS[left]
        for text in (HEAD, *BESIDE[:4], ANSWER, CHECK)
    ]  # the ids are all the same, as in files that were merged by hand
    made = {"nbformat": 4, "metadata": {}} | LEFT[left]
    made |= {"worksheets": [{"cells": cells}]} if left == "version 3" else {"cells": cells}
    path = tmp_path / "ada" / "work" / "work.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(made))
    (task,) = grade._tasks(path, all_lessons())
    assert (task.student, task.exercise, task.answer) == ("ada", "1.1", "slope")
    assert task.source == f"import numpy as np\n{ANSWER}"
    assert task.marks == ""
