"""The learners, by the name of beta 12."""

from autodiff.frontends.cntk.learners import *  # noqa: F403
