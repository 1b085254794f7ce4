"""The chain rule as matrices: what is multiplied, what is shown, and what is refused."""

import numpy as np
import pytest

import autodiff as ad
from autodiff.view.records.subject import ViewError

pytest.importorskip("matplotlib", reason="matplotlib is not installed")
from autodiff.view.charts.factors import chained, plot_factors, plot_jacobians

W = np.array([[0.5, -1.0], [1.5, 0.5], [-0.5, 1.0]])
X = np.array([1.0, 2.0])


def test_the_product_of_the_factors_is_the_gradient_that_the_engine_finds():
    v = np.array([1.0, -2.0, 0.5])
    dh_dW = ad.jacobian(lambda W: np.tanh(W @ X))(W)
    parts = chained({"∂y/∂h": v, "∂h/∂W": dh_dW}, ())
    assert [p.matrix.shape for p in parts] == [(1, 3), (3, 6)]
    exact = ad.grad(lambda W: v @ np.tanh(W @ X))(W)
    np.testing.assert_allclose((parts[0].matrix @ parts[1].matrix).reshape(3, 2), exact)


def test_the_picture_says_each_number_each_shape_and_an_exact_zero():
    figure = plot_factors({"∂y/∂h": [2.0, -1.0], "∂h/∂x": [[0.5, 0.0], [1e-9, 0.25]]})
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert texts.count("0") == 1  # 1e-9 is no zero
    for shown in ("2.00", "-1.00", "1e-9", "(1, 2)", "(2, 2)", "∂h/∂x", "h[0]", "x[1]", "@", "="):
        assert shown in texts
    assert figure.alt.endswith("is dy/dx (1, 2).")


@pytest.mark.parametrize(
    ("factors", "words"),
    [
        ({"∂y/∂h": [1.0, 2.0], "∂h/∂x": np.ones((3, 2))}, r"∂h/∂x has shape \(3, 2\).*\(2,\)"),
        ({"h": [1.0, 2.0]}, "named '∂y/∂x'"),
        ({}, "factors is empty"),
        ({"∂y/∂x": np.ones(401)}, "401 entries"),
    ],
)
def test_factors_that_do_not_meet_are_refused(factors, words):
    with pytest.raises(ViewError, match=words):
        plot_factors(factors)


def test_jacobians_stand_side_by_side_with_their_titles_and_labels():
    figure = plot_jacobians({"first": [[0.0, 2.0]], "second": [[1.0, -1.0]]})
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert texts.count("x[1]") == 2
    assert {"first", "second", "0", "2.00", "-1.00"} <= set(texts)
    assert not {"@", "="} & set(texts)
    with pytest.raises(ViewError, match="must be"):
        plot_jacobians({"f": np.ones(3)})
    with pytest.raises(ViewError, match="empty"):
        plot_jacobians({})
