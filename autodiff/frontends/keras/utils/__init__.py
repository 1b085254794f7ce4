"""Helpers around a model, where Keras 1 has them: `from keras.utils import np_utils`."""

from autodiff.frontends.keras.utils import data_utils, generic_utils, np_utils
from autodiff.frontends.keras.utils.data_utils import get_file
from autodiff.frontends.keras.utils.generic_utils import Progbar
from autodiff.frontends.keras.utils.np_utils import normalize, to_categorical
