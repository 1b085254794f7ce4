"""Names that TensorFlow changed between the lecture's 0.11 and 1.2, half a year later.

Programs of 2017 are written in either language, and the course's own homework in the later one,
so both are understood.  Where only the name changed (`the name` below) this table *is* the code:
a later name is looked up here.  Everything else says what else changed; where it was the order of
the arguments, the arguments themselves tell which order is meant.

============================================== ============================================== ============================================
0.11, the lecture's                            later                                          what changed
============================================== ============================================== ============================================
mul(x, y)                                      multiply(x, y)                                 the name
sub(x, y)                                      subtract(x, y)                                 the name
neg(x)                                         negative(x)                                    the name
inv(x)                                         reciprocal(x)                                  the name
div(x, y)                                      divide(x, y)                                   of ints: rounded down, then a fraction
batch_matmul(x, y, adj_x)                      matmul(x, y, adjoint_a)                        matmul takes stacks of matrices
complex_abs(x)                                 abs(x)                                         abs takes complex numbers
select(c, x, y)                                where(c, x, y)                                 where(c) alone still gives indices
pack(values)                                   stack(values, axis)                            the name
unpack(value, num)                             unstack(value, num, axis)                      the name
concat(axis, values)                           concat(values, axis)                           the order; both are read
concat(axis, values)                           concat_v2(values, axis)                        0.12's name for the later order
split(axis, num, value)                        split(value, num_or_sizes, axis)               the order, and sizes; both are read
reverse(x, [True, False])                      reverse(x, [0])                                bools, then axes; both are read
reduce_sum(x, reduction_indices)               reduce_sum(x, axis)                            the argument; both are read
reduce_sum(x, keep_dims=True)                  reduce_sum(x, keepdims=True)                   the argument, from 1.5; both are read
argmax(x, dimension)                           argmax(x, axis)                                the argument; both are read
arg_max(x, dimension)                          argmax(x, axis)                                the name, with the earlier argument
expand_dims(x, dim)                            expand_dims(x, axis)                           the argument; both are read
squeeze(x, squeeze_dims)                       squeeze(x, axis)                               the argument; both are read
cond(pred, fn1, fn2)                           cond(pred, true_fn, false_fn)                  the arguments, from 1.2; both are read
initialize_all_variables()                     global_variables_initializer()                 the name
initialize_local_variables()                   local_variables_initializer()                  the name
initialize_all_tables()                        tables_initializer()                           the name
initialize_variables(list)                     variables_initializer(list)                    the name
all_variables()                                global_variables()                             the name
GraphKeys.VARIABLES                            GraphKeys.GLOBAL_VARIABLES                     the name
op_scope(values, name)                         name_scope(name, default, values)              the order
variable_op_scope(values, name)                variable_scope(name, default, values)          the order
scalar_summary(tags, values)                   summary.scalar(name, tensor)                   the tag begins with the name scope
image_summary(tag, tensor, max_images)         summary.image(name, tensor, max_outputs)       the same, and the argument
histogram_summary(tag, values)                 summary.histogram(name, values)                the tag begins with the name scope
merge_summary(inputs)                          summary.merge(inputs)                          the place
merge_all_summaries()                          summary.merge_all()                            the place
train.SummaryWriter(folder)                    summary.FileWriter(folder)                     the place
image.per_image_whitening(x)                   image.per_image_standardization(x)             the name
image.resize_images(x, height, width)          image.resize_images(x, [height, width])        the size; both are read
nn.nce_loss(w, b, inputs, labels)              nn.nce_loss(w, b, labels, inputs)              the order; the dtypes tell which
nn.sampled_softmax_loss(w, b, inputs, ...)     nn.sampled_softmax_loss(w, b, labels)          the order; the dtypes tell which
nn.softmax_cross_entropy_with_logits(x, y)     the same, with logits= and labels=             later by keyword only; both are read
nn.sigmoid_cross_entropy_with_logits(x, y)     the same, with logits= and labels=             `targets` is called labels; both are read
nn.rnn_cell.GRUCell(n)                         contrib.rnn.GRUCell(n)                         the place
nn.rnn(cell, inputs)                           nn.static_rnn(cell, inputs)                    the name
nn.bidirectional_rnn(f, b, inputs)             nn.static_bidirectional_rnn(f, b, inputs)      the name
nn.seq2seq.rnn_decoder(...)                    contrib.legacy_seq2seq.rnn_decoder(...)        the place
contrib.framework.get_global_step()            train.get_global_step()                        the place
contrib.framework.create_global_step()         train.create_global_step()                     the place
contrib.framework.get_or_create_global_step()  train.get_or_create_global_step()              the place
flags.DEFINE_float(flag_name, default_value)   flags.DEFINE_float(name, default, help)        the arguments, from 1.5; both are read
scatter_update(v, indices, updates)            the same
types.float32 (0.5)                            float32                                        the place
zeros_initializer                              zeros_initializer()                            both are read
============================================== ============================================== ============================================
"""  # noqa: E501

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any


def rows() -> list[tuple[str, str, str]]:
    """The table's rows: the earlier name, the later one, and what changed.

    >>> rows()[0]
    ('mul(x, y)', 'multiply(x, y)', 'the name')
    """
    lines = (__doc__ or "").splitlines()
    rules = [place for place, line in enumerate(lines) if line.startswith("====")]
    found = []
    for line in lines[rules[1] + 1 : rules[2]]:
        old, new, changed = (*re.split(r"\s{2,}", line.strip()), "")[:3]
        found.append((old, new, changed))
    return found


def base(text: str) -> str:
    """The dotted name that a cell of the table begins with."""
    return re.match(r"[\w.]*", text)[0]  # type: ignore[index]


def aliases(module: str, there: Mapping[str, Any]) -> dict[str, Any]:
    """The later names of what a module has, where only the name changed.

    >>> aliases("nn", {"rnn": 1, "relu": 2})
    {'static_rnn': 1}
    """
    found = {}
    for old, new, changed in rows():
        (own, _, name), (place, _, later) = base(old).rpartition("."), base(new).rpartition(".")
        if changed == "the name" and own == place == module and name in there:
            found[later] = there[name]
    return found


_ESTIMATORS = """Estimator DNNClassifier DNNRegressor DNNLinearCombinedClassifier Experiment
    KMeansClustering LinearClassifier LinearRegressor RunConfig SKCompat SVM
    infer_real_valued_columns_from_input"""

ELSEWHERE = dict.fromkeys(
    _ESTIMATORS.split(),
    "Write tf.estimator, or autodiff.frontends.keras: models with fit and predict.",
) | {
    "FinalExporter": "There is no SavedModel here; leave exporters= out.",
    "LatestExporter": "There is no SavedModel here; leave exporters= out.",
    "BeamSearchDecoder": "There is tf.contrib.seq2seq.BasicDecoder with a greedy helper.",
    "RegisterGradient": "Write the op with ad.custom_op, which takes tensors.",
    "batch_join": "Write tf.train.batch(..., num_threads=n).",
    "shuffle_batch_join": "Write tf.train.shuffle_batch(..., num_threads=n).",
    "bayesflow": "Write the draws: mean + deviation * tf.random_normal(tf.shape(mean)).",
    "tensor_forest": "Forests have no derivative; scikit-learn has them.",
    "Server": "There is one machine here.",
    "ClusterSpec": "There is one machine here.",
    "quantize_v2": "There are no quantized kernels here.",
    "load_op_library": "There are no compiled kernels here; write the op with ad.custom_op.",
}
"""What to write instead of names that are not here, of 0.11 and later."""


def missing(module: str, name: str, there: Iterable[str]) -> AttributeError:
    """The error for a name that a module has not: what to write, or which names are near.

    >>> print(missing("tf.nn", "max_pol", ["max_pool", "avg_pool"]))
    tf.nn has no 'max_pol' here. Did you mean max_pool?
    """
    told = f" {ELSEWHERE[name]}" if name in ELSEWHERE else ""
    if not told:
        public = [n for n in there if not n.startswith("_")]
        near = difflib.get_close_matches(name, public, 3, cutoff=0.75)
        told = f" Did you mean {', '.join(near)}?" if near else ""
    return AttributeError(f"{module} has no {name!r} here.{told}")
