"""`tf.layers` of 1.0: layers as functions whose variables are called kernel and bias.

    h = tf.layers.dense(x, 128, activation=tf.nn.relu, name="hidden")

A layer without a name gets `dense`, `dense_1`, ...; with `reuse=True` a name's variables are found
again.  `core` has dense layers, `convolution` those over grids, `normalization` batch norm,
`objects` the same as classes.
"""

from autodiff.frontends.tensorflow.ground.renamed import missing
from autodiff.frontends.tensorflow.layers.convolution import (
    average_pooling1d,
    average_pooling2d,
    average_pooling3d,
    conv1d,
    conv2d,
    conv2d_transpose,
    conv3d,
    max_pooling1d,
    max_pooling2d,
    max_pooling3d,
    separable_conv2d,
)
from autodiff.frontends.tensorflow.layers.core import dense, dropout, flatten
from autodiff.frontends.tensorflow.layers.normalization import batch_normalization
from autodiff.frontends.tensorflow.layers.objects import (
    AveragePooling1D,
    AveragePooling2D,
    BatchNormalization,
    Conv1D,
    Conv2D,
    Conv2DTranspose,
    Conv3D,
    Dense,
    Dropout,
    Flatten,
    Layer,
    MaxPooling1D,
    MaxPooling2D,
    SeparableConv2D,
)

deconv2d = convolution2d_transpose = conv2d_transpose
convolution2d, convolution1d = conv2d, conv1d


def __getattr__(name: str) -> object:
    raise missing("tf.layers", name, globals())
