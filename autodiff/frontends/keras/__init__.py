"""Keras as of early 2017 (version 1), small, over the TensorFlow front end.

    from autodiff.frontends.keras.models import Sequential
    from autodiff.frontends.keras.layers import Dense, Activation, Dropout

    model = Sequential()
    model.add(Dense(output_dim=64, input_dim=64))
    model.add(Activation("relu"))
    model.add(Dense(output_dim=10))
    model.add(Activation("softmax"))
    model.compile(loss="categorical_crossentropy", optimizer="sgd", metrics=["accuracy"])
    model.fit(X_train, Y_train, nb_epoch=5, batch_size=32)

The layers add nodes to the default graph, so `ad.draw(model.output)`, `tf.gradients` and event
files work on models too.  Images are (height, width, channels), or with the
channels first in Theano's order.  The spellings of Keras 2 (`units`,
`epochs`, `use_bias`, `initializers`) are read too.  A model is written to a file of this project's
format, not to HDF5.  Left out of Keras 1: the networks that were trained
elsewhere (`applications`).
"""

import sys

from autodiff.frontends.keras import (
    activations,
    backend,
    callbacks,
    constraints,
    datasets,
    engine,
    initializations,
    initializers,
    layers,
    losses,
    metrics,
    models,
    objectives,
    optimizers,
    preprocessing,
    regularizers,
    utils,
    wrappers,
)
from autodiff.frontends.keras.ground.choices import l1, l2
from autodiff.frontends.keras.ground.session import get_session
from autodiff.frontends.keras.layers import (
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Convolution2D,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    Input,
    Lambda,
    MaxPooling2D,
    Merge,
    Reshape,
    merge,
)
from autodiff.frontends.keras.models import Model, Sequential
from autodiff.frontends.tensorflow.ground.renamed import missing

__version__ = "1.2.1"
keras = sys.modules[__name__]  # `from tensorflow.contrib.keras.python import keras`


def __getattr__(name: str) -> object:
    raise missing("keras", name, globals())
