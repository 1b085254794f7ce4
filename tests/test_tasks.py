"""Tapes of threads and of asyncio tasks side by side: each records what is its own."""

import asyncio
import threading

import numpy as np
import pytest

import autodiff as ad

OPS = {"sin": np.sin, "exp": np.exp, "tanh": np.tanh, "square": np.square, "negative": np.negative}


def names(tape):
    return [equation.op.name for equation in tape if equation.op]


async def recorded(plan, naps):
    with ad.Tape() as tape:
        y = ad.Tensor(0.5)
        for name, nap in zip(plan, naps, strict=True):
            await asyncio.sleep(nap)
            y = OPS[name](y)
    return names(tape)


def test_two_tasks():
    async def both():
        return await asyncio.gather(
            recorded(["sin", "exp"], [0, 0.002]), recorded(["tanh", "square"], [0.001, 0])
        )

    assert asyncio.run(both()) == [["sin", "exp"], ["tanh", "square"]]


@pytest.mark.parametrize("seed", range(5))
def test_random_tasks(seed):
    draw = np.random.default_rng(seed)
    plans = [list(draw.choice(list(OPS), draw.integers(1, 8))) for _ in range(12)]
    naps = [draw.choice([0.0, 0.0, 0.001, 0.002], len(plan)) for plan in plans]

    async def everything():
        return await asyncio.gather(*map(recorded, plans, naps))

    assert asyncio.run(everything()) == plans


@pytest.mark.parametrize("seed", range(3))
def test_random_threads_with_tasks_and_gradients(seed):
    draw = np.random.default_rng(seed)
    plans = [[list(draw.choice(list(OPS), 5)) for _ in range(4)] for _ in range(4)]
    found = {}

    async def task(plan):
        async def gradient():
            await asyncio.sleep(0)
            return ad.grad(lambda x: np.sum(np.sin(x) ** 2))(np.array([0.3, 1.0]))

        found, slope = await asyncio.gather(recorded(plan, [0.0005] * len(plan)), gradient())
        np.testing.assert_allclose(slope, np.sin([0.6, 2.0]))
        return found

    async def everything(plans):
        return await asyncio.gather(*map(task, plans))

    def work(k):
        found[k] = asyncio.run(everything(plans[k]))

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert [found[k] for k in range(4)] == plans


def test_a_tape_records_the_tasks_that_its_block_starts():
    async def main():
        async def child():
            await asyncio.sleep(0)
            return np.exp(ad.Tensor(1.0))

        with ad.Tape() as tape:
            await asyncio.gather(child(), child())
        np.sin(ad.Tensor(1.0))
        return names(tape)

    assert asyncio.run(main()) == ["exp", "exp"]


def test_tapes_inside_each_other_and_errors():
    with ad.Tape() as outer:
        x = ad.Tensor(1.0)
        y = np.sin(x)
        inner = ad.Tape()
        with pytest.raises(KeyError), inner:
            {}[np.exp(x)]
        np.cos(y)
    assert names(inner) == ["exp"]
    assert names(outer) == ["sin", "exp", "cos"]
    with ad.Tape() as again:
        np.exp(x)
    assert names(again) == ["exp"]


def test_another_threads_operations_stay_out():
    with ad.Tape() as tape:
        thread = threading.Thread(target=lambda: np.exp(ad.Tensor(1.0)))
        thread.start()
        thread.join()
        np.sin(ad.Tensor(1.0))
    assert names(tape) == ["sin"]
