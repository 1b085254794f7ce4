"""The check of an answer: what it says of each way to be wrong, and how it grades."""

import inspect
import io
import json
from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest

import autodiff as ad
from autodiff.course import CheckFailed, Exercise, Misconception, check
from autodiff.course.judging.differences import difference
from autodiff.course.judging.trial import OutOfTimeError, _Overheard, attempt


def backward(x, w):
    return {"x": w * np.cos(x), "w": np.sum(np.sin(x))}


SWAPPED = Misconception(
    "partials swapped",
    lambda x, w: {"x": np.full(x.shape, np.sum(np.sin(x))), "w": np.sum(w * np.cos(x))},
    "Whose cotangent is multiplied by w?",
    "the player, step 3 of the reverse sweep",
)
RIGHT_AT_ONE = Misconception("w forgotten", lambda x, w: {**backward(x, w), "x": np.cos(x)}, "w?")
EXERCISE = Exercise(
    number="3.7",
    title="Two cotangents",
    shows="each argument has its own",
    solution=backward,
    inputs=lambda rng: [(np.array([0.5]), 1.0), *((rng.normal(size=3), 2.0) for _ in range(3))],
    hints=("Write sum(w * sin(x)) as steps.", "Start at the sum."),
    misconceptions=(SWAPPED, RIGHT_AT_ONE),
)


def test_right_is_public_checks_passed_and_true():
    report = check(EXERCISE, lambda x, w: {"w": float(np.sum(np.sin(x))), "x": w * np.cos(x)})
    assert report
    assert str(report) == "Exercise 3.7, Two cotangents: public checks passed."
    assert "hidden checks passed" in str(check(EXERCISE, backward, hidden=True, secret="s"))


def test_wrong_shows_the_smallest_input_the_part_the_index_and_the_question():
    report = check(EXERCISE, SWAPPED.answer)
    said = str(report)
    assert said.splitlines()[0].startswith(
        "Exercise 3.7, Two cotangents: not yet for 4 of 4 inputs"
    )
    order = [
        "input",
        "expected",
        "got",
        "relative",
        "at        x[0]",
        "Whose cotangent",
        "step 3 of the",
    ]
    assert [said.index(word) for word in order] == sorted(said.index(word) for word in order)
    assert "x = [0.5]" in said
    assert EXERCISE.hints[1] not in said
    assert report.misconception == "partials swapped"


def test_a_mistake_is_named_only_if_it_explains_every_input():
    assert check(EXERCISE, RIGHT_AT_ONE.answer).misconception == "w forgotten"

    def mixed(x, w):
        return SWAPPED.answer(x, w) if x.size == 1 else RIGHT_AT_ONE.answer(x, w)

    report = check(EXERCISE, mixed)
    assert report.misconception == ""
    assert EXERCISE.hints[0] in str(report)


def test_the_second_hint_comes_on_request_and_is_recorded():
    assert check(EXERCISE, SWAPPED.answer).hints_used == 0
    report = check(EXERCISE, SWAPPED.answer, hint=2)
    assert EXERCISE.hints[1] in str(report)
    assert report.data()["hints used"] == 2
    with pytest.raises(ValueError, match="two hints"):
        check(EXERCISE, backward, hint=3)


def without_return(x, w):
    backward(x, w)


def not_yet(x, w):
    raise NotImplementedError


def one_branch(x, w):
    if x.size == 1:
        return backward(x, w)


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (without_return, "empty", "it returns nothing"),
        (not_yet, "empty", "no answer yet"),
        (one_branch, "none", "your result is None; is a `return` missing?"),
        (backward(np.ones(2), 1.0), "not a function", "not f(...)"),
        (lambda x, w: {"x": np.ones((4, 3)), "w": 0}, "shape", "x has shape (4, 3), where (1,) is"),
        (lambda x, w: {"x": x * np.nan, "w": 0.0}, "nan", "x[0] is nan"),
        (lambda x, w: {"x": w * np.cos(x)}, "part", "your result lacks 'w'"),
        (lambda x, w: "cos", "type", "your result is of type str, where a dict is expected"),
        (lambda x, w: {"x": "cos", "w": 1}, "type", "x is of type str, where an array of numbers"),
        (lambda x, w: 1 / 0, "raised", "it raised ZeroDivisionError for 4 of 4 inputs"),
        (lambda x: x, "raised", "takes 1 positional argument"),
    ],
)
def test_each_way_to_be_wrong_has_its_words(answer, kind, words):
    report = check(EXERCISE, answer)
    assert report.kind == kind, str(report)
    assert words in str(report)
    assert not report


def test_an_error_is_reported_at_the_students_line_alone():
    def answer(x, w):
        y = x / w
        return np.reshape(y, (17, 2))

    said = str(check(EXERCISE, answer))
    assert "test_check.py, line" in said
    assert "np.reshape(y, (17, 2))" in said
    assert "fromnumeric" not in said
    assert "trial.py" not in said


class Half:
    def __init__(self, primal, tangent):
        self.primal, self.tangent = primal, tangent

    def __mul__(self, other):
        return Half(
            self.primal * other.primal, self.primal * other.tangent + self.tangent * other.primal
        )


class Whole(Half):
    def __mul__(self, other):
        return super().__mul__(other if isinstance(other, Half) else Half(other, 0.0))

    __rmul__ = __mul__


def observe(answer, a):
    return (3 * answer(a, 1.0)).tangent


def test_a_class_is_an_answer_too():
    exercise = replace(
        EXERCISE,
        solution=Whole,
        observe=observe,
        inputs=lambda rng: [(2.0,), (rng.normal(),)],
        misconceptions=(),
    )
    assert check(exercise, Whole)

    class Empty:
        def __init__(self, primal, tangent): ...

        def __mul__(self, other):
            return None

    assert check(exercise, Empty).kind == "empty"
    report = check(exercise, Half)
    assert report.kind == "raised"
    assert "a = 2" in str(report)


def test_an_endless_loop_ends(monkeypatch):
    monkeypatch.setattr("autodiff.course.judging.trial.SECONDS", 0.2)

    def answer(x, w):
        while True:
            with suppress(Exception):
                w = w + 1

    report = check(EXERCISE, answer)
    assert report.kind == "out of time"
    assert "0.2 seconds" in str(report)
    assert "in answer" in str(report)


def test_what_is_forbidden_is_allowed_again_wherever_the_alarm_falls(monkeypatch):
    def endless(answer, x, w):
        while True:
            answer(x, w)

    forbids = ("grad", "jacobian", "check_grad")
    exercise = replace(EXERCISE, observe=endless, forbids=forbids)
    own = [inspect.unwrap(getattr(ad, name)).__code__ for name in forbids]
    for moment in np.random.default_rng(5).uniform(0.001, 0.004, size=100):
        monkeypatch.setattr("autodiff.course.judging.trial.SECONDS", moment)
        trial = attempt(exercise, lambda x, w: x, (1.0, 2.0))
        assert type(trial.error) is OutOfTimeError
        assert [inspect.unwrap(getattr(ad, name)).__code__ for name in forbids] == own


def test_changing_an_input_is_found_unless_the_solution_does():
    def answer(x, w):
        right = backward(x, w)
        x *= 0
        return right

    report = check(EXERCISE, answer)
    assert report.kind == "changed its input"
    assert "x is changed" in str(report)
    assert check(replace(EXERCISE, solution=answer, misconceptions=()), answer)


def test_a_loss_of_precision_is_called_that():
    def differences(x, w, h=1e-5):
        one = lambda x: np.sum(w * np.sin(x))
        slopes = [(one(x + h * e) - one(x)) / h for e in np.eye(x.size)]
        return backward(x, w) | {"x": np.array(slopes)}

    report = check(EXERCISE, differences)
    assert report.kind == "nearly"
    assert "single precision" in str(report)


def test_grading_raises_with_the_report_as_its_message(monkeypatch):
    with pytest.raises(CheckFailed, match="Whose cotangent") as caught:
        check(EXERCISE, SWAPPED.answer, grading=True)
    assert isinstance(caught.value, AssertionError)
    assert caught.value.report.kind == "number"
    assert caught.value._render_traceback_() == [f"CheckFailed: {caught.value}"]
    monkeypatch.setenv("AUTODIFF_GRADING", "1")
    with pytest.raises(CheckFailed):
        check(EXERCISE, None)
    assert check(EXERCISE, backward)
    assert not check(EXERCISE, None, grading=False)


def test_hidden_inputs_hang_on_the_secret_and_public_ones_do_not():
    seen = []

    def spy(x, w):
        seen.append(x)
        return backward(x, w)

    for options in ({}, {}, {"hidden": True, "secret": "a"}, {"hidden": True, "secret": "b"}):
        check(EXERCISE, spy, **options)
    first, again, one, other = (seen[k : k + 4][-1] for k in (0, 4, 8, 12))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, one)
    assert not np.array_equal(one, other)


def test_a_grader_can_read_every_report():
    reports = (check(EXERCISE, backward), check(EXERCISE, SWAPPED.answer, hint=2))
    first, second = (json.loads(json.dumps(own.data())) for own in reports)
    assert first["passed"]
    assert second["misconception"] == "partials swapped"
    assert second["hints used"] == 2


def test_the_report_is_html_with_a_text_twin():
    report = check(EXERCISE, lambda x, w: {"x": "<b>", "w": 1})
    assert "<strong>✗ Exercise 3.7" in report._repr_html_()
    assert "&lt;b&gt;" in report._repr_html_()
    assert "<b>" in repr(report)
    assert "✓" in check(EXERCISE, backward)._repr_html_()


def test_an_unknown_number_is_told_the_near_ones(monkeypatch):
    monkeypatch.setattr("autodiff.course.exercises.of_lesson", lambda lesson: (EXERCISE,))
    monkeypatch.setattr("autodiff.course.exercises._modules", lambda: ["lesson_03"])
    assert ad.course.exercises["3.7"] is EXERCISE
    assert "Two cotangents" in str(ad.course.exercises())
    with pytest.raises(
        ad.course.UnknownExerciseError, match=r"no exercise '3.1'. Did you mean 3.7"
    ):
        ad.course.check("3.1", backward)
    with pytest.raises(LookupError, match="lists them"):
        ad.course.check("xyz", backward)


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        (0.0, 1e-17),
        (np.ones(2), [1, 1]),
        ((1.0, "a"), [1.0, "a"]),
        ({"a": {"b": np.inf}}, {"a": {"b": np.inf}}),
        (np.array([1e9, 0.0]), np.array([1e9, 1e-7])),
        (np.nan, np.nan),
        (None, None),
        ({1, 2}, {2, 1}),
        (True, np.True_),
        ([[1.0], [1.0, 2.0]], [[1.0], [1.0, 2.0]]),
    ],
)
def test_equal(expected, got):
    assert difference(expected, got) is None


@pytest.mark.parametrize(
    ("expected", "got", "where"),
    [
        (np.array([[1, 2], [3, 4]]), np.array([[1, 3], [2, 4]]), "[0, 1]"),
        (1.0, [1.0], ""),
        ([1.0, "a"], [1.0, "b"], "[1]"),
        ({"a": {"b": 1.0}}, {"a": {"b": 2.0}}, "a['b']"),
        ([[1.0], [1.0, 2.0]], [[1.0], [1.0, 3.0]], "[1][1]"),
        (3, 4, ""),
        (1e-8, 0.0, ""),
        (True, False, ""),
        (1.0, ad.Tensor(1.0), ""),
    ],
)
def test_different(expected, got, where):
    assert difference(expected, got).where == where


def test_an_unfinished_answer_is_told_its_mistake_by_what_it_can_do():
    class Unfinished:
        """Has + and a wrong *, and nothing else yet."""

        def __init__(self, primal, tangent=0.0):
            self.primal, self.tangent = primal, tangent

        def __add__(self, other):
            other = other if isinstance(other, Unfinished) else Unfinished(other)
            return Unfinished(self.primal + other.primal, self.tangent + other.tangent)

        def __mul__(self, other):
            other = other if isinstance(other, Unfinished) else Unfinished(other)
            return Unfinished(self.primal * other.primal, self.tangent * other.primal)

        __radd__, __rmul__ = __add__, __mul__

    report = check("3.1", Unfinished)
    assert report.misconception == "dropped cross term"
    Unfinished.__mul__ = Unfinished.__rmul__ = None
    assert check("3.1", Unfinished).misconception == "", "what is missing is no mistake yet"


def test_an_answer_that_raises_in_its_own_lines_is_told_the_mistake_that_raises_so():
    def order(last):
        found = []

        def visit(node):
            if node not in found:
                for parent in node.parents:
                    visit(parent)
                found.append(node)

        visit(last)
        return found

    report = check("4.2", order)
    assert report.misconception == "calls itself for every node"
    assert "RecursionError" in str(report)
    assert "which the check tried" not in str(report), "a plain call of the answer says nothing"


def test_what_was_overheard_ends_quietly_after_its_outlet():
    out = io.StringIO()
    heard = _Overheard(out)
    heard.write("seen")
    out.close()
    heard.close()  # as Python does at the end, when it tells of errors
    assert heard.text == "seen"
