"""Helpers around a model, where Keras 1 has them: `from keras.utils import np_utils`."""
# ruff: noqa: F401 (all that is imported here is a public name)

from autodiff.frontends.keras.utils import np_utils
from autodiff.frontends.keras.utils.np_utils import to_categorical
