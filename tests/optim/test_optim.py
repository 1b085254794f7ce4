"""Optimizers against textbook values, NumPy by hand, and their own derivative."""

import numpy as np
import pytest

import autodiff as ad
from autodiff import optim
from autodiff.core.ground.errors import ShapeError, TreeError

ALL = [
    optim.GradientDescent(0.1),
    optim.Momentum(0.1),
    optim.Momentum(0.1, nesterov=True),
    optim.Adagrad(0.1),
    optim.Adadelta(),
    optim.RMSProp(0.1),
    optim.RMSProp(0.1, momentum=0.5, centered=True, initial=1.0, inside=True),
    optim.Adam(0.1),
    optim.Adam(0.1, hat=True),
    optim.Momentum(0.1, nesterov=True, inside=True),
    optim.Adamax(0.1),
    optim.Nadam(0.1),
    optim.Ftrl(0.1, l1=0.01, l2=0.01),
    optim.ProximalGradientDescent(0.1, l1=0.001, l2=0.001),
    optim.ProximalAdagrad(0.1, l1=0.001, l2=0.001),
]
NAMES = [f"{type(o).__name__}-{i}" for i, o in enumerate(ALL)]
every = pytest.mark.parametrize("optimizer", ALL, ids=NAMES)


def run(optimizer, p, gradient, steps):
    state, path = optimizer.init(p), []
    for _ in range(steps):
        p, state = optimizer.update(p, gradient(p), state)
        path.append(p)
    return path


# p = 1 and g = 1, 2 unless said otherwise; worked out by hand from each docstring's formula
TEXTBOOK = {
    "descent": (optim.GradientDescent(0.1), [0.9, 0.7]),
    "momentum": (optim.Momentum(0.1, 0.5), [0.9, 0.65]),  # m = 1, 2.5
    "nesterov": (optim.Momentum(0.1, 0.5, nesterov=True), [0.85, 0.525]),  # 1.5, 3.25
    "adagrad": (optim.Adagrad(0.1, epsilon=0.0), [0.9, 0.9 - 0.2 / 5**0.5]),
    "adagrad of TensorFlow": (
        optim.Adagrad(0.1, initial=3.0, epsilon=0.0),
        [0.95, 0.95 - 0.2 / 8**0.5],
    ),
    "rmsprop": (optim.RMSProp(0.1, decay=0.75, epsilon=0.0), [0.8, 0.8 - 0.2 / 1.1875**0.5]),
    "rmsprop of TensorFlow": (
        optim.RMSProp(0.1, decay=0.75, initial=1.0, epsilon=3.0, inside=True),
        [0.95, 0.95 - 0.2 / 4.75**0.5],
    ),
    "centered": (  # a = 0.75, mean = 0.5: 1 / sqrt(0.5); a = 2.375, mean = 1.25
        optim.RMSProp(0.1, decay=0.5, initial=0.5, epsilon=0.0, centered=True),
        [1 - 0.1 / 0.5**0.5, 1 - 0.1 / 0.5**0.5 - 0.2 / 0.8125**0.5],
    ),
    "adadelta": (  # a = 0.5, d = sqrt(0.5 / 1), u = 0.25; a = 2.25, d = 2 sqrt(0.75 / 2.75)
        optim.Adadelta(1.0, rho=0.5, epsilon=0.5),
        [1 - 0.5**0.5, 1 - 0.5**0.5 - 2 * (0.75 / 2.75) ** 0.5],
    ),
    "adam": (  # mhat = 1, (0.25 + 1) / 0.75; vhat = 1, (0.1875 + 1) / 0.4375, betas 0.5 and 0.75
        optim.Adam(0.1, 0.5, 0.75, epsilon=0.0),
        [0.9, 0.9 - 0.1 * (1.25 / 0.75) / (1.1875 / 0.4375) ** 0.5],
    ),
    "momentum, the rate inside": (  # m = -0.1, -0.25
        optim.Momentum(0.1, 0.5, inside=True),
        [0.9, 0.65],
    ),
    "adamax": (  # m = 0.5, 1.25; mhat = 1, 1.25 / 0.75; u = 1, 2
        optim.Adamax(0.1, 0.5, 0.75, epsilon=0.0),
        [0.9, 0.9 - 0.1 * (1.25 / 0.75) / 2],
    ),
    "nadam": (  # decay 0: mu = 0.25 always; m = 0.5, vhat = 1
        optim.Nadam(0.1, 0.5, 0.75, epsilon=0.0, decay=0.0),
        [
            1 - 0.1 * (0.75 / 0.75 + 0.25 * 0.5 / (1 - 0.25**2)),
            1
            - 0.1 * (0.75 / 0.75 + 0.25 * 0.5 / (1 - 0.25**2))
            - 0.1
            * (0.75 * 2 / (1 - 0.25**2) + 0.25 * 1.25 / (1 - 0.25**3))
            / (1.1875 / 0.4375) ** 0.5,
        ],
    ),
    "ftrl": (  # a = 1, 2, 6; the centre is 0: z = 1 - (sqrt 2 - 1) / 0.1, ...
        optim.Ftrl(0.1, initial=1.0),
        [
            (z1 := 1 - (2**0.5 - 1) / 0.1) * -0.1 / 2**0.5,
            -(z1 + 2 - (6**0.5 - 2**0.5) / 0.1 * (z1 * -0.1 / 2**0.5)) * 0.1 / 6**0.5,
        ],
    ),
}


@pytest.mark.parametrize("name", TEXTBOOK)
def test_two_steps_by_hand(name):
    optimizer, expected = TEXTBOOK[name]
    gradients = iter([1.0, 2.0])
    assert run(optimizer, 1.0, lambda p: next(gradients), 2) == pytest.approx(expected, abs=1e-14)


def test_momentum_forms_differ_only_under_a_schedule():
    def sutskever(rates):
        p, m = 1.0, 0.0
        for rate in rates:
            m = 0.9 * m - rate * 2 * p
            p += m
        return p

    constant = run(optim.Momentum(0.01), 1.0, lambda p: 2 * p, 20)[-1]
    assert constant == pytest.approx(sutskever([0.01] * 20), abs=1e-14)
    schedule = optim.exponential_decay(0.01, 10, 0.5)
    decayed = run(optim.Momentum(schedule), 1.0, lambda p: 2 * p, 20)[-1]
    assert abs(decayed - sutskever([schedule(step) for step in range(20)])) > 1e-3


def test_ftrl_without_penalties_from_zero_is_adagrad():
    """McMahan, AISTATS 2011, theorem 2: both are online gradient descent."""
    gradient = lambda p: 2 * (p - np.array([1.0, -2.0]))
    ftrl = run(optim.Ftrl(0.3), np.zeros(2), gradient, 100)
    adagrad = run(optim.Adagrad(0.3, initial=0.1, epsilon=0.0), np.zeros(2), gradient, 100)
    np.testing.assert_allclose(ftrl, adagrad, atol=1e-12)


def test_ftrl_minimises_its_proximal_objective():
    rng = np.random.default_rng(0)
    optimizer = optim.Ftrl(0.5, l1=0.7, l2=0.2)
    p, state, centres, weights, total, seen = 0.0, optimizer.init(0.0), [], [], 0.0, 0.1
    grid = np.linspace(-2, 2, 40_001)
    for g in rng.normal(0.4, 1.0, size=12):
        weights.append((np.sqrt(seen + g * g) - np.sqrt(seen)) / 0.5)
        centres.append(p)
        seen, total = seen + g * g, total + g
        p, state = optimizer.update(p, g, state)
        # the first weight counts from the initial accumulator, whose centre is 0
        objective = total * grid + 0.7 * np.abs(grid) + (0.2 + 0.5 * np.sqrt(0.1) / 0.5) * grid**2
        for weight, centre in zip(weights, centres):
            objective = objective + 0.5 * weight * (grid - centre) ** 2
        assert p == pytest.approx(grid[np.argmin(objective)], abs=1e-4)


@pytest.mark.parametrize("p", [0.3, -2.0, 1.0])
def test_a_proximal_step_is_the_best_point_near(p):
    grid = np.linspace(-3, 3, 60_001)
    start = p - 0.5 * 0.4
    objective = (grid - start) ** 2 / (2 * 0.5) + 0.7 * np.abs(grid) + 0.2 * grid**2 / 2
    best = grid[np.argmin(objective)]
    optimizer = optim.ProximalGradientDescent(0.5, l1=0.7, l2=0.2)
    assert optimizer.update(p, 0.4, optimizer.init(p))[0] == pytest.approx(best, abs=1e-4)
    by_weight = optim.ProximalAdagrad(0.5 * 0.5, initial=0.25 - 0.16, l1=0.7, l2=0.2)
    assert by_weight.update(p, 0.4, by_weight.init(p))[0] == pytest.approx(best, abs=1e-4)


def test_l1_of_ftrl_gives_exact_zeros():
    w = run(optim.Ftrl(0.5, l1=3.0), np.zeros(2), lambda p: p - np.array([3.0, 0.1]), 20)[-1]
    assert w[1] == 0.0
    assert w[0] > 0.5


@every
def test_minimises(optimizer):
    matrix = np.array([[3.0, 1.0], [1.0, 2.0]])
    loss = lambda p: 0.5 * p["x"] @ matrix @ p["x"] + 0.5 * p["y"][0] ** 2
    start = {"x": np.array([1.0, -1.0]), "y": [0.5], "name": "bowl", "size": 2}
    end = run(optimizer, start, ad.grad(loss), 300)[-1]
    assert loss(end) < 0.6 * loss(start)
    assert (end["name"], end["size"]) == ("bowl", 2)


@every
def test_the_update_is_differentiable(optimizer):
    """d loss / d rate through 5 steps, each of which is itself a gradient."""
    loss = lambda w: np.sum(w**4 / 4 + np.sin(w))

    def after(rate):
        return loss(run(type(optimizer)(**settings(optimizer, rate)), start, ad.grad(loss), 5)[-1])

    start = np.array([1.0, -0.7, 0.4])
    ad.check_grad(after, 0.05)


def settings(optimizer, rate):
    names = type(optimizer).__dataclass_fields__
    return {name: getattr(optimizer, name) for name in names} | {"learning_rate": rate}


def test_a_schedule_is_differentiable_too():
    loss = lambda w: np.sum(w**2)

    def after(decay):
        adam = optim.Adam(optim.exponential_decay(0.1, 2, decay))
        return loss(run(adam, np.array([1.0, 2.0]), ad.grad(loss), 5)[-1])

    ad.check_grad(after, 0.8)


@every
def test_float32_stays(optimizer):
    p = {"w": np.ones(3, np.float32)}
    p, state = optimizer.update(p, {"w": np.ones(3, np.float32)}, optimizer.init(p))
    assert p["w"].dtype == np.float32
    assert all(slot["w"].dtype == np.float32 for slot in state.slots.values())


@every
def test_pure(optimizer):
    p, g = np.array([1.0, 2.0]), np.array([0.5, 0.1])
    state = optimizer.init(p)
    first, second = (optimizer.update(p, g, state) for _ in range(2))
    assert p.tolist() == [1.0, 2.0]
    np.testing.assert_array_equal(first[0], second[0])
    assert not any(np.shares_memory(first[0], x) for x in (p, g))


@every
def test_resumes_from_its_state_to_the_last_bit(optimizer):
    gradient = lambda p: np.cos(p)
    straight = run(optimizer, np.array([0.3, 2.0]), gradient, 10)[-1]
    p, state = np.array([0.3, 2.0]), optimizer.init(np.zeros(2))
    for _ in range(10):
        state = optim.State(int(state.step), {k: np.array(v) for k, v in state.slots.items()})
        p, state = optimizer.update(p, gradient(p), state)
    assert straight.tobytes() == p.tobytes()


def test_none_leaves_the_parameter_and_its_slots():
    optimizer = optim.Adam(0.1)
    p, state = optimizer.update([1.0, 2.0], [1.0, None], optimizer.init([1.0, 2.0]))
    assert p[1] == 2.0
    assert p[0] == pytest.approx(0.9)
    assert state.slots["m"][1] == 0.0


def test_a_list_and_a_tuple_or_another_order_of_keys_will_do():
    p, g = {"a": 1.0, "b": [2.0, 3.0]}, {"b": (20.0, 30.0), "a": 10.0}
    descent = optim.GradientDescent(1.0)
    assert descent.update(p, g, descent.init(p))[0] == {"a": -9.0, "b": [-18.0, -27.0]}


def test_errors_say_what_to_write():
    optimizer = optim.Adam(0.1)
    state = optimizer.init({"w": np.ones(3)})
    with pytest.raises(ShapeError, match=r"params\['w'\] has shape \(3,\), its gradient \(3, 1\)"):
        optimizer.update({"w": np.ones(3)}, {"w": np.ones((3, 1))}, state)
    with pytest.raises(TreeError, match=r"missing in the gradient: \['w'\]; .*: \['v'\]"):
        optimizer.update({"w": np.ones(3)}, {"v": np.ones(3)}, state)
    with pytest.raises(TreeError, match=r"missing in the m: .*optimizer.init\(params\)"):
        optimizer.update([1.0], [1.0], optimizer.init([1.0, 2.0]))
    with pytest.raises(TreeError, match=r"params = 1 .*write 1\.0"):
        optimizer.update(1, 2.0, optimizer.init(1))
    with pytest.raises(TypeError, match=r"does not hold the parameters.*Adam\(0.1\)"):
        optim.Adam([1.0]).update([1.0], [1.0], state)


# -- clipping -------------------------------------------------------------------------------


def test_clipping():
    g = {"a": np.array([3.0, 0.0]), "b": np.array([[4.0]]), "none": None}
    assert optim.global_norm(g) == 5.0
    clipped = optim.clip_by_global_norm(g, 2.5)
    assert optim.global_norm(clipped) == pytest.approx(2.5)
    assert clipped["a"].tolist() == [1.5, 0.0]
    assert optim.clip_by_global_norm(g, 6.0)["b"].tolist() == [[4.0]]
    assert optim.clip_by_norm(g, 1.0)["a"].tolist() == [1.0, 0.0]
    assert optim.clip_by_value(g, -1.0, 1.0)["b"].tolist() == [[1.0]]
    assert clipped["none"] is None
    zero = {"a": np.zeros(2)}
    assert optim.clip_by_global_norm(zero, 1.0)["a"].tolist() == [0.0, 0.0]


def test_clipping_is_differentiable():
    x = [np.array([3.0, -1.0]), np.array([[2.0]])]
    for clip in (optim.clip_by_norm, optim.clip_by_global_norm):
        for limit in (1.5, 9.0):
            ad.check_grad(lambda x, c=clip, m=limit: sum(np.sum(np.sin(g)) for g in c(x, m)), x)
    at_zero = ad.grad(lambda x: np.sum(optim.clip_by_norm(x, 1.0)))(np.zeros(2))
    assert at_zero.tolist() == [1.0, 1.0]


# -- schedules ------------------------------------------------------------------------------

STEPS = np.arange(0, 60, 7)


def test_schedules():
    np.testing.assert_allclose(
        optim.exponential_decay(0.1, 20, 0.96, staircase=True)(STEPS), 0.1 * 0.96 ** (STEPS // 20)
    )
    np.testing.assert_allclose(
        optim.natural_exp_decay(0.1, 20, 0.5)(STEPS), 0.1 * np.exp(-0.5 * STEPS / 20)
    )
    assert optim.inverse_time_decay(1.0, 10, 0.5, staircase=True)(25) == 0.5
    assert optim.polynomial_decay(0.1, 40, 0.01, power=0.5)(10) == pytest.approx(
        0.09 * 0.75**0.5 + 0.01
    )
    cycled = optim.polynomial_decay(1.0, 10, end=0.0, cycle=True)
    assert [float(cycled(s)) for s in (0, 5, 10, 15, 20)] == [1.0, 0.5, 0.0, 0.25, 0.0]
    cosine = optim.cosine_decay(2.0, 100)
    assert [float(cosine(s)) for s in (0, 50, 100, 200)] == pytest.approx([2.0, 1.0, 0.0, 0.0])
    with pytest.raises(ValueError, match="2 boundaries make 3 intervals"):
        optim.piecewise_constant([1, 2], [0.1, 0.2])


def test_the_first_step_has_the_rate_of_step_zero():
    schedule = optim.piecewise_constant([0], [1.0, 0.5])
    assert run(optim.GradientDescent(schedule), 5.0, lambda p: 1.0, 3) == [4.0, 3.5, 3.0]


# -- Tensors --------------------------------------------------------------------------------


@every
def test_stepper_takes_the_same_steps(optimizer):
    loss = lambda w, b: np.sum((w * b) ** 2) + np.sum(w)
    pure = run(optimizer, [np.array([1.0, 2.0]), 0.5], lambda p: ad.grad(loss, (0, 1))(*p), 4)[-1]
    w, b = ad.Tensor([1.0, 2.0]), ad.Tensor(0.5)
    stepper = optim.Stepper(optimizer, {"w": w, "b": (b,)})
    for _ in range(4):
        loss(w, b).backward()
        stepper.step()
    np.testing.assert_allclose(w.data, pure[0], rtol=1e-14)
    assert b.data == pytest.approx(pure[1], rel=1e-14)
    assert stepper.state.step == 4


def test_stepper_refuses_a_used_gradient():
    w, idle = ad.Tensor(1.0), ad.Tensor(7.0)
    stepper = optim.Stepper(optim.GradientDescent(0.25), [w, idle])
    with pytest.raises(RuntimeError, match=r"loss.backward\(\) before each step"):
        stepper.step()
    (w * w).backward()
    stepper.step()
    assert (w.data, idle.data, w.grad) == (0.5, 7.0, 2.0)
    with pytest.raises(RuntimeError, match="not used yet"):
        stepper.step()
    with pytest.raises(TypeError, match=r"optimizer.update\(params"):
        optim.Stepper(optim.GradientDescent(), [np.ones(2)])


def test_every_rule_is_listed():
    shown = {type(o).__name__ for o in ALL}
    declared = {
        name
        for name in optim.__all__
        if isinstance(getattr(optim, name), type)
        and issubclass(getattr(optim, name), optim.Optimizer)
    }
    assert declared - {"Optimizer"} == shown
