"""CNTK 2 (beta 12, 2017): functions compose; batch and sequence axes are dynamic, never written.

    x, y = cntk.input_variable(2), cntk.input_variable(3)
    z = Sequential([Dense(16, activation=cntk.relu), Dense(3)])(x)     # or Dense(16) >> Dense(3)
    loss = cntk.cross_entropy_with_softmax(z, y)
    lr = cntk.learning_rate_schedule(0.1, cntk.UnitType.minibatch)     # or a rate per sample
    trainer = cntk.Trainer(z, (loss, cntk.classification_error(z, y)), [cntk.sgd(z.parameters, lr)])
    trainer.train_minibatch({x: rows, y: one_hot})

A Function is a graph over the registry's ops; `f.eval`, `f.grad` compute it for a batch.  A value
has the batch's axis, then the sequence's, in front of its shape; `Recurrence` and `Fold` run along
the sequence, also where the sequences of a batch differ in length.
"""

from autodiff.frontends.cntk import (
    axis,
    blocks,
    cntk_py,
    device,
    initializer,
    initializers,
    io,
    layers,
    learner,
    learners,
    losses,
    metrics,
    models,
    ops,
    tests,
    train,
    utils,
    variables,
)
from autodiff.frontends.cntk import logging as logging
from autodiff.frontends.cntk.axis import Axis
from autodiff.frontends.cntk.graph.combining import combine
from autodiff.frontends.cntk.graph.functions import (
    Constant,
    Function,
    Parameter,
    Variable,
    constant,
    input_variable,
    load_model,
    parameter,
)
from autodiff.frontends.cntk.initializers import (
    glorot_normal,
    glorot_uniform,
    he_normal,
    he_uniform,
    normal,
    uniform,
    xavier,
)
from autodiff.frontends.cntk.io import StreamConfiguration
from autodiff.frontends.cntk.layers import default_options
from autodiff.frontends.cntk.learners import (
    UnitType,
    adadelta,
    adam,
    adam_sgd,
    fsadagrad,
    learning_parameter_schedule,
    learning_parameter_schedule_per_sample,
    learning_rate_schedule,
    momentum_as_time_constant_schedule,
    momentum_schedule,
    momentum_schedule_per_sample,
    momentum_sgd,
    nesterov,
    sgd,
)
from autodiff.frontends.cntk.ops import *
from autodiff.frontends.cntk.ops import sequence
from autodiff.frontends.cntk.train import (
    Evaluator,
    Trainer,
    minibatch_size_schedule,
    training_session,
)

__version__ = "2.0.beta12.0"
