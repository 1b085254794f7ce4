"""Lesson 6, the registry: the kind of a map, the partials of an op, a transpose."""

from autodiff.course.exercises.maps import KIND, PARTIALS, TRANSPOSE

EXERCISES = (KIND, PARTIALS, TRANSPOSE)
