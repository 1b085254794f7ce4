"""Programs of other systems are run as they stand: their imports find the front ends."""

import importlib
import sys

import pytest

from autodiff.frontends import run


def written(tmp_path, text):
    path = tmp_path / "program.py"
    path.write_text(text)
    return path


def test_a_program_runs_unchanged_with_its_arguments(tmp_path):
    path = written(
        tmp_path,
        "import sys\nimport tensorflow as tf\nx = tf.constant(float(sys.argv[1]))\n"
        "result = tf.Session().run(x * x)\nname = __name__\n",
    )
    before = list(sys.path), list(sys.argv)
    found = run.run("tensorflow", path, ["3"])
    assert found["result"] == 9
    assert found["name"] == "__main__"
    assert (list(sys.path), list(sys.argv)) == before
    assert "tensorflow" not in sys.modules


def test_modules_below_are_the_front_end_s_own():
    own = importlib.import_module("autodiff.frontends.tensorflow")
    spec = own.__spec__
    with run.standing_in("tensorflow"):
        import tensorflow
        import tensorflow.train as train
    assert tensorflow is own
    assert own.__spec__ is spec
    assert train is importlib.import_module("autodiff.frontends.tensorflow.train")


def test_the_real_package_is_back_afterwards():
    marker = type(sys)("keras")
    sys.modules["keras"] = marker
    try:
        with run.standing_in("tensorflow"):
            import keras

            assert keras is not marker
        assert sys.modules["keras"] is marker
    finally:
        del sys.modules["keras"]


def test_python_2_is_told_by_a_sentence(tmp_path):
    with pytest.raises(SyntaxError, match="written for Python 2"):
        run.run("tensorflow", written(tmp_path, "import tensorflow\nprint 'hello'\n"))
    with pytest.raises(SyntaxError, match="never closed"):
        run.run("tensorflow", written(tmp_path, "import tensorflow\nx = (1,\n"))


def test_a_system_that_is_not_here(capsys):
    assert run.main(["tensorflo", "program.py"]) == 2
    assert "tensorflow" in capsys.readouterr().out
    with pytest.raises(ValueError, match="no front end 'tensorflo'"), run.standing_in("tensorflo"):
        pass


@pytest.mark.parametrize("system", ["theano", "mxnet", "caffe", "neon", "cntk", "chainer"])
@pytest.mark.parametrize("how", ["import {0}; {0}.no_such", "from {0} import no_such"])
def test_a_name_that_is_missing_is_told_with_its_front_end(tmp_path, system, how):
    with pytest.raises((AttributeError, ImportError)) as caught:
        run.run(system, written(tmp_path, how.format(system)))
    assert f"{system}.no_such is not in the front end {system!r}" in caught.value.__notes__[0]


def test_an_error_of_the_program_s_own_is_left_alone(tmp_path):
    with pytest.raises(AttributeError) as caught:
        run.run("theano", written(tmp_path, "import theano\nobject().no_such"))
    assert not hasattr(caught.value, "__notes__")


@pytest.mark.parametrize(
    "line",
    ['print "x"', "n = 3217920L", "try:\n    pass\nexcept ValueError, e:\n    pass",
     'raise ValueError, "x"', "if 1 <> 2:\n    pass"],
)  # fmt: skip
def test_programs_of_python_2_are_told_whatever_shows_it(tmp_path, line):
    path = tmp_path / "old.py"
    path.write_text(f"import tensorflow as tf\n{line}\n")
    with pytest.raises(SyntaxError, match=r"written for Python 2, wh.*fissix -w old\.py"):
        run.refuse_python_2(path)


def test_keras_is_found_by_the_paths_that_tensorflow_gave_it(tmp_path):
    path = tmp_path / "program.py"
    path.write_text(
        "import tensorflow as tf\n"
        "from tensorflow.contrib.keras.python.keras.layers import Dense as a\n"
        "from tensorflow.python.keras.layers import Dense as b\n"
        "from tensorflow.keras.layers import Dense as c\n"
        "import keras.layers\n"
        "from tensorflow.contrib.keras.python import keras as k\n"
        "d = tf.contrib.keras.layers.Dense, tf.keras.layers.Dense, keras.layers.Dense, k.layers.Dense\n"
        "one = len({a, b, c, *d})\n"
    )
    assert run.run("tensorflow", path)["one"] == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("import tensorflow as tf\ntf.reverse([1], no_such=1)", True),
        ("from keras.callbacks import EarlyStopping\nEarlyStopping(no_such=1)", True),
        ("def reverse(x):\n    pass\nreverse(1, no_such=1)", False),
        ("import tensorflow\ndef mine(x):\n    pass\nmine(1, no_such=1)", False),
    ],
)
def test_an_argument_that_a_front_end_does_not_have_is_told(tmp_path, text, told):
    with pytest.raises(TypeError, match="no_such") as caught:
        run.run("tensorflow", written(tmp_path, text))
    notes = getattr(caught.value, "__notes__", [])
    assert any("no_such= of" in note for note in notes) is told
