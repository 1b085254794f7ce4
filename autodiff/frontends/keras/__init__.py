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
files work on models too.  Images are (height, width, channels).  Left out of Keras 1: recurrent
layers, Theano's order of axes, sample weights, models with several outputs.
"""

from autodiff.frontends.keras import callbacks, layers, models, optimizers, utils
from autodiff.frontends.keras.backend import get_session
from autodiff.frontends.keras.choices import l1, l2
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
