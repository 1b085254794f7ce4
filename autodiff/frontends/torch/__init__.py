"""Torch7 (2016): modules with hand-written backward, and optimizers over one flat vector.

    model = nn.Sequential().add(nn.Linear(2, 4)).add(nn.Tanh()).add(nn.Linear(4, 1))
    criterion = nn.MSECriterion()
    x, dl_dx = model.getParameters()              # all weights, one after the other

    def feval(x):
        dl_dx.zero()                              # gradients add up, so this is yours to do
        loss = criterion.forward(model.forward(inputs), targets)
        model.backward(inputs, criterion.backward(model.output, targets))
        return loss, dl_dx

    optim.sgd(feval, x, {"learningRate": 0.1})

A module says how it computes (`updateOutput`) and how gradients pass (`updateGradInput`,
`accGradParameters`); nothing is recorded.  `nn.check_module(module, input)` compares what was
written by hand with the engine's tape.  Indices count from 1, as in Lua.
"""

from autodiff.frontends.torch import nn, optim
from autodiff.frontends.torch.making import *
from autodiff.frontends.torch.scripts import CmdLine, Timer, load, save, tic, toc
from autodiff.frontends.torch.tensor import (
    DoubleTensor,
    FloatTensor,
    IntTensor,
    LongTensor,
    Tensor,
    getdefaulttensortype,
    manualSeed,
    setdefaulttensortype,
)
