"""Lesson 10, REINFORCE: returns, the surrogate of an actor-critic, and the bias of a baseline."""

from autodiff.course.exercises.lesson_10.policy_gradient import NO_BIAS, POLICY_LOSS
from autodiff.course.exercises.lesson_10.returns import BATCH_RETURNS

EXERCISES = (BATCH_RETURNS, POLICY_LOSS, NO_BIAS)
