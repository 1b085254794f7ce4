"""MXNet 0.9 (2016): a mix.  NDArrays compute at once; Symbols are bound to arrays later.

    data = mx.sym.Variable("data")                       # no shape yet
    net = mx.sym.FullyConnected(data, num_hidden=3, name="fc")
    net = mx.sym.SoftmaxOutput(net, name="softmax")      # weights and labels became variables too
    net.list_arguments()          # data, fc_weight, fc_bias, softmax_label
    net.infer_shape(data=(4, 2))  # the shapes of all of them
    e = net.simple_bind(mx.cpu(), data=(4, 2))           # arrays for all, gradients beside them
    e.forward(is_train=True); e.backward()               # a loss is its own head gradient

`simple_bind(grad_req=...)` says whether gradients are written, added, or not taken.  `mod.Module`
has the training loop.  Both styles call the same table of ops, `operators`.
"""

from autodiff.frontends.mxnet import (
    autograd,
    callback,
    contrib,
    init,
    io,
    kvstore,
    lr_scheduler,
    metric,
    model,
    module,
    monitor,
    nd,
    operator,
    optimizer,
    random,
    symbol,
    visualization,
)
from autodiff.frontends.mxnet.context import Context, cpu, current_context, gpu
from autodiff.frontends.mxnet.ground.errors import MXNetError

autograd.use(nd.recording)
initializer, ndarray, opt, sym = init, nd, optimizer, symbol  # each has a long name and a short one
mod, viz, kv = module, visualization, kvstore
mon, rnd, misc = monitor, random, lr_scheduler

__version__ = "0.9.0"
