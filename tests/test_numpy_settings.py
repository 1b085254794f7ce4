"""The user's settings of NumPy hold in the user's function, and for nothing that a sweep does."""

import threading

import numpy as np
import pytest

import autodiff as ad
from autodiff.core.ground.numpy_warnings import silently


def test_a_sweep_is_silent_whatever_the_user_has_set_and_leaves_that_as_it_was():
    root = ad.grad(lambda x: np.sum(np.where(x > 0, np.sqrt(x), 0.0)))
    with np.errstate(all="raise"):
        before = np.geterr()
        assert root(np.array([0.0, 4.0])).tolist() == [0.0, 0.25]
        assert silently(np.geterr) == dict.fromkeys(before, "ignore")
        assert np.geterr() == before


def test_a_thread_is_silent_by_itself():
    found = []
    thread = threading.Thread(target=lambda: found.extend([silently(np.geterr), np.geterr()]))
    with np.errstate(all="raise"):
        thread.start()
        thread.join()
    inside, outside = found
    assert set(inside.values()) == {"ignore"}
    assert "warn" in outside.values()


def test_what_the_users_function_does_is_refused_as_the_user_has_set():
    slope = ad.grad(lambda x: np.sum(1.0 / x))
    with np.errstate(divide="raise"), pytest.raises(FloatingPointError, match="divide"):
        slope(np.array([0.0, 1.0]))
