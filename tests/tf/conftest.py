"""Every test builds into a graph of its own."""

import pytest

from autodiff.frontends import tensorflow as tf
from autodiff.frontends.tensorflow.ground.defaults import sessions


@pytest.fixture(autouse=True)
def fresh_graph():
    tf.reset_default_graph()
    yield
    sessions.items.clear()
