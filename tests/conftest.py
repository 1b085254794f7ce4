"""Every test builds into a TensorFlow graph of its own, whatever the tests before it have built."""

import sys

import pytest


@pytest.fixture(autouse=True)
def fresh_graph():
    _forget()
    yield
    _forget()


def _forget():
    """A new default graph and no session, in a process that has come to use the front end."""
    if "autodiff.frontends.tensorflow" in sys.modules:
        from autodiff.frontends import tensorflow
        from autodiff.frontends.tensorflow.ground import defaults

        tensorflow.reset_default_graph()
        defaults.sessions.items.clear()
