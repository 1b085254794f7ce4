"""The course: exercises that explain what went wrong, and the notebooks they stand in."""
