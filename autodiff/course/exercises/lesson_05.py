"""Exercises of lesson 5, forward mode against reverse mode."""

from __future__ import annotations

from autodiff.course.exercises.broadcasts import MULTIPLY
from autodiff.course.exercises.costs import PLAN, PRODUCT
from autodiff.course.exercises.matrix_products import MATMUL
from autodiff.course.exercises.shapes import POSSIBLE

EXERCISES = (PLAN, MULTIPLY, MATMUL, PRODUCT, POSSIBLE)
