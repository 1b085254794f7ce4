"""Lesson 12, ten libraries: a rate in other units, a session, and a module by hand."""

from autodiff.course.exercises.modules import SCALE
from autodiff.course.exercises.sessions import RUN
from autodiff.course.exercises.units import RATE

EXERCISES = (RATE, RUN, SCALE)
