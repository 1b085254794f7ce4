"""Lesson 11, the derivative as a program: its lines, its guard, and its blocks."""

from autodiff.course.exercises.programs import FUSED, GUARDED, WRITTEN

EXERCISES = (WRITTEN, GUARDED, FUSED)
