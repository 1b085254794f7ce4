"""Lesson 1, The chain rule: sums over paths, Jacobians as matrices, products and transposes."""

from autodiff.course.exercises.lesson_01.layers import FACTOR
from autodiff.course.exercises.lesson_01.networks import PRODUCT
from autodiff.course.exercises.lesson_01.paths import PATHS

EXERCISES = (PATHS, FACTOR, PRODUCT)
