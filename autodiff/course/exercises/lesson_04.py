"""Exercises of lesson 4, reverse mode."""

from __future__ import annotations

from autodiff.course.exercises.graphs import GRAPH
from autodiff.course.exercises.orders import ORDER
from autodiff.course.exercises.reverse_sweep import SWEEP

EXERCISES = (GRAPH, ORDER, SWEEP)
