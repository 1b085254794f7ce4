"""Torch7's style: modules with hand-written backward; numbers as Torch7 gave them."""

import numpy as np
import pytest

import autodiff as ad
from autodiff.frontends import torch
from autodiff.frontends.torch import Tensor, nn, optim
from autodiff.frontends.torch.nn.module import BackwardError


def modules():
    torch.manualSeed(1)
    images, rows = Tensor(2, 2, 6, 5).normal(), Tensor(4, 3).normal()
    return [
        (nn.Linear(3, 2), rows),
        (nn.Linear(3, 2, False), rows),
        (nn.CMul(3), rows),
        (nn.Add(3), rows),
        (nn.SpatialConvolution(2, 3, 2, 3, 1, 2, 1, 0), images),
        (nn.SpatialMaxPooling(2, 2).ceil(), images),
        (nn.SpatialAveragePooling(2, 2), images),
        (nn.BatchNormalization(3), rows),
        (nn.SpatialBatchNormalization(2), images),
        (nn.LogSoftMax(), rows),
        (nn.Tanh(), rows),
        (nn.Reshape(3), rows),
        (nn.Concat(2).add(nn.Linear(3, 2)).add(nn.Tanh()), rows),
        (nn.Sequential().add(nn.Linear(3, 5)).add(nn.Sigmoid()).add(nn.Linear(5, 2)), rows),
    ]


@pytest.mark.parametrize("place", range(len(modules())))
def test_modules_agree_with_the_tape_and_with_differences(place):
    module, x = modules()[place]
    assert nn.check_module(module, x) < 1e-12
    assert nn.Jacobian.testJacobian(module, Tensor(*x.size())) < 1e-6


def test_a_module_that_is_wrong_is_told():
    class Wrong(nn.Linear):
        def updateGradInput(self, input, gradOutput):
            self.gradInput = Tensor.of(2 * (gradOutput.a @ self.weight.a))
            return self.gradInput

    class Sets(nn.Linear):
        def accGradParameters(self, input, gradOutput, scale=1):
            self.gradWeight.a[...] = scale * (gradOutput.a.T @ input.a)

    with pytest.raises(AssertionError, match=r"Wrong\.updateGradInput is wrong"):
        nn.check_module(Wrong(3, 2), Tensor(4, 3).normal())
    with pytest.raises(AssertionError, match=r"Sets\.accGradParameters is wrong"):
        nn.check_module(Sets(3, 2), Tensor(4, 3).normal())


def test_gradients_are_added_until_they_are_zeroed():
    layer = nn.Linear(1, 1)
    x, g = Tensor([[1.0]]), Tensor([[-0.1667]])
    for total in (-0.1667, -0.3334):
        layer.forward(x)
        layer.backward(x, g)
        assert layer.gradBias[1] == pytest.approx(total)
    layer.zeroGradParameters()
    assert layer.gradBias[1] == 0


def test_backward_with_another_input_than_the_last_forward():
    model = nn.Sequential().add(nn.Linear(2, 2)).add(nn.Tanh())
    one, two = Tensor([[1, 2]]), Tensor([[3, 4]])
    model.forward(one)
    model.forward(two)
    with pytest.raises(BackwardError, match="another input than the last forward"):
        model.backward(one, Tensor([[1, 1]]))
    model.backward(two.clone(), Tensor([[1, 1]]))


def test_get_parameters_makes_weights_parts_of_one_vector():
    shared = nn.Linear(2, 2)
    model = nn.Sequential().add(shared).add(nn.Tanh()).add(shared)
    x, dx = model.getParameters()
    assert x.size() == [6]
    x.fill(3)
    assert shared.weight[1][1] == 3
    model.forward(Tensor([[1, 1]]))
    model.backward(Tensor([[1, 1]]), Tensor([[1, 1]]))
    assert dx.a.any()


def test_classes_count_from_one():
    criterion = nn.ClassNLLCriterion()
    logp = Tensor(np.log(np.full((2, 3), 1 / 3)))
    assert criterion.forward(logp, Tensor([1, 3])) == pytest.approx(1.0986, abs=1e-4)
    np.testing.assert_allclose(
        criterion.backward(logp, Tensor([1, 3])).a, [[-0.5, 0, 0], [0, 0, -0.5]]
    )
    with pytest.raises(ValueError, match=r"cur_target >= 0 && cur_target < n_classes"):
        criterion.forward(logp, Tensor([0, 1]))
    weighted = nn.ClassNLLCriterion(Tensor([1, 2, 3]))
    assert weighted.forward(logp, Tensor([1, 3])) == pytest.approx(1.0986, abs=1e-4)


CRITERIA = [
    (nn.MSECriterion(), Tensor([[0.3, 0.6]]), Tensor([[1, 0]])),
    (nn.AbsCriterion(), Tensor([[0.3, 0.6]]), Tensor([[1, 0]])),
    (nn.BCECriterion(), Tensor([[0.3, 0.6]]), Tensor([[1, 0]])),
    (nn.SmoothL1Criterion(), Tensor([[0.3, 2.6]]), Tensor([[1, 0]])),
    (nn.CrossEntropyCriterion(), Tensor([[0.3, 0.6]]), Tensor([2])),
    (nn.MultiMarginCriterion(), Tensor([[0.3, 0.6]]), Tensor([2])),
]


@pytest.mark.parametrize("place", range(len(CRITERIA)))
def test_criteria_against_pytorch(place):
    reference = pytest.importorskip("torch").nn
    criterion, x, t = CRITERIA[place]
    own = type(criterion).__name__
    name = {"AbsCriterion": "L1Loss", "CrossEntropyCriterion": "CrossEntropyLoss"}.get(
        own, own.replace("Criterion", "Loss")
    )
    import torch as pytorch

    a = pytorch.tensor(x.a, requires_grad=True)
    target = pytorch.tensor(t.a if t.dim() == 2 else t.a.astype(int) - 1)
    loss = getattr(reference, name)()(a, target)
    loss.backward()
    assert criterion.forward(x, t) == pytest.approx(loss.item())
    np.testing.assert_allclose(criterion.backward(x, t).a, a.grad.numpy(), atol=1e-10)


def test_sgd_s_first_velocity_is_the_gradient_itself():
    x, state = Tensor([1.0]), {"learningRate": 0.5, "momentum": 0.9}
    seen = []
    for _ in range(3):
        x, losses = optim.sgd(lambda x: (7.0, Tensor([1.0])), x, state)
        seen.append(float(x[1]))
    assert seen == pytest.approx([0.5, 0.0, -0.5])  # of Torch7 itself
    assert losses == [7.0]
    with pytest.raises(ValueError, match="Nesterov"):
        optim.sgd(lambda x: (0, x), x, {"nesterov": True})


@pytest.mark.parametrize("name", ["sgd", "adam", "adagrad", "rmsprop", "adadelta", "nag"])
def test_optimizers_change_the_vector_in_place(name):
    x, state = Tensor([3.0, -2.0]), {}
    if name != "adadelta":
        state["learningRate"] = 0.05
    same = x
    losses = []
    for _ in range(60):
        x, f = getattr(optim, name)(lambda x: (x.dot(x), x.clone().mul(2)), x, state)
        losses.append(f[0])
    assert x is same
    assert losses[-1] < losses[0]


def test_tensors_share_their_storage_and_count_from_one():
    t = Tensor([[1, 2, 3], [4, 5, 6]])
    assert t[2][3] == 6
    assert t[2, [2, 3]].size() == [2]
    assert t[[], [1]].size() == [2, 1]
    t.select(2, 1).fill(0)
    assert t[1].a.tolist() == [0, 2, 3]
    assert (t * t.t()).size() == [2, 2]
    assert t.narrow(2, 2, 2).sum() == 16
    _, places = t.max(2)
    assert places.a.tolist() == [[3], [3]]
    assert torch.add(t, 1)[1][1] == 1
    assert t[1][1] == 0
    assert t.add(2, t)[1][2] == 6
    for wrong in (0, 3):
        with pytest.raises(IndexError, match="count from 1"):
            t[wrong]


def test_the_demo_of_linear_regression_reaches_torch_s_loss():
    data = Tensor(
        [[40, 6, 4], [44, 10, 4], [46, 12, 5], [48, 14, 7], [52, 16, 9], [58, 18, 12],
         [60, 22, 14], [68, 24, 20], [74, 26, 21], [80, 32, 24]]
    )  # fmt: skip
    torch.manualSeed(0)
    model, criterion = nn.Sequential().add(nn.Linear(2, 1)), nn.MSECriterion()
    x, dx = model.getParameters()
    place = [0]

    def feval(_):
        place[0] = place[0] % 10 + 1
        row = data[place[0]]
        dx.zero()
        loss = criterion.forward(model.forward(row[[2, 3]]), row[[1]])
        model.backward(row[[2, 3]], criterion.backward(model.output, row[[1]]))
        return loss, dx

    config = {"learningRate": 1e-3, "learningRateDecay": 1e-4}
    for _ in range(10_000):
        mean = np.mean([optim.sgd(feval, x, config)[1][0] for _ in range(10)])
    assert mean == pytest.approx(1.58, abs=0.05)


def test_the_checker_of_optim_and_the_reports(tmp_path):
    x = Tensor([1.0, 2.0])
    assert optim.checkgrad(lambda x: (x.dot(x), x.clone().mul(2)), x)[0] < 1e-6
    assert optim.checkgrad(lambda x: (x.dot(x), x.clone().mul(3)), x)[0] > 0.1
    confusion = optim.ConfusionMatrix(2)
    confusion.add(Tensor([0.1, 0.9]), 2)
    confusion.add(Tensor([0.1, 0.9]), 1)
    assert confusion.totalValid == 0.5
    logger = optim.Logger(tmp_path / "log")
    logger.add({"loss": 1.5})
    assert (tmp_path / "log").read_text().splitlines() == ["loss", "1.5000e+00"]


def test_training_as_it_came_with_nn():
    torch.manualSeed(0)
    model = nn.Sequential().add(nn.Linear(2, 8)).add(nn.Tanh()).add(nn.Linear(8, 1))
    rows = [(Tensor([a, b]), Tensor([-1.0 if a == b else 1.0])) for a in (-1, 1) for b in (-1, 1)]
    trainer = nn.StochasticGradient(model, nn.MSECriterion())
    trainer.maxIteration, trainer.verbose, trainer.learningRate = 200, False, 0.05
    trainer.train(rows)
    assert all(np.sign(model.forward(x)[1]) == t[1] for x, t in rows)


def test_dropout_is_of_training_only_and_the_picture_is_the_tape_s():
    model = nn.Sequential().add(nn.Dropout(0.5)).add(nn.Linear(4, 1))
    x = Tensor(100, 4).fill(1)
    model.forward(x)
    kept = model.get(1).output.a
    assert set(np.unique(kept)) == {0, 2}
    model.evaluate()
    assert (model.get(1).forward(x).a == 1).all()
    assert "@" in ad.draw(nn_run(nn.Linear(2, 1))).outline()


def nn_run(module):
    module.forward(Tensor([[1, 2]]))
    return module


def test_whole_numbers_are_drawn_with_both_ends():
    torch.manualSeed(0)
    assert {torch.random(2, 4) for _ in range(100)} == {2, 3, 4}
    assert {torch.random(2) for _ in range(50)} == {1, 2}
    assert torch.random() >= 1
