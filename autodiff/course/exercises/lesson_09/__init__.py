"""Lesson 9, gradient checking: a difference quotient, an error, and a checker with a score."""

from autodiff.course.exercises.lesson_09.checkers import CHECKER
from autodiff.course.exercises.lesson_09.quotients import QUOTIENT
from autodiff.course.exercises.lesson_09.relative_errors import RELATIVE_ERROR

EXERCISES = (QUOTIENT, RELATIVE_ERROR, CHECKER)
