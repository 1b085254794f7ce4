"""Made from all registered exercises: solutions pass, empty answers get the hint, mistakes a name."""

import pytest

from autodiff.course import checking, exercises

EXERCISES = {own.number: own for own in exercises}
MISTAKES = {
    f"{own.number} {known.name}": (own, known)
    for own in EXERCISES.values()
    for known in own.misconceptions
}
SEEDS = (None, "a secret", "another")

of_exercises = pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
on_seeds = pytest.mark.parametrize("secret", SEEDS)


def checked(exercise, answer, secret, **options):
    return checking.check(exercise, answer, hidden=secret is not None, secret=secret, **options)


@of_exercises
@on_seeds
def test_the_solution_passes(exercise, secret):
    report = checked(exercise, exercise.solution, secret)
    assert report.passed, str(report)
    assert "all passed" not in str(report)
    assert report.inputs > 0


@of_exercises
def test_an_empty_answer_fails_with_the_first_hint_and_not_the_second(exercise):
    for empty in (None, ..., lambda *args, **options: None):
        report = checked(exercise, empty, None)
        assert report.kind == "empty"
        assert exercise.hints[0] in str(report)
        assert exercise.hints[1] not in str(report)
    assert exercise.hints[1] in str(checked(exercise, None, None, hint=2))


@pytest.mark.parametrize(("exercise", "known"), MISTAKES.values(), ids=MISTAKES)
@on_seeds
def test_a_known_mistake_fails_and_is_named_as_itself(exercise, known, secret):
    report = checked(exercise, known.answer, secret)
    assert not report.passed
    assert report.misconception == known.name, str(report)
    assert known.question in str(report)


@of_exercises
def test_an_exercise_says_what_it_is_for(exercise):
    assert exercise.title
    assert exercise.shows
    assert all(exercise.hints)
    assert exercise.misconceptions, "a check that knows no mistake cannot teach"
    assert all(known.question.endswith("?") for known in exercise.misconceptions)
