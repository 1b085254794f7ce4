"""Traces written by hand: what a row may be, and what is said about one that is not."""

import numpy as np
import pytest

from autodiff.course.helpers import handmade

INPUTS = {"x": 2.0, "y": 3.0}


def test_rows_are_run_one_step_at_a_time():
    rows = ["a = x * y", "b = np.sin(a)", "c = -b", "d = c ** 2", "e = 3 / d", "f = e - x"]
    values = handmade.run(rows, INPUTS)
    assert list(values) == ["a", "b", "c", "d", "e", "f"]
    np.testing.assert_allclose(values["f"], 3 / np.sin(6.0) ** 2 - 2)


@pytest.mark.parametrize(
    ("rows", "error", "words"),
    [
        (["v1 = x * y + 1"], handmade.NotElementaryError, r"row 1, .* `x \* y` needs a row"),
        (["v1 = sin(x * y)"], handmade.NotElementaryError, "needs a row of its own"),
        (["v1 = x"], handmade.NotElementaryError, "does nothing"),
        (["v1 = x * y", "v2 = v3 + v1"], handmade.NotYetMadeError, "row 2, .*uses v3 before"),
        (["v1 = v1 + x"], handmade.NotYetMadeError, "uses v1 before it exists"),
        (["v1 = x * y", "v1 = v1 + x"], handmade.MadeTwiceError, "makes v1, which exists"),
        (["x = x * y"], handmade.MadeTwiceError, "makes x"),
        (["v1 = erf(x)"], handmade.RowError, "calls erf; the steps are sin, cos"),
        (["x * y"], handmade.RowError, "not of the form"),
        (["v1 = x *"], handmade.RowError, "not Python"),
        ("v1 = x * y", handmade.NotAListError, "a list of texts"),
        (None, handmade.NotAListError, "a list of texts"),
    ],
)
def test_a_wrong_row_is_named(rows, error, words):
    with pytest.raises(error, match=words):
        handmade.run(rows, INPUTS)


def test_sin_of_two_arguments_is_named():
    with pytest.raises(handmade.RowError, match="takes 1 operand, but got 2"):
        handmade.run(["v1 = sin(x, y)"], INPUTS)
