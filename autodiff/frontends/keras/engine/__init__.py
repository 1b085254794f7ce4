"""`keras.engine`: where Keras has its base classes."""

from autodiff.frontends.keras.engine import topology, training
from autodiff.frontends.keras.engine.topology import Input, InputSpec, Layer, merge
from autodiff.frontends.keras.engine.training import Model
