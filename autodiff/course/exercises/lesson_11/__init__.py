"""Lesson 11, a derivative as a program: written by hand, guarded, and in blocks for the cache."""

from autodiff.course.exercises.lesson_11.blocks import FUSED
from autodiff.course.exercises.lesson_11.guards import GUARDED
from autodiff.course.exercises.lesson_11.programs import WRITTEN

EXERCISES = (WRITTEN, GUARDED, FUSED)
