"""The initializers, by the name of beta 12."""

from autodiff.frontends.cntk.initializers import *  # noqa: F403
