"""Exercises of lesson 3, forward mode."""

from __future__ import annotations

from autodiff.course.exercises.lesson_03.nested import TAGS
from autodiff.course.exercises.lesson_03.operations import DUAL
from autodiff.course.exercises.lesson_03.seeds import DIRECTIONAL, JACOBIAN

EXERCISES = (DUAL, DIRECTIONAL, JACOBIAN, TAGS)
