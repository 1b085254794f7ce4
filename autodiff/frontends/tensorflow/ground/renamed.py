"""Names that TensorFlow 1.0 changed a month after the lecture, for readers of later documentation.

===================================== ====================================== ==========
0.11, the lecture's                   1.0                                    ours
===================================== ====================================== ==========
mul(x, y)                             multiply(x, y)                         both
sub(x, y)                             subtract(x, y)                         both
neg(x)                                negative(x)                            both
inv(x)                                reciprocal(x)                          both
div(x, y), of ints rounded down       div, or divide and `/` as in Python 3  as 0.11
batch_matmul(x, y)                    matmul(x, y)                           both
complex_abs(x)                        abs(x)                                 both
select(c, x, y)                       where(c, x, y)                         both
pack(values)                          stack(values)                          as 0.11
unpack(value)                         unstack(value)                         as 0.11
concat(axis, values)                  concat(values, axis)                   as 0.11
split(axis, num, value)               split(value, num, axis)                as 0.11
reduce_sum(x, reduction_indices)      reduce_sum(x, axis)                    both
reduce_sum(x, keep_dims=True)         keepdims=True, from 1.5                as 0.11
argmax(x, dimension)                  argmax(x, axis)                        as 0.11
expand_dims(x, dim)                   expand_dims(x, axis)                   as 0.11
initialize_all_variables()            global_variables_initializer()         as 0.11
initialize_local_variables()          local_variables_initializer()          as 0.11
initialize_variables(list)            variables_initializer(list)            as 0.11
all_variables()                       global_variables()                     as 0.11
GraphKeys.VARIABLES                   GraphKeys.GLOBAL_VARIABLES             as 0.11
op_scope(values, name)                name_scope(name, default, values)      both
variable_op_scope(values, name)       variable_scope(name, default, values)  both
scalar_summary(tags, values)          summary.scalar(name, tensor)           as 0.11
image_summary(tag, tensor)            summary.image(name, tensor)            as 0.11
histogram_summary(tag, values)        summary.histogram(name, values)        as 0.11
merge_summary(inputs)                 summary.merge(inputs)                  as 0.11
merge_all_summaries()                 summary.merge_all()                    as 0.11
train.SummaryWriter(folder)           summary.FileWriter(folder)             as 0.11
image.per_image_whitening(x)          image.per_image_standardization(x)     both
nn.nce_loss(w, b, inputs, labels)     nn.nce_loss(w, b, labels, inputs)      as 0.11
nn.softmax_cross_entropy_with_logits  the same, arguments only by keyword    both
zeros_initializer                     zeros_initializer()                    both
===================================== ====================================== ==========
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable


def rows() -> list[tuple[str, ...]]:
    """The table's rows: the name of 0.11, that of 1.0, and ours.

    >>> rows()[0]
    ('mul(x, y)', 'multiply(x, y)', 'both')
    """
    lines = (__doc__ or "").splitlines()
    rules = [place for place, line in enumerate(lines) if line.startswith("====")]
    return [tuple(re.split(r"\s{2,}", line.strip())) for line in lines[rules[1] + 1 : rules[2]]]


BY_NUMPY = {
    "count_nonzero": "np.count_nonzero",
    "cross": "np.cross",
    "digamma": "scipy.special.digamma",
    "einsum": "np.einsum",
    "erf": "scipy.special.erf",
    "erfc": "scipy.special.erfc",
    "expm1": "np.expm1",
    "lgamma": "scipy.special.gammaln",
    "log1p": "np.log1p",
    "matrix_solve_ls": "np.linalg.lstsq",
    "matrix_transpose": "np.matrix_transpose",
    "meshgrid": "np.meshgrid",
    "norm": "np.linalg.norm",
    "qr": "np.linalg.qr",
    "rot90": "np.rot90",
    "self_adjoint_eig": "np.linalg.eigh",
    "svd": "np.linalg.svd",
    "tensordot": "np.tensordot",
    "unique": "np.unique",
}
"""Names that are not here since the function of NumPy or SciPy does the same to tensors."""

ELSEWHERE = {
    "assert_equal": "Write tf.Assert(tf.reduce_all(tf.equal(x, y)), [x, y]).",
    "dynamic_partition": "Write tf.boolean_mask(x, tf.equal(partitions, i)) for each i.",
    "scatter_update": "Write v.assign(...) of the whole variable.",
    "strided_slice": "Write x[begin:end:step].",
    "TensorArray": "Write tf.scan or tf.map_fn, or collect in a list and tf.pack it.",
    "make_template": "Write variable_scope(..., reuse=True) the second time.",
    "RegisterGradient": "Write the op with ad.custom_op, which takes tensors.",
    "write_graph": "Write tf.train.SummaryWriter(folder, sess.graph).",
    "batch_join": "Write tf.train.batch(..., num_threads=n).",
    "shuffle_batch_join": "Write tf.train.shuffle_batch(..., num_threads=n).",
    "fused_batch_norm": "Write tf.nn.moments and tf.nn.batch_normalization.",
    "conv1d": "Write tf.nn.conv2d over tf.expand_dims(x, 1).",
    "crelu": "Write tf.nn.relu(tf.concat(axis, [x, -x])).",
    "relu_layer": "Write tf.nn.relu(tf.nn.xw_plus_b(x, w, b)).",
    "get_model_variables": "Write tf.get_collection(tf.GraphKeys.VARIABLES, scope=...).",
    "get_variables": "Write tf.get_collection(tf.GraphKeys.VARIABLES, scope=...).",
    "app": "For flags write argparse; for tf.app.run() call main().",
    "gfile": "Write os.path.exists, os.makedirs, open: the files are on this machine.",
    "logging": "Write Python's `import logging`.",
    "examples": "For a data set of digits write sklearn.datasets.load_digits().",
    "learn": "A model with fit and predict is autodiff.frontends.keras.",
    "rnn": "Unroll a cell by a Python loop and variable_scope reuse, or write tf.scan.",
    "dynamic_rnn": "Unroll a cell by a Python loop and variable_scope reuse, or write tf.scan.",
    "rnn_cell": "Write the cell itself: h = tf.tanh(tf.matmul(tf.concat(1, [x, h]), w) + b).",
    "seq2seq": "Unroll a cell by a Python loop and variable_scope reuse, or write tf.scan.",
    "SparseTensor": "There are no sparse tensors here; write dense ones, or tf.gather.",
    "sparse_placeholder": "There are no sparse tensors here; write dense ones, or tf.gather.",
    "sparse_to_dense": "Write tf.one_hot(indices, depth).",
    "Supervisor": "Write a Saver, tf.train.latest_checkpoint and a Coordinator.",
    "Server": "There is one machine here.",
    "import_meta_graph": "Build the graph by its program, then saver.restore(sess, path).",
    "AUTO_REUSE": "Write variable_scope(..., reuse=True) the second time.",
    "layers": "Write tf.contrib.layers, tf.contrib.slim, or autodiff.frontends.keras.",
    "hessians": "Write [tf.gradients(g[i], x)[0] for i in ...] of g = tf.gradients(y, x)[0].",
}
"""What to write instead of names that are not here, of 0.11 and later."""


def hint(name: str) -> str:
    """What to write for a name that is not here, or ''.

    >>> hint("global_variables_initializer")
    ' It is the name of TensorFlow 1.0; here, as in 0.11, it is tf.initialize_all_variables().'
    """
    for old, new, _ in rows():
        if re.match(rf"(\w+\.)*{re.escape(name)}\b", new):
            return f" It is the name of TensorFlow 1.0; here, as in 0.11, it is tf.{old}."
    if name in BY_NUMPY:
        return f" Write {BY_NUMPY[name]}(x): it takes tensors."
    return f" {ELSEWHERE[name]}" if name in ELSEWHERE else ""


def missing(module: str, name: str, there: Iterable[str]) -> AttributeError:
    """The error for a name that a module has not: what to write, or which names are near.

    >>> print(missing("tf.nn", "max_pol", ["max_pool", "avg_pool"]))
    tf.nn has no 'max_pol' here. Did you mean max_pool?
    """
    told = hint(name)
    if not told:
        public = [n for n in there if not n.startswith("_")]
        near = difflib.get_close_matches(name, public, 3, cutoff=0.75)
        told = f" Did you mean {', '.join(near)}?" if near else ""
    return AttributeError(f"{module} has no {name!r} here.{told}")
