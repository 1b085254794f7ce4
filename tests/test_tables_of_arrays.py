"""Arrays in tables: a tape's and a check's HTML show them as grids, entry by entry."""

import re

import numpy as np
import pytest

import autodiff as ad
from autodiff.core.language.display.grids import grid_html, is_small, panels_of
from autodiff.view.words.tiles import tiles

SHAPES = [(2,), (6,), (7,), (3, 2), (6, 6), (7, 2), (2, 2, 2), (2, 5, 5, 2), (30, 50)]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_tape_shows_each_array_as_its_grid(shape):
    value = np.random.default_rng(shape).normal(size=shape)
    with ad.Tape() as tape:
        x = ad.Tensor(value)
        y = np.sin(x)
        np.sum(y)
    page = tape._repr_html_()
    assert grid_html(value) in page
    assert grid_html(y.data) in page
    colours = re.findall(r"background:(#\w{6})", grid_html(value))
    tiles = [tile for panel in panels_of(value) for row in panel for tile in row]
    assert colours == [tile.colour for tile in tiles]
    numbers = [float(text) for text in re.findall(r">([-+.\de]+)</td>", grid_html(value))]
    if is_small(value):
        np.testing.assert_allclose(numbers, value.ravel(), rtol=5e-3)
    else:
        assert numbers == []


@pytest.mark.parametrize(
    "shape", [(2, 3, 4, 4), (9, 7, 7), (5, 2, 2), (4, 8, 8), (30, 50), (3, 6, 6)]
)
def test_where_not_all_matrices_are_shown_it_is_said_how_many_are(shape):
    value = np.random.default_rng(shape).normal(size=shape)
    count = int(np.prod(shape[:-2]))
    shown = len(panels_of(value))
    words = f"{shown} of {count} matrices"
    texts = [ad.draw(np.sin, value).source, grid_html(value), tiles(value)["range"]]
    assert all((words in text) == (shown < count) for text in texts), texts
    assert all("matrices" not in text for text in texts) == (shown == count)


@pytest.mark.parametrize("seed", range(6))
def test_a_wrong_entry_stands_out_in_the_report(seed):
    rng = np.random.default_rng(seed)
    shape = [(4,), (2, 3), (3, 3)][seed % 3]
    place = tuple(rng.integers(shape))
    off = np.zeros(shape)
    off[place] = 0.5
    wrong = ad.custom_op(lambda x: np.sin(x), partials=(lambda ans, x: np.cos(x) + off,))
    report = ad.check(lambda x: np.sum(wrong(x)), rng.normal(size=shape))
    found = report.rows[0].arrays()
    for mode in ("forward", "reverse"):
        difference = found[f"{mode} - numeric"]
        assert difference[place] == pytest.approx(0.5, abs=1e-6)
        assert np.abs(np.where(off > 0, 0, difference)).max() < 1e-6
    page = report._repr_html_()
    assert "<details open>" in page
    assert page.count("<details open>") == 1
    right = ad.check(lambda x: np.sum(np.sin(x)), rng.normal(size=shape))._repr_html_()
    assert "derivatives with respect to x" in right
    assert "<details open>" not in right


def test_scalars_and_complex_arrays_have_no_grids():
    assert "<details><summary>derivatives" not in ad.check(np.sin, 0.5)._repr_html_()
    assert ad.check(lambda z: np.sum(np.abs(z) ** 2), np.ones(2) * 1j)._repr_html_()


def test_large_arrays_show_the_random_directions():
    report = ad.check(lambda x: np.sum(x**2), np.random.default_rng(0).normal(size=(40, 40)))
    assert "along random directions" in report._repr_html_()
    assert all(array.ndim == 1 for array in report.rows[0].arrays().values())
