"""Exercises of lesson 5, forward mode against reverse mode."""

from __future__ import annotations

from autodiff.course.exercises.array_rules import MATMUL, MULTIPLY
from autodiff.course.exercises.costs import PLAN, PRODUCT

EXERCISES = (PLAN, MULTIPLY, MATMUL, PRODUCT)
