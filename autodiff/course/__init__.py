"""The course: exercises that explain what went wrong, and the notebooks they stand in.

`ad.course.check("3.2", f)` checks an answer; `ad.course.exercises()` lists the exercises;
`ad.course.collect()` makes an engine of what was written in lessons 3 to 6.
"""

from autodiff.course.checking import check
from autodiff.course.exercise import Exercise, Misconception
from autodiff.course.exercises import UnknownExerciseError, exercises
from autodiff.course.own_engine import collect
from autodiff.course.report import CheckFailed, CheckReport

__all__ = [
    "CheckFailed",
    "CheckReport",
    "Exercise",
    "Misconception",
    "UnknownExerciseError",
    "check",
    "collect",
    "exercises",
]
