"""Lesson 8, training: a stable loss, an optimiser, a diagnosis, and weights that fit the depth."""

from autodiff.course.exercises.cross_entropy import CROSS_ENTROPY
from autodiff.course.exercises.depth import DIAGNOSE, WEIGHT_STD
from autodiff.course.exercises.optimisers import MOMENTUM

EXERCISES = (CROSS_ENTROPY, MOMENTUM, DIAGNOSE, WEIGHT_STD)
