"""Torch's own language: scripts in Lua over our tensors, with the numbers of the same in Python."""

import numpy as np
import pytest

from autodiff.frontends.run import run
from autodiff.frontends.torch import Tensor, optim
from autodiff.frontends.torch.optim import lbfgs, lswolfe

lua52 = pytest.importorskip("lupa.lua52", reason="lupa is not installed")

from autodiff.frontends.torch.lua import Lua  # noqa: E402


def printed(text, capsys, tmp_path, *arguments):
    path = tmp_path / "script.lua"
    path.write_text(text)
    run("torch", path, arguments)
    return capsys.readouterr().out.splitlines()


def test_tensors_are_indexed_measured_and_changed_as_in_lua(capsys, tmp_path):
    lines = printed("""
        require 'torch'
        local x = torch.Tensor{{1, 2}, {3, 4}}
        print((#x)[1], x:size(2), x[2][1], x[{ {}, 2 }]:sum(), x[{ 1, 2 }])
        x[{ {}, 1 }] = torch.Tensor{5, 6}
        x[2] = torch.Tensor{7, 8}
        local y = x * 2 + x - torch.ones(2, 2) * 1
        print(y[1][1], y[2][2], (-x):min(), (x / 2):max())
        local best, place = x:max(2)
        print(best[2][1], place[2][1])
        print(x == x, x ~= x:clone())
    """, capsys, tmp_path)  # fmt: skip
    assert [line.split("\t") for line in lines] == [
        ["2", "2", "3", "6", "2"], ["14", "23", "-8", "4"], ["8", "2"], ["true", "true"],
    ]  # fmt: skip


def test_what_size_gives_is_a_shape_and_a_table_of_numbers_is_values(capsys, tmp_path):
    lines = printed("""
        require 'nn'
        local x = torch.Tensor(4, 3, 2)
        for _, make in ipairs{torch.rand, torch.randn, torch.zeros, torch.ones, torch.Tensor} do
            print(make(x:size()):size(1), make(x:size()):nElement())
        end
        print(#torch.Tensor(#x) == nil, torch.Tensor{4, 3, 2}:nElement(), x:size()[3])
        local net = nn.Sequential():add(nn.Linear(2, 3)):add(nn.Tanh()):add(nn.Linear(3, 1))
        print(#net:findModules('nn.Linear'), #net:findModules('nn.ReLU'))
        local conv = nn.SpatialConvolution(2, 3, 5, 5)
        print(conv.weight:sum() ~= conv:reset(0.01).weight:sum(), conv.bias:max() < 0.02)
    """, capsys, tmp_path)  # fmt: skip
    assert lines == ["4\t24"] * 5 + ["false\t3\t2", "2\t0", "true\ttrue"]


TRAINING = """
    require 'nn'
    require 'optim'
    torch.manualSeed(3)
    local x, t = torch.randn(20, 3), torch.Tensor(20)
    for i = 1, (#x)[1] do t[i] = x[i][1] > 0 and 1 or 2 end
    model = nn.Sequential()
    model:add(nn.Linear(3, 4)); model:add(nn.Tanh()); model:add(nn.Linear(4, 2))
    model:add(nn.LogSoftMax())
    criterion = nn.ClassNLLCriterion()
    local w, dw = model:getParameters()
    local feval = function(new)
       if w ~= new then w:copy(new) end
       dw:zero()
       local loss = criterion:forward(model:forward(x), t)
       model:backward(x, criterion:backward(model.output, t))
       return loss, dw
    end
    local state = { learningRate = 0.5, momentum = 0.9 }
    for i = 1, 5 do
       local _, fs = optim.sgd(feval, w, state)
       print(string.format('%.12f', fs[1]))
    end
    print(state.evalCounter, state.dfdx:size(1))
"""


def test_a_training_script_has_the_losses_of_the_same_in_python(capsys, tmp_path):
    from autodiff.frontends import torch
    from autodiff.frontends.torch import nn

    *losses, last = printed(TRAINING, capsys, tmp_path)
    torch.manualSeed(3)
    x = torch.randn(20, 3)
    t = Tensor(np.where(x.a[:, 0] > 0, 1.0, 2.0))
    model = nn.Sequential().add(nn.Linear(3, 4)).add(nn.Tanh()).add(nn.Linear(4, 2))
    model.add(nn.LogSoftMax())
    criterion, (w, dw) = nn.ClassNLLCriterion(), model.getParameters()

    def feval(_):
        dw.zero()
        loss = criterion.forward(model.forward(x), t)
        model.backward(x, criterion.backward(model.output, t))
        return loss, dw

    state = {"learningRate": 0.5, "momentum": 0.9}
    expected = [optim.sgd(feval, w, state)[1][0] for _ in range(5)]
    np.testing.assert_allclose([float(v) for v in losses], expected, atol=1e-11)
    assert last == "5\t26"


def test_options_columns_and_modules_beside_a_script(capsys, tmp_path):
    (tmp_path / "other.lua").write_text("function double(x) return 2 * x end")
    (tmp_path / "data.csv").write_text("a,b\n1,2\n3,4\n")
    lines = printed(f"""
        require 'pl'; require 'other'; require 'csvigo'; require 'xlua'
        local opt = lapp[[
           -r,--rate   (default 0.05)     the rate
           -m,--model  (default "mlp")    which
           -f,--full                      all of it
        ]]
        print(opt.rate, opt.model, opt.full, double(opt.rate))
        print(torch.Tensor(csvigo.load('{tmp_path}/data.csv').b):sum())
    """, capsys, tmp_path, "--rate", "0.5", "-f")  # fmt: skip
    assert lines == ["0.5\tmlp\ttrue\t1", "6"]
    with pytest.raises(lua52.LuaError, match=r"script\.lua:1"):
        printed("nn.Lineer(2, 3)", capsys, tmp_path)


@pytest.mark.parametrize("search", [None, lswolfe])
def test_lbfgs_reaches_the_bottom_of_a_bent_valley(search):
    x = Tensor(np.array([-1.2, 1.0]))

    def rosenbrock(x):
        a, b = x.a
        slope = np.array([-400 * a * (b - a * a) - 2 * (1 - a), 200 * (b - a * a)])
        return 100 * (b - a * a) ** 2 + (1 - a) ** 2, Tensor(slope)

    config = {"maxIter": 200, "maxEval": 2000, "tolFun": 1e-9, "lineSearch": search}
    config["learningRate"] = 1.0 if search else 0.5
    found, losses, count = lbfgs(rosenbrock, x, config)
    assert count >= len(losses)
    assert losses[-1] < losses[0]
    if search is not None:
        np.testing.assert_allclose(found.a, [1, 1], atol=1e-4)
        assert np.all(np.diff(losses) <= 0)


def test_a_name_that_is_not_there_is_nil():
    assert Lua().runtime.eval("nn.Lineer == nil")


def test_what_lua_s_collector_takes_is_not_what_a_new_table_needs(capsys, tmp_path):
    lines = printed("""
        require 'torch'
        local x, wrong = torch.Tensor(3):fill(1), 0
        for i = 1, 300 do
           local y = x:add(1)            -- the same tensor, in another table
           local z = torch.Tensor(2):fill(i)
           if i % 3 == 0 then collectgarbage() else collectgarbage('step') end
           if y ~= x or y:size(1) ~= 3 or z:sum() ~= 2 * i then wrong = wrong + 1 end
        end
        print(wrong, x[1])
    """, capsys, tmp_path)  # fmt: skip
    assert lines == ["0\t301"]


def test_options_of_a_script(capsys, tmp_path):
    lines = printed("""
        require 'torch'
        cmd = torch.CmdLine()
        cmd:text('Options:')
        cmd:option('-model', 'mlp', 'the model')
        cmd:option('-rate', 1e-3, 'the rate')
        cmd:option('-plot', false, 'whether to plot')
        opt = cmd:parse(arg or {})
        print(opt.model, opt.rate, opt.plot)
        local timer = torch.Timer()
        print(timer:time().real >= 0, cmd:string('run', opt, {}))
    """, capsys, tmp_path, "-rate", "0.5", "-plot")  # fmt: skip
    assert lines == ["mlp\t0.5\ttrue", "true\trun,plot=True,rate=0.5"]
    with pytest.raises(Exception, match="unknown option -rat"):
        printed("torch.CmdLine():parse(arg)", capsys, tmp_path, "-rat")


TRIPLE = """
    require 'nn'
    local Triple, Parent = torch.class('nn.Triple', 'nn.Module')
    function Triple:__init(factor)
       Parent.__init(self)
       self.factor = factor or 3
    end
    function Triple:updateOutput(input)
       self.output:resizeAs(input):copy(input):mul(self.factor)
       return self.output
    end
    function Triple:updateGradInput(input, gradOutput)
       self.gradInput:resizeAs(gradOutput):copy(gradOutput):mul({slope})
       return self.gradInput
    end
    local net = nn.Sequential():add(nn.Linear(4, 2)):add(nn.Triple(3))
    print(nn.Jacobian.testJacobian(net, torch.Tensor(5, 4)) < 1e-5)
"""


@pytest.mark.parametrize(("slope", "right"), [("self.factor", "true"), ("2", "false")])
def test_a_module_written_in_lua_is_checked_by_jacobian(slope, right, capsys, tmp_path):
    assert printed(TRIPLE.replace("{slope}", slope), capsys, tmp_path) == [right]


def test_models_are_written_to_files_and_read_again(capsys, tmp_path):
    lines = printed("""
        require 'nn'
        local net, path = nn.Sequential():add(nn.Linear(3, 2)), arg[1]
        local x = torch.randn(4, 3)
        local y = net:forward(x):clone()
        torch.save(path, net)
        print(torch.load(path):forward(x):add(-1, y):norm())
    """, capsys, tmp_path, str(tmp_path / "net.t7"))  # fmt: skip
    assert lines == ["0"]


def test_products_of_a_table_of_tensors():
    from autodiff.frontends.torch import nn

    rng = np.random.default_rng(0)
    a, b, c, seed = (rng.standard_normal((2, 3)) for _ in range(4))
    module = nn.CMulTable()
    tensors = [Tensor(a), Tensor(b), Tensor(c)]
    np.testing.assert_allclose(module.forward(tensors).a, a * b * c)
    grads = module.backward(tensors, Tensor(seed))
    for grad, others in zip(grads, (b * c, a * c, a * b), strict=True):
        np.testing.assert_allclose(grad.a, seed * others)
