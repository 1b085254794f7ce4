"""`autodiff lecture` runs every system of the slide, a line each."""

import numpy as np
import pytest

from autodiff.examples.systems import SYSTEMS, report


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_system_of_the_slide_gives_the_same_derivative(name):
    value, gradient = SYSTEMS[name]()
    assert float(value) == pytest.approx(3 * np.tanh(2), rel=1e-6)
    np.testing.assert_allclose(gradient, np.full((2, 3), 1 - np.tanh(2) ** 2), rtol=1e-5)


def test_the_command_prints_a_line_for_each(capsys):
    from autodiff.cli import main

    assert main(["lecture"]) == 0
    shown = capsys.readouterr().out
    assert report() in shown
    assert all(name in shown for name in SYSTEMS)
