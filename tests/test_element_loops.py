"""Loops over the elements of arrays cost what they touch, in time and in memory."""

import time

import numpy as np
import pytest

import autodiff as ad


def read_matrix(x):
    n = int(np.sqrt(x.size))
    x = x.reshape(n, n)
    return sum(x[i, j] * x[j, i] for i in range(n) for j in range(n))


def read_rows(x):
    return sum(np.sum(row * row) for row in x.reshape(-1, 2))


def read_by_arrays(x):
    return sum(np.sum(x[np.array([i, i - 1])] ** 2) for i in range(len(x)))


def read_and_stack(x):
    return np.sum(np.stack([v * v for v in x]))


def read_and_concatenate(x):
    return np.sum(np.concatenate([x[i : i + 1] ** 2 for i in range(len(x))]))


def read_rows_of_a_written_array(x):
    y = x.reshape(-1, 4) * 1.0
    y[0] = 2.0 * y[1]
    return sum(np.sum(y[i] * y[i]) for i in range(len(y)))


def fill_from_the_last_two(x):
    y = x * 1.0
    for i in range(2, len(y) - 1):
        y[i] = 0.3 * np.sum(y[i - 2 : i + 2])
    return np.sum(y)


LOOPS = [
    read_matrix,
    read_rows,
    read_by_arrays,
    read_and_stack,
    read_and_concatenate,
    read_rows_of_a_written_array,
    fill_from_the_last_two,
]


@pytest.mark.parametrize("f", LOOPS)
def test_a_loop_is_right_in_both_modes_and_second_order(f):
    x = np.arange(1.0, 17.0)
    ad.check_grad(f, x, order=2)


@pytest.mark.timed
@pytest.mark.parametrize("f", LOOPS)
def test_a_loop_is_linear_in_the_number_of_elements(f):
    def seconds(n):
        x = np.ones(n)
        best = np.inf
        for _ in range(3):
            start = time.process_time()
            ad.grad(f)(x)
            best = min(best, time.process_time() - start)
        return best

    seconds(64)
    assert seconds(128**2) < 16 * 3 * seconds(32**2)  # quadratic would be 256 times
