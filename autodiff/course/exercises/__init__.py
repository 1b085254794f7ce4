"""The exercises, a module a lesson: each has `EXERCISES`, a tuple of `Exercise` records."""
