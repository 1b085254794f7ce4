"""The course for other graders: nbgrader (`release`), otter, Gradescope and PrairieLearn.

The idea: an exercise is checked by a library call, so each form is made from the lesson's own
source and adds only what its grader wants around that call.  nbgrader and otter call it in the
student's own process; Gradescope and PrairieLearn run `autodiff course grade`, which does not.
"""
