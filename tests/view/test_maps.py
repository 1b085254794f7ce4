"""Maps of the plane: the arrows on the right are J times the arrows on the left."""

import numpy as np
import pytest

pytest.importorskip("matplotlib")

from autodiff.view.charts.maps import plot_pushforward
from autodiff.view.records.subject import ViewError


def shear(x):
    return np.stack([x[0] + 2 * x[1], 3 * x[1]])


def arrows(axes):
    return [np.array(note.xy) - note.xyann for note in axes.texts if hasattr(note, "xyann")]


def test_arrows_are_pushed_by_the_jacobian():
    seeds = [np.array([1.0, 0.0]), np.array([-1.0, 0.5])]
    figure = plot_pushforward(shear, [1.0, 1.0], seeds)
    left, right = (arrows(axes) for axes in figure.axes)
    jacobian = np.array([[1.0, 2.0], [0.0, 3.0]])
    assert np.allclose(left, seeds)
    assert np.allclose(right, [jacobian @ seed for seed in seeds])
    assert "seeds at x = [1, 1]" in figure.alt


def test_every_grid_line_is_moved_by_the_function():
    figure = plot_pushforward(shear, [0.0, 0.0], [])
    lines, moved = (axes.lines[:-1] for axes in figure.axes)
    for line, image in zip(lines, moved, strict=True):
        assert np.allclose(shear(line.get_xydata().T).T, image.get_xydata())


def test_other_shapes_are_refused_with_the_shapes():
    with pytest.raises(ViewError, match=r"x has shape \(3,\)"):
        plot_pushforward(lambda x: x[:2], np.ones(3), [np.ones(3)])
