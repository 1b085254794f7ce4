"""Lesson 12, ten libraries: a rate in other units, a session, and a module by hand."""

from autodiff.course.exercises.lesson_12.modules import SCALE
from autodiff.course.exercises.lesson_12.sessions import RUN
from autodiff.course.exercises.lesson_12.units import RATE

EXERCISES = (RATE, RUN, SCALE)
