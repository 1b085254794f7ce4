"""Lesson 9, gradient checking: a difference quotient, an error, and a checker with a score."""

from autodiff.course.exercises.checkers import CHECKER
from autodiff.course.exercises.quotients import QUOTIENT, RELATIVE_ERROR

EXERCISES = (QUOTIENT, RELATIVE_ERROR, CHECKER)
