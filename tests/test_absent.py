"""Attributes of other libraries' tensors say what to write; what they say is run."""

import re
import warnings
from types import SimpleNamespace

import numpy as np
import pytest

import autodiff as ad
from autodiff.core.values.absent import INSTEAD, OTHERS

MAKE = {"reverse": ad.Tensor, "forward": lambda a: ad.Dual(a, np.ones_like(a))}
VALUES = np.array([[0.3, 0.6], [0.9, 0.2]])
WORDS = ("nothing", "x itself", "y.backward", "ad.draw")


@pytest.mark.parametrize("mode", MAKE)
@pytest.mark.parametrize("name", INSTEAD)
def test_every_absent_name_says_what_to_write_and_where(name, mode):
    x = MAKE[mode](VALUES)
    wanted = INSTEAD[name].format(name=name)
    with pytest.raises(AttributeError, match=re.escape(f"Write {wanted}.\n")) as caught:
        getattr(x, name)
    assert "test_absent.py" in str(caught.value)
    assert not hasattr(x, name)


@pytest.mark.parametrize("mode", MAKE)
@pytest.mark.parametrize("name", [n for n, text in OTHERS.items() if not text.startswith(WORDS)])
def test_what_is_written_instead_runs(name, mode):
    special = pytest.importorskip("scipy.special")

    text = re.split(r", or | or | for ", OTHERS[name])[0].replace("...", "0")
    scope = dict(
        x=MAKE[mode](VALUES), y=VALUES, np=np, ad=ad, scipy=SimpleNamespace(special=special), n=2, low=0.4, high=0.8,
        mask=VALUES > 0.5, v=1.0, axis=0, axes=(1, 0), shape=(3, 2, 2), places=[1], k=1, i=0,
    )  # fmt: skip
    scope["x"] = scope["x"] * 1.0 if "=" in text else scope["x"]
    if name == "new_zeros":
        text = text.replace("shape=0", "shape=(3, 2)")
    if name == "gather":
        scope["places"] = np.array([[0, 1]])
    exec(text, scope)


@pytest.mark.parametrize(
    "name", ["exp", "log", "tanh", "sigmoid", "relu", "gelu", "clamp", "softmax"]
)
def test_the_same_numbers_as_pytorch(name):
    torch = pytest.importorskip("torch")
    special = pytest.importorskip("scipy.special")

    args = {"clamp": (0.4, 0.8), "softmax": (0,)}.get(name, ())
    own = getattr(torch, name, None) or getattr(torch.nn.functional, name)
    right = own(torch.tensor(VALUES), *args).numpy()
    text = re.split(r", or ", OTHERS[name])[0].replace("...", "0")
    scope = dict(x=VALUES, np=np, ad=ad, scipy=SimpleNamespace(special=special), low=0.4, high=0.8)
    np.testing.assert_allclose(eval(text, scope), right, rtol=1e-12)


def test_torchs_size_and_view():
    x = ad.Tensor(VALUES)
    assert x.size == 4
    with pytest.raises(TypeError, match=r"(?s)Write x.shape\[1\].*test_absent.py"):
        x.size(1)
    with pytest.raises(TypeError, match=r"Write x.shape\."):
        x.size()
    for call in (lambda: x.view(4, 1), lambda: x.view((4, 1))):
        with pytest.raises(ad.UnsupportedError, match=r"(?s)x.reshape\(4, 1\).*test_absent.py"):
            call()


def test_the_gradient_of_a_result_on_the_way_says_keep():
    x = ad.Tensor(2.0)
    h = x * x
    y = h * 3.0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert h.grad is None  # nothing has been computed yet
        y.backward()
        assert y.grad == 1.0
        assert x.grad == 12.0
    with pytest.warns(
        ad.AutodiffWarning, match=r"(?s)backward\(keep=True\).*assert h.grad"
    ) as seen:
        assert h.grad is None
    assert seen[0].filename == __file__
    y.backward(keep=True)
    assert h.grad == 3.0
