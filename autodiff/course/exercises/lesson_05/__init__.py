"""Exercises of lesson 5, forward mode against reverse mode."""

from __future__ import annotations

from autodiff.course.exercises.lesson_05.broadcasts import MULTIPLY
from autodiff.course.exercises.lesson_05.costs import PLAN
from autodiff.course.exercises.lesson_05.hessian_products import PRODUCT
from autodiff.course.exercises.lesson_05.matrix_products import MATMUL
from autodiff.course.exercises.lesson_05.shapes import POSSIBLE

EXERCISES = (PLAN, MULTIPLY, MATMUL, PRODUCT, POSSIBLE)
