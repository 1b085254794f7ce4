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
"""

from autodiff.data.features import FixedLenFeature, VarLenFeature
from autodiff.frontends.tensorflow import contrib, image, nn, python_io, summary, test, train
from autodiff.frontends.tensorflow.control.branches import (
    case,
    cond,
    py_func,
    while_loop,
)
from autodiff.frontends.tensorflow.control.flow import (
    Assert,
    Print,
    check_numerics,
    control_dependencies,
    group,
    identity,
    no_op,
    stop_gradient,
    tuple,
)
from autodiff.frontends.tensorflow.control.folds import foldl, foldr, map_fn, scan
from autodiff.frontends.tensorflow.derivatives.gradients import gradients
from autodiff.frontends.tensorflow.graph.graph import Graph, get_default_graph, reset_default_graph
from autodiff.frontends.tensorflow.graph.inputs import (
    constant,
    convert_to_tensor,
    placeholder,
    placeholder_with_default,
)
from autodiff.frontends.tensorflow.graph.slices import IndexedSlices, IndexedSlicesValue
from autodiff.frontends.tensorflow.graph.tensor import Operation, Tensor
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
from autodiff.frontends.tensorflow.ground.renamed import missing
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
from autodiff.frontends.tensorflow.ops.arrays import (
    cast,
    expand_dims,
    fill,
    lin_space,
    linspace,
    ones,
    ones_like,
    pad,
    range,
    rank,
    reshape,
    reverse,
    shape,
    size,
    squeeze,
    tile,
    to_double,
    to_float,
    to_int32,
    to_int64,
    transpose,
    zeros,
    zeros_like,
)
from autodiff.frontends.tensorflow.ops.choosing import (
    boolean_mask,
    gather,
    gather_nd,
    one_hot,
    select,
    slice,
    where,
)
from autodiff.frontends.tensorflow.ops.clipping import (
    clip_by_average_norm,
    clip_by_global_norm,
    clip_by_norm,
    clip_by_value,
    global_norm,
)
from autodiff.frontends.tensorflow.ops.joining import (
    concat,
    pack,
    split,
    unpack,
)
from autodiff.frontends.tensorflow.ops.math import (
    abs,
    accumulate_n,
    acos,
    add,
    add_n,
    asin,
    atan,
    batch_matmul,
    ceil,
    cholesky,
    complex,
    complex_abs,
    conj,
    cos,
    diag,
    diag_part,
    div,
    equal,
    exp,
    fft,
    fft2d,
    floor,
    floordiv,
    greater,
    greater_equal,
    ifft,
    ifft2d,
    imag,
    inv,
    is_finite,
    is_inf,
    is_nan,
    less,
    less_equal,
    log,
    logical_and,
    logical_not,
    logical_or,
    logical_xor,
    matmul,
    matrix_determinant,
    matrix_inverse,
    matrix_solve,
    maximum,
    minimum,
    mod,
    mul,
    multiply,
    neg,
    negative,
    not_equal,
    pow,
    real,
    reciprocal,
    round,
    rsqrt,
    scalar_mul,
    sigmoid,
    sign,
    sin,
    sqrt,
    square,
    squared_difference,
    sub,
    subtract,
    tan,
    tanh,
    trace,
    truediv,
)
from autodiff.frontends.tensorflow.ops.random import (
    multinomial,
    random_crop,
    random_normal,
    random_shuffle,
    random_uniform,
    set_random_seed,
    truncated_normal,
)
from autodiff.frontends.tensorflow.ops.reductions import (
    argmax,
    argmin,
    cumprod,
    cumsum,
    reduce_all,
    reduce_any,
    reduce_logsumexp,
    reduce_max,
    reduce_mean,
    reduce_min,
    reduce_prod,
    reduce_sum,
    segment_sum,
    unsorted_segment_sum,
)
from autodiff.frontends.tensorflow.platform.machine import (
    ConfigProto,
    GPUOptions,
    RunOptions,
    device,
)
from autodiff.frontends.tensorflow.running.session import InteractiveSession, RunMetadata, Session
from autodiff.frontends.tensorflow.summary.nodes import (
    histogram_summary,
    image_summary,
    merge_all_summaries,
    merge_summary,
    scalar_summary,
)
from autodiff.frontends.tensorflow.variables.initialization import (
    all_variables,
    initialize_all_variables,
    initialize_local_variables,
    initialize_variables,
    is_variable_initialized,
    local_variables,
    moving_average_variables,
    report_uninitialized_variables,
    trainable_variables,
)
from autodiff.frontends.tensorflow.variables.initializers import (
    constant_initializer,
    ones_initializer,
    random_normal_initializer,
    random_uniform_initializer,
    truncated_normal_initializer,
    uniform_unit_scaling_initializer,
    zeros_initializer,
)
from autodiff.frontends.tensorflow.variables.scopes import (
    VariableScope,
    add_to_collection,
    get_collection,
    get_collection_ref,
    get_variable,
    get_variable_scope,
    name_scope,
    op_scope,
    variable_op_scope,
    variable_scope,
)
from autodiff.frontends.tensorflow.variables.variables import (
    GraphKeys,
    Variable,
    assign,
    assign_add,
    assign_sub,
    count_up_to,
)


def __getattr__(name: str) -> object:
    if name == "Summary":
        from autodiff.data.summaries import protos

        return protos("summary_pb2").Summary
    raise missing("tf", name, globals())
