"""The layers of Keras 1, each in the module where Keras has it, gathered.

Where Keras 2 has another spelling that means the same, it is accepted: `units`, `rate`,
`filters`, `kernel_size`, `strides`, `padding`, `use_bias`, `kernel_initializer`.
"""

from autodiff.frontends.keras.layers.advanced_activations import (
    ELU,
    LeakyReLU,
    PReLU,
    ThresholdedReLU,
)
from autodiff.frontends.keras.layers.base import Layer
from autodiff.frontends.keras.layers.convolutional import (
    Conv1D,
    Conv2D,
    Conv2DTranspose,
    Convolution1D,
    Convolution2D,
    Cropping1D,
    Cropping2D,
    Deconv2D,
    Deconvolution2D,
    UpSampling1D,
    UpSampling2D,
    ZeroPadding1D,
    ZeroPadding2D,
)
from autodiff.frontends.keras.layers.core import (
    Activation,
    ActivityRegularization,
    Dense,
    Dropout,
    Flatten,
    Input,
    InputLayer,
    Lambda,
    Masking,
    Permute,
    RepeatVector,
    Reshape,
    SpatialDropout1D,
    SpatialDropout2D,
)
from autodiff.frontends.keras.layers.embeddings import Embedding
from autodiff.frontends.keras.layers.merge import (
    Add,
    Average,
    Concatenate,
    Dot,
    Maximum,
    Merge,
    Minimum,
    Multiply,
    Subtract,
    add,
    average,
    concatenate,
    dot,
    maximum,
    merge,
    minimum,
    multiply,
    subtract,
)
from autodiff.frontends.keras.layers.noise import GaussianDropout, GaussianNoise
from autodiff.frontends.keras.layers.normalization import BatchNormalization
from autodiff.frontends.keras.layers.pooling import (
    AveragePooling1D,
    AveragePooling2D,
    AveragePooling3D,
    GlobalAveragePooling1D,
    GlobalAveragePooling2D,
    GlobalMaxPooling1D,
    GlobalMaxPooling2D,
    MaxPooling1D,
    MaxPooling2D,
    MaxPooling3D,
)
from autodiff.frontends.keras.layers.recurrent import GRU, LSTM, Recurrent, SimpleRNN
from autodiff.frontends.keras.layers.separable import SeparableConv2D, SeparableConvolution2D
from autodiff.frontends.keras.layers.volumes import Conv3D, Convolution3D
from autodiff.frontends.keras.layers.wrappers import Bidirectional, TimeDistributed, Wrapper

MaxPool2D, AvgPool2D, MaxPool1D, AvgPool1D = (
    MaxPooling2D, AveragePooling2D, MaxPooling1D, AveragePooling1D,
)  # fmt: skip
