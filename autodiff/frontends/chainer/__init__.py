"""Chainer 1.20 (2017), define by run: calling functions records the graph that backward follows.

    import chainer, chainer.functions as F, chainer.links as L    # by `frontends.run`

    model = L.Linear(3, 2)
    for x, t in batches:                                  # Python's own loops and branches
        loss = F.softmax_cross_entropy(model(x), t)       # the graph of this very run
        model.cleargrads()
        loss.backward()                                   # gradients *add* to param.grad
        optimizer.update()

A `Variable` stands on an equation of the engine, as an eager `ad.Tensor` does, so `ad.draw(loss)`
shows the graph of the run.  Parameters live in `Link`s, and training loops are objects around it:
updater, trainer, extensions.
"""

from autodiff.frontends.chainer import (
    computational_graph,
    cuda,
    datasets,
    functions,
    gradient_check,
    initializers,
    iterators,
    links,
    optimizer,
    optimizers,
    reporter,
    serializers,
    training,
    utils,
)
from autodiff.frontends.chainer import dataset as dataset
from autodiff.frontends.chainer.flags import AUTO, OFF, ON, Flag, no_backprop_mode
from autodiff.frontends.chainer.function import Function
from autodiff.frontends.chainer.link import Chain, ChainList, FunctionSet, Link
from autodiff.frontends.chainer.optimizer import GradientMethod, Optimizer
from autodiff.frontends.chainer.reporter import (
    DictSummary,
    Reporter,
    Summary,
    get_current_reporter,
    report,
    report_scope,
)
from autodiff.frontends.chainer.variable import Variable

__version__ = "1.20.0"
