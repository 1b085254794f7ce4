"""Exercises of lesson 3, forward mode."""

from __future__ import annotations

from autodiff.course.exercises.dual_numbers import DUAL
from autodiff.course.exercises.nested import TAGS
from autodiff.course.exercises.seeds import DIRECTIONAL, JACOBIAN

EXERCISES = (DUAL, DIRECTIONAL, JACOBIAN, TAGS)
