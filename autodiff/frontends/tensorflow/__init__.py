"""TensorFlow as the lecture of January 2017 teaches it (0.11), over the engine's registry.

    from autodiff.frontends import tensorflow as tf

A graph is built first, by operators, NumPy functions and `tf.` names, and run afterwards by a
`Session`.  This package only gathers names; the modules say how things work:

ground, inference   names, dtypes, static shapes, and how the shape of a result is found
graph               the graph, its nodes, and what a node can be
running             plans and sessions
derivatives         the backward part of a graph, by the engine's sweep
declaring           how an op gets its name, in a line or two
ops, nn, image      the ops by family
control             order of running; branches and loops
variables           variables, `get_variable`, scopes, initialization
input, train        readers and queues; optimizers and what a training loop needs
saving, summary     checkpoints; event files for TensorBoard
platform, contrib   the shell around a program; what was contributed
estimator, feature_column   models as functions, and the columns that they read
"""

import importlib

from autodiff.data.records.features import FixedLenFeature, VarLenFeature
from autodiff.frontends.tensorflow import (
    contrib,
    graph_util,
    image,
    layers,
    losses,
    metrics,
    nn,
    paths,
    python_io,
    summary,
    test,
    train,
)
from autodiff.frontends.tensorflow import data as data
from autodiff.frontends.tensorflow.control import *
from autodiff.frontends.tensorflow.derivatives.gradients import gradients
from autodiff.frontends.tensorflow.graph.attributes import message_class
from autodiff.frontends.tensorflow.graph.graph import Graph, get_default_graph, reset_default_graph
from autodiff.frontends.tensorflow.graph.inputs import (
    constant,
    convert_to_tensor,
    placeholder,
    placeholder_with_default,
)
from autodiff.frontends.tensorflow.graph.operation import Operation
from autodiff.frontends.tensorflow.graph.overrides import (
    NoGradient,
    NotDifferentiable,
    RegisterGradient,
)
from autodiff.frontends.tensorflow.graph.slices import IndexedSlices, IndexedSlicesValue
from autodiff.frontends.tensorflow.graph.tensor import Tensor
from autodiff.frontends.tensorflow.ground import dtypes as types
from autodiff.frontends.tensorflow.ground import errors
from autodiff.frontends.tensorflow.ground.defaults import get_default_session
from autodiff.frontends.tensorflow.ground.dtypes import (
    as_dtype,
    complex64,
    complex128,
    double,
    float16,
    float32,
    float64,
    int8,
    int16,
    int32,
    int64,
    string,
    uint8,
    uint16,
)
from autodiff.frontends.tensorflow.ground.dtypes import bool_ as bool
from autodiff.frontends.tensorflow.ground.renamed import aliases, missing
from autodiff.frontends.tensorflow.ground.shapes import Dimension, TensorShape
from autodiff.frontends.tensorflow.input.decoding import (
    decode_csv,
    decode_jpeg,
    decode_png,
    decode_raw,
    encode_png,
    parse_example,
    parse_single_example,
    read_file,
    string_to_number,
)
from autodiff.frontends.tensorflow.input.queues import FIFOQueue, RandomShuffleQueue
from autodiff.frontends.tensorflow.input.readers import (
    FixedLengthRecordReader,
    IdentityReader,
    TextLineReader,
    TFRecordReader,
    WholeFileReader,
)
from autodiff.frontends.tensorflow.nn.grids import depth_to_space, space_to_depth
from autodiff.frontends.tensorflow.ops import *
from autodiff.frontends.tensorflow.platform import app, compat, flags, gfile, logging
from autodiff.frontends.tensorflow.platform.compat import (
    disable_eager_execution,
    disable_resource_variables,
    disable_v2_behavior,
    disable_v2_tensorshape,
)
from autodiff.frontends.tensorflow.platform.machine import (
    ConfigProto,
    GPUOptions,
    RunOptions,
    device,
)
from autodiff.frontends.tensorflow.running.session import InteractiveSession, RunMetadata, Session
from autodiff.frontends.tensorflow.saving.reading import import_graph_def
from autodiff.frontends.tensorflow.summary.nodes import (
    histogram_summary,
    image_summary,
    merge_all_summaries,
    merge_summary,
    scalar_summary,
)
from autodiff.frontends.tensorflow.variables import *

__version__ = "1.2.1"
globals().update(aliases("", globals()))
python, examples, models = paths.python, paths.examples, paths.models


def __getattr__(name: str) -> object:
    if name == "Summary":
        return getattr(summary, name)
    if name in ("GraphDef", "NodeDef", "AttrValue", "MetaGraphDef"):
        return message_class(name)
    if name == "distributions":  # of 1.3
        return contrib.distributions
    if name in ("estimator", "feature_column"):  # of 1.3; they are built of names of this package
        return importlib.import_module(f"{__name__}.{name}")
    if name == "keras":  # of 1.4
        return importlib.import_module("autodiff.frontends.keras")
    raise missing("tf", name, globals())
