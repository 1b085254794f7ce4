"""TF-Slim as of early 2017, small: layers as functions, and one place for their arguments.

    from autodiff.frontends import slim                  # as tf.contrib.slim

    with slim.arg_scope([slim.conv2d], weights_regularizer=slim.l2_regularizer(1e-4)):
        net = slim.repeat(images, 2, slim.conv2d, 32, [3, 3], scope="conv1")
        net = slim.max_pool2d(net, [2, 2], scope="pool1")
    logits = slim.fully_connected(slim.flatten(net), 10, activation_fn=None, scope="logits")
    slim.losses.softmax_cross_entropy(logits, one_hot_labels)
    total = slim.losses.get_total_loss()
    train_op = slim.learning.create_train_op(total, tf.train.AdamOptimizer(0.01))

A layer makes its variables (`conv1/conv1_1/weights`, ...) by `tf.get_variable` in a variable scope
of its name, so `reuse=True` shares them.
"""

from autodiff.frontends.slim import learning, losses, model_analyzer, utils
from autodiff.frontends.slim.layers import *
from autodiff.frontends.slim.repeated import (
    apply_regularization,
    l1_l2_regularizer,
    l1_regularizer,
    l2_regularizer,
    repeat,
    stack,
)
from autodiff.frontends.tensorflow.contrib.arg_scopes import add_arg_scope, arg_scope
from autodiff.frontends.tensorflow.contrib.framework import (
    assign_from_checkpoint_fn,
    create_global_step,
    filter_variables,
    get_global_step,
    get_local_variables,
    get_model_variables,
    get_or_create_global_step,
    get_trainable_variables,
    get_unique_variable,
    get_variables,
    get_variables_by_name,
    get_variables_to_restore,
    local_variable,
    model_variable,
    variable,
)
from autodiff.frontends.tensorflow.ground.renamed import missing
from autodiff.frontends.tensorflow.variables.initializers import (
    variance_scaling_initializer,
    xavier_initializer,
)

convolution2d = convolution = conv2d
separable_convolution2d, convolution2d_transpose = separable_conv2d, conv2d_transpose


def __getattr__(name: str) -> object:
    raise missing("slim", name, globals())
