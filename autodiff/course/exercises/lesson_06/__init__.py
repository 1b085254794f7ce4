"""Lesson 6, one registry: which kind a map is, the partials of an elementwise op, a transpose."""

from autodiff.course.exercises.lesson_06.kinds import KIND
from autodiff.course.exercises.lesson_06.partials import PARTIALS
from autodiff.course.exercises.lesson_06.transposes import TRANSPOSE

EXERCISES = (KIND, PARTIALS, TRANSPOSE)
