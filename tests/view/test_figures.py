"""The committed figures, and the charts."""

import base64
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import autodiff as ad
from autodiff.view import compare, figures
from autodiff.view.pictures.layout.render import find_renderer
from autodiff.view.records.subject import ViewError

pytest.importorskip("matplotlib", reason="matplotlib is not installed")
from autodiff.view.charts import plots

FOLDER = Path(__file__).parents[2] / "figures"


def f(x):
    return np.sum(np.tanh(x) ** 2)


@pytest.mark.skipif(find_renderer().name == "text", reason="no renderer is installed")
def test_the_committed_figures_are_current(capsys):
    assert figures.main([str(FOLDER), "--check"]) == 0, capsys.readouterr().out


@pytest.mark.skipif(find_renderer().name == "text", reason="no renderer is installed")
def test_a_changed_figure_is_found_stale(tmp_path, capsys):
    text = "from autodiff.view import draw\n\n\ndef f(x):\n    return x * {}\n\n\n"
    text += "FIGURES = {{'a.svg': lambda: draw(f, 2.0)}}\n"
    recipe = tmp_path / "make_figures.py"
    recipe.write_text(text.format(3.0))
    assert figures.main([str(tmp_path)]) == 0
    assert figures.main([str(tmp_path), "--check"]) == 0
    before = recipe.stat()
    recipe.write_text(text.format(4.0))
    os.utime(recipe, ns=(before.st_atime_ns, before.st_mtime_ns))  # changed in the same second
    assert figures.main([str(tmp_path), "--check"]) == 1
    assert "a.svg is stale" in capsys.readouterr().out
    (tmp_path / "a.svg").unlink()
    assert "a.svg is missing" in figures.stale(tmp_path)


def test_a_wrong_folder_is_named(tmp_path, capsys):
    assert figures.main([str(tmp_path)]) == 2
    assert "make_figures.py" in capsys.readouterr().err


def test_forward_and_reverse_side_by_side_count_their_passes():
    drawing = compare(lambda x, y: x * y + np.sin(x), 2.0, 3.0)
    assert "forward mode: 2 passes for the whole Jacobian" in drawing.source
    assert "reverse mode: 1 pass for the whole Jacobian" in drawing.source
    assert "tangent" in drawing.outline()
    assert "adjoint" in drawing.outline()


def test_the_v_curve_has_its_floor_between_the_ends():
    figure = plots.plot_step_sizes(f, np.array([0.3, 0.7]))
    forward, central = (line.get_ydata() for line in figure.axes[0].lines[:2])
    for curve in (forward, central):
        assert min(curve) < 1e-3 * min(curve[0], curve[-1])
    assert min(central) < min(forward)


def test_bars_of_gradient_flow_are_named_and_sized():
    figure = plots.plot_flow(lambda a, b: np.sum(a * a) + 0.0 * b, np.array([3.0, 4.0]), 2.0)
    axes = figure.axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["a", "b"]
    assert axes.patches[0].get_width() == pytest.approx(np.sqrt(np.mean([36.0, 64.0])))
    assert [text.get_text() for text in axes.texts] == [" 0 (exactly)"]


def test_loss_curves_name_the_first_step_that_is_not_finite():
    figure = plots.plot_losses([3.0, 2.0, np.nan, 1.0])
    assert "loss is nan from step 2" in figure.axes[0].texts[0].get_text()
    assert figure.axes[0].get_xlabel() == "training step"
    assert plots.plot_losses({"a": [100.0, 1.0, 0.1]}).axes[0].get_yscale() == "log"


def test_histograms_have_one_row_a_name():
    rng = np.random.default_rng(0)
    history = {name: [rng.normal(size=9) for _ in range(5)] for name in ("h1", "h2")}
    figure = plots.plot_histograms(history)
    assert [axes.get_ylabel() for axes in figure.axes] == ["h1\nactivation", "h2\nactivation"]
    with pytest.raises(ViewError, match="empty"):
        plots.plot_histograms({})


def test_boundaries_need_points_of_the_plane():
    points = np.array([[0.0, 0.0], [1.0, 1.0], [1.0, 0.0]])
    figure = plots.plot_boundary(lambda p: (p[:, 0] > 0.5).astype(int), points, [0, 1, 1])
    assert len(figure.axes[0].get_legend().get_texts()) == 2
    with pytest.raises(ViewError, match=r"\(n, 2\)"):
        plots.plot_boundary(lambda p: p, np.zeros((3, 3)), np.zeros(3))


def test_the_cost_of_both_modes_has_a_point_each_for_every_n():
    lines = plots.plot_modes(total=8, width=4).axes[0].lines
    assert [len(line.get_ydata()) for line in lines] == [len(lines[0].get_xdata())] * 2


def test_charts_of_what_was_never_run_backward_say_so():
    x = ad.Tensor(2.0)
    y = x * x
    with pytest.raises(ViewError, match="backward"):
        plots.plot_flow(y)


def test_a_chart_shows_itself_in_a_notebook_with_words_for_what_it_shows():
    bundle = plots.plot_losses({"slow": [1.0, 0.9], "fast": [1.0, 0.1]})._repr_mimebundle_()
    assert bundle["text/plain"] == "Chart. loss against training step; slow; fast."
    assert f'alt="{bundle["text/plain"]}"' in bundle["text/html"]
    assert base64.b64decode(bundle["image/png"]).startswith(b"\x89PNG")


def test_charts_draw_into_given_axes():
    from matplotlib.figure import Figure

    figure = Figure()
    axes = figure.subplots()
    assert plots.plot_losses([1.0, 0.5], axes=axes) is figure


def test_the_module_runs_as_a_program(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "autodiff.view.figures", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    assert done.returncode == 2
