"""What a task forbids stays forbidden by every name, and the check itself may use it."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import autodiff as ad
from autodiff.course.exercise import ENGINE
from autodiff.course.exercises import exercises
from autodiff.course.judging.forbidding import Forbidden, ForbiddenError, part
from autodiff.course.judging.trial import quietly
from autodiff.course.lessons.suspicion import front_ends
from autodiff.nn import softmax, softmax_cross_entropy

TOOLS = [ad.vjp, ad.grad]


def by_default(ct, X, W, v=ad.vjp):
    return v(lambda X, W: X @ W, X, W)[1](ct)


def from_a_list(ct, X, W):
    return TOOLS[0](lambda X, W: X @ W, X, W)[1](ct)


def by_its_module(ct, X, W):
    from autodiff.core.transforms.reverse import vjp

    return vjp(lambda X, W: X @ W, X, W)[1](ct)


@pytest.mark.parametrize("answer", [by_default, from_a_list, by_its_module])
def test_no_other_name_leads_past_it(answer):
    report = ad.course.check("5.3", answer)
    assert report.kind == "forbidden"
    assert "ad.vjp does the work" in report.finding


def imported(z, labels):
    return softmax_cross_entropy(z, labels), (softmax(z) - np.eye(z.shape[1])[labels]) / len(z)


def test_a_task_in_plain_numpy_forbids_the_operation_that_it_asks_for():
    assert ad.course.check("8.1", imported).kind == "forbidden"


class Relabelled(ad.Dual):
    pass


@pytest.mark.parametrize("answer", [ad.Dual, Relabelled])
def test_a_class_of_the_engine_is_no_class_of_ones_own(answer):
    report = ad.course.check("3.1", answer)
    assert report.kind == "forbidden"
    assert "ad.Dual does the work" in report.finding


@pytest.mark.parametrize("name", ENGINE)
def test_each_part_raises_inside_and_works_afterwards(name):
    def answer():
        return part(name)(np.sin)

    forbidden = Forbidden([name], answer)
    with forbidden, pytest.raises(ForbiddenError, match=f"ad.{name} "):
        answer()
    assert ad.derivative(np.sin)(0.0) == 1.0
    assert ad.grad(np.sin)(0.0) == 1.0
    assert part(name) is getattr(ad, name)


def test_answers_in_threads_forbid_nothing_to_each_other():
    """A grader judges in threads: one answer may use what the task of another forbids."""
    tasks = [exercises[number] for number in ("3.2", "5.3", "3.3", "8.1")] * 10

    def tried(exercise):
        return [
            quietly(exercise, exercise.solution, own)
            for own in exercise.inputs(np.random.default_rng(0))
        ]

    with ThreadPoolExecutor(8) as pool:
        found = [trial for trials in pool.map(tried, tasks) for trial in trials]
    assert not any(trial.error for trial in found)
    assert ad.grad(np.sin)(0.0) == 1.0
    assert ad.jvp(np.sin, (0.0,), (1.0,))[1] == 1.0


def test_every_forbidden_name_is_a_part():
    for own in exercises:
        assert all(part(name) is not None for name in own.forbids), own.number


@pytest.mark.parametrize(
    "line",
    [
        "import autodiff.frontends.tensorflow as tf",
        "from autodiff.frontends import theano",
        "from autodiff.frontends.torch import nn",
    ],
)
def test_front_ends_differentiate_too(line):
    assert len(list(front_ends(line))) == 1
    assert list(front_ends("import numpy as np\nfrom autodiff import nn")) == []
