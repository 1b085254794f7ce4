"""A tape that a generator opened rests while the generator waits, unless it stands for a block."""

import asyncio
import contextlib
import gc
import itertools
import types
import weakref

import numpy as np
import pytest

import autodiff as ad


def names(tape):
    return [equation.op.name for equation in tape if equation.op]


def record(plan, tapes):
    """Records one operation a step, and waits after each."""
    with ad.Tape() as tape:
        tapes.append(tape)
        x = ad.Tensor(0.5)
        for function in plan:
            x = function(x)
            yield x


def test_what_the_consumer_computes_is_not_recorded():
    tapes = []
    for x in record([np.sin, np.exp], tapes):
        np.cos(x)
    np.cos(ad.Tensor(1.0))
    assert names(tapes[0]) == ["sin", "exp"]


def test_what_is_sent_in_stands_as_a_value_that_the_tape_started_from():
    def run():
        with ad.Tape() as tape:
            sent = yield tape
            np.exp(sent)
            yield

    steps = run()
    tape = next(steps)
    steps.send(np.sin(ad.Tensor(1.0)))
    assert [e.op.name for e in tape.recorded] == ["exp"]


@pytest.mark.parametrize("seed", range(20))
def test_generators_in_turns(seed):
    draw = np.random.default_rng(seed)
    plans = [
        list(draw.choice([np.sin, np.exp, np.tanh, np.square], draw.integers(1, 6)))
        for _ in range(5)
    ]
    tapes = [[] for _ in plans]
    running = [record(plan, found) for plan, found in zip(plans, tapes, strict=True)]
    while running:
        k = draw.integers(len(running))
        if next(running[k], None) is None:
            del running[k]
    assert [names(tape) for (tape,) in tapes] == [
        [function.__name__ for function in plan] for plan in plans
    ]


@contextlib.contextmanager
def taped():
    with ad.Tape() as tape:
        np.sin(ad.Tensor(1.0))
        yield tape
        np.cos(ad.Tensor(1.0))


@contextlib.contextmanager
def taped_twice():
    with taped() as tape:
        yield tape


@contextlib.contextmanager
def taped_by_stack():
    with contextlib.ExitStack() as stack:
        yield stack.enter_context(taped())


@contextlib.contextmanager
def taped_by_delegation():
    def inner():
        with ad.Tape() as tape:
            np.sin(ad.Tensor(1.0))
            yield tape
            np.cos(ad.Tensor(1.0))

    yield from inner()


class Entered:
    """A context manager of its own that holds a generator."""

    def __enter__(self):
        self.steps = taped.__wrapped__()
        return next(self.steps)

    def __exit__(self, *_):
        next(self.steps, None)


MANAGERS = [taped, taped_twice, taped_by_stack, taped_by_delegation, Entered]


@pytest.mark.parametrize("manager", MANAGERS)
def test_a_context_manager_records_its_block(manager):
    with manager() as tape:
        np.exp(ad.Tensor(1.0))
        for _ in record([np.tanh], []):
            np.square(ad.Tensor(1.0))
    np.exp(ad.Tensor(1.0))
    assert names(tape) == ["sin", "exp", "tanh", "square", "cos"]


@pytest.mark.parametrize("manager", MANAGERS)
def test_a_context_manager_in_a_generator_rests_with_it(manager):
    def steps(found):
        with manager() as tape:
            found.append(tape)
            yield np.exp(ad.Tensor(1.0))

    found = []
    for x in steps(found):
        np.tanh(x)
    assert names(found[0]) == ["sin", "exp", "cos"]


def test_a_decorated_function_is_recorded():
    @taped()
    def run():
        np.exp(ad.Tensor(1.0))
        return ad.core.reverse.tape._open.get()[-1]()

    assert names(run())[:2] == ["sin", "exp"]


@pytest.fixture
def tape():
    with ad.Tape() as tape:
        yield tape


@pytest.fixture
def tape_beside_a_generator():
    tapes = []
    steps = record([np.sin, np.sin], tapes)
    next(steps)
    yield tapes
    next(steps)


def test_a_fixture_records_its_test(tape):
    np.exp(ad.Tensor(1.0))
    assert names(tape) == ["exp"]


def test_a_generator_in_a_fixture_rests(tape_beside_a_generator):
    np.exp(ad.Tensor(1.0))
    assert names(tape_beside_a_generator[0]) == ["sin"]


CONSUMERS = {
    "for": lambda steps: [np.cos(x) for x in steps],
    "next": lambda steps: [np.cos(next(steps)), np.cos(next(steps)), next(steps, None)],
    "map": lambda steps: list(map(np.cos, steps)),
    "zip": lambda steps: [np.cos(x) for x, _ in zip(steps, itertools.count(), strict=False)],
    "yield from": lambda steps: [np.cos(x) for x in delegating(steps)],
    "a generator": lambda steps: [np.tanh(x) for x in cosines(steps)],
    "chain": lambda steps: [np.cos(x) for x in itertools.chain([ad.Tensor(1.0)], steps)],
    "reduce": lambda steps: sum(steps, ad.Tensor(0.0)),
    "unpacking": lambda steps: (lambda a, b: a * b)(*steps),
    "a coroutine": lambda steps: asyncio.run(consume(steps)),
}


def delegating(steps):
    yield from steps


def cosines(steps):
    for x in steps:
        yield np.cos(x)


async def consume(steps):
    for x in steps:
        np.cos(x)
        await asyncio.sleep(0)


@pytest.mark.parametrize("consumer", CONSUMERS)
def test_however_the_steps_are_taken(consumer):
    tapes = []
    CONSUMERS[consumer](record([np.sin, np.exp], tapes))
    assert names(tapes[0]) == ["sin", "exp"]


def test_an_async_generator_rests_at_its_yields_and_not_with_its_task():
    async def child():
        await asyncio.sleep(0)
        np.tanh(ad.Tensor(1.0))

    async def steps(found):
        with ad.Tape() as tape:
            found.append(tape)
            yield np.sin(ad.Tensor(1.0))
            await asyncio.gather(child())
            yield np.exp(ad.Tensor(1.0))

    async def main():
        found = []
        async for x in steps(found):
            np.cos(x)
            await asyncio.sleep(0)
        np.cos(ad.Tensor(1.0))
        return names(found[0])

    assert asyncio.run(main()) == ["sin", "tanh", "exp"]


def test_an_async_context_manager_records_its_block():
    @contextlib.asynccontextmanager
    async def taped():
        with ad.Tape() as tape:
            await asyncio.sleep(0)
            yield tape

    async def main():
        async with taped() as tape:
            np.exp(ad.Tensor(1.0))
            await asyncio.sleep(0)
            np.sin(ad.Tensor(1.0))
        np.cos(ad.Tensor(1.0))
        return names(tape)

    assert asyncio.run(main()) == ["exp", "sin"]


def test_a_coroutine_that_is_driven_by_hand_rests():
    @types.coroutine
    def pause():
        yield

    async def inner(found):
        with ad.Tape() as tape:
            found.append(tape)
            np.sin(ad.Tensor(1.0))
            await pause()
            np.exp(ad.Tensor(1.0))

    async def outer(found):
        await inner(found)

    found = []
    running = outer(found)
    running.send(None)
    np.cos(ad.Tensor(1.0))
    with pytest.raises(StopIteration):
        running.send(None)
    assert names(found[0]) == ["sin", "exp"]


def test_an_array_is_filled_whatever_order_the_blocks_end_in():
    def filling(n):
        with ad.Tape():
            x = ad.Tensor(2.0)
            for _ in range(n):
                y = np.zeros(2)
                y[1] = x
                yield np.sum(y * x)

    short, long = filling(1), filling(3)
    next(short), next(long)
    assert next(short, None) is None
    assert [float(value.data) for value in long] == [4.0, 4.0]


def test_a_generator_that_is_dropped_closes_its_tape():
    tapes = []
    steps = record([np.sin, np.exp], tapes)
    next(steps)
    gone = weakref.ref(tapes.pop())
    del steps
    gc.collect()
    assert gone() is None
    assert not ad.core.inside.opened.is_open()
