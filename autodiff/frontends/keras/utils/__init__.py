"""Helpers around a model, where Keras 1 has them: `from keras.utils import np_utils`."""

from autodiff.frontends.keras.utils import np_utils
from autodiff.frontends.keras.utils.np_utils import to_categorical
