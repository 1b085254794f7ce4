"""`tf.nn`: what networks are built of.

This package only gathers names: activations, dense layers, convolutions over windows,
normalization, lookups, losses, and losses over a sample of the classes have modules of their own.
"""

from autodiff.frontends.tensorflow.ground.renamed import aliases, missing
from autodiff.frontends.tensorflow.nn import rnn_cell, seq2seq
from autodiff.frontends.tensorflow.nn.activations import (
    elu,
    leaky_relu,
    log_softmax,
    relu,
    relu6,
    softmax,
    softplus,
    softsign,
)
from autodiff.frontends.tensorflow.nn.activations import relu_grad as _relu_grad
from autodiff.frontends.tensorflow.nn.dense import bias_add, dropout, xw_plus_b
from autodiff.frontends.tensorflow.nn.grids import (
    atrous_conv2d,
    batch_norm_with_global_normalization,
    conv1d,
    crelu,
    fused_batch_norm,
    relu_layer,
)
from autodiff.frontends.tensorflow.nn.lookup import TopK, embedding_lookup, in_top_k, top_k
from autodiff.frontends.tensorflow.nn.losses import (
    l2_loss,
    sigmoid_cross_entropy_with_logits,
    softmax_cross_entropy_with_logits,
    softmax_cross_entropy_with_logits_v2,
    sparse_softmax_cross_entropy_with_logits,
    weighted_cross_entropy_with_logits,
)
from autodiff.frontends.tensorflow.nn.normalization import (
    batch_normalization,
    l2_normalize,
    local_response_normalization,
    lrn,
    moments,
    normalize_moments,
    sufficient_statistics,
    weighted_moments,
    zero_fraction,
)
from autodiff.frontends.tensorflow.nn.raw import raw_rnn
from autodiff.frontends.tensorflow.nn.rnn import (
    bidirectional_dynamic_rnn,
    bidirectional_rnn,
    dynamic_rnn,
    rnn,
    state_saving_rnn,
)
from autodiff.frontends.tensorflow.nn.sampling import (
    log_uniform_candidate_sampler,
    nce_loss,
    sampled_softmax_loss,
    uniform_candidate_sampler,
)
from autodiff.frontends.tensorflow.nn.volumes import avg_pool3d, conv3d, max_pool3d
from autodiff.frontends.tensorflow.nn.windows import (
    avg_pool,
    conv2d,
    conv2d_transpose,
    depthwise_conv2d,
    max_pool,
    separable_conv2d,
)
from autodiff.frontends.tensorflow.ops.math import sigmoid, tanh
from autodiff.frontends.tensorflow.ops.sparse import embedding_lookup_sparse

globals().update(aliases("nn", globals()))


def __getattr__(name: str) -> object:
    raise missing("tf.nn", name, globals())
