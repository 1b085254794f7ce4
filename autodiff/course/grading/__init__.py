"""Grading that one submission cannot spoil for the others, nor win without an answer.

The idea: the verdict is never made where the student's code runs.  `sources` cuts the answer, and
what it needs, out of the notebook; `player` runs it in a fresh process, with limits and without
the secret, and sends back what it *observed* (`wire`: data, never pickles); `apart` starts that
process and lets the judge compare with the solution, which only the grader's process has.
`grade` makes points of it, `class_report` a page for the lecturer.

What one machine cannot promise: the player's process belongs to the same user, and the solutions
are in the package that students install.  Code that looks for them there is marked, not stopped.
"""
