"""Complex numbers: Jacobians are the complex derivative in every mode, or are refused."""

import numpy as np
import pytest

import autodiff as ad

MODES = ("forward", "reverse", "auto")
C = np.random.default_rng(5).normal(size=(2, 3, 3)) @ np.diag([1.0, 0.5, 0.8])
MATRIX = C[0] + 1j * C[1]

HOLOMORPHIC = {
    "square": lambda z: z * z,
    "exp": lambda z: np.exp(0.3 * z),
    "turn": lambda z: (0.5 + 1j) * z,
    "inverse": lambda z: 1 / (z + 5),
    "matmul": lambda z: MATRIX @ z,
    "fft": lambda z: np.fft.fft(z),
    "cumsum": lambda z: np.cumsum(z),
    "tail": lambda z: np.concatenate([z[1:], z[:1]]),
    "outer": lambda z: np.outer(z, z)[1],
    "there and back": lambda z: np.real(z) + 1j * np.imag(z),
}
NOT = {
    "conj": np.conj,
    "abs": lambda z: np.abs(z) + 0j,
    "real": lambda z: np.real(z) * (1 + 2j),
    "imag": lambda z: np.imag(z) + z,
    "modulus": lambda z: z * np.conj(z),
}
ENDS = {
    "as it is": lambda z: z,
    "sum": np.sum,
    "one": lambda z: z[1],
    "twice": lambda z: np.concatenate([z, 2 * z]),
}


def random_program(rng):
    """A chain of a few steps; about every third one has a step without a complex derivative."""
    steps = list(rng.choice(list(HOLOMORPHIC), size=rng.integers(1, 5)))
    if rng.random() < 0.35:
        steps.insert(rng.integers(len(steps) + 1), rng.choice(list(NOT)))
    end = rng.choice(list(ENDS))

    def f(z):
        for step in steps:
            z = (HOLOMORPHIC | NOT)[step](z)
        return ENDS[end](z)

    f.__name__ = f"{' > '.join(steps)} > {end}"
    return f


def differences(f, z, direction, h=1e-5):
    """The derivative along each coordinate of z times `direction`, in the last axis."""
    columns = []
    for unit in np.eye(len(z)):
        step = h * direction * unit
        near = (f(z + step) - f(z - step)) / (2 * h)
        far = (f(z + 2 * step) - f(z - 2 * step)) / (4 * h)
        columns.append((4 * near - far) / 3)
    return np.stack(columns, axis=-1)


@pytest.mark.parametrize("seed", range(60))
def test_random_complex_programs_have_the_jacobian_that_differences_have(seed):
    rng = np.random.default_rng(seed)
    f = random_program(rng)
    x, y = rng.normal(size=(2, 3))
    along_x, along_y = differences(f, x + 1j * y, 1.0), differences(f, x + 1j * y, 1j)
    size = np.max(np.abs(along_x)) + np.max(np.abs(along_y))
    holomorphic = np.max(np.abs(along_y - 1j * along_x)) < 1e-6 * size
    for mode in MODES:
        jacobian = ad.jacobian(f, mode=mode)
        if holomorphic:
            np.testing.assert_allclose(jacobian(x + 1j * y), along_x, atol=1e-7 * size)
        else:
            with pytest.raises(ad.NotHolomorphicError, match="i\\*df/dx"):
                jacobian(x + 1j * y)
        # of real and imaginary part as real numbers every program has a Jacobian
        parts = ad.jacobian(lambda x, y: f(x + 1j * y), argnums=(0, 1), mode=mode)(x, y)
        np.testing.assert_allclose(parts[0], along_x, atol=1e-7 * size)
        np.testing.assert_allclose(parts[1], along_y, atol=1e-7 * size)


@pytest.mark.parametrize("mode", MODES)
def test_a_container_of_real_and_complex_numbers(mode):
    def f(p):
        return {"z": p["a"] * p["x"][0] + 1j * p["x"][1], "r": np.sum(p["x"]) * 2.0}

    p = {"a": 1 - 2j, "x": np.array([0.5, 3.0])}
    with pytest.raises(ad.NotHolomorphicError):
        ad.jacobian(lambda p: np.abs(p["a"]) * p["x"], mode=mode)(p)
    j = ad.jacobian(f, mode=mode)(p)
    np.testing.assert_allclose(j["z"]["a"], 0.5)
    np.testing.assert_allclose(j["z"]["x"], [1 - 2j, 1j])
    np.testing.assert_allclose(j["r"]["a"], 0.0)
    np.testing.assert_allclose(j["r"]["x"], [2.0, 2.0])
    assert j["r"]["x"].dtype == float


def test_the_dtype_of_a_complex_jacobian_is_single_precision_for_single_precision():
    x = np.ones(2, np.float32)
    for mode in MODES:
        assert ad.jacobian(lambda x: x * np.complex64(2j), mode=mode)(x).dtype == np.complex64
        z = x * np.complex64(1 + 1j)
        assert ad.jacobian(lambda z: z**3, mode=mode)(z).dtype == np.complex64


def test_jacobians_of_complex_jacobians():
    z = np.array([0.3 - 1j, 2 + 0.5j])
    for outer in MODES:
        for inner in MODES:
            second = ad.jacobian(ad.jacobian(lambda z: z**3, mode=inner), mode=outer)(z)
            expected = np.zeros((2, 2, 2), complex)
            expected[[0, 1], [0, 1], [0, 1]] = 6 * z
            np.testing.assert_allclose(second, expected, rtol=1e-12)


def test_one_number():
    for f, z in ((np.exp, 0.3 + 1j), (lambda z: z**3, 2 - 1j)):
        slope = (f(z + 1e-6) - f(z - 1e-6)) / 2e-6
        assert ad.derivative(f)(z) == pytest.approx(slope)
        assert ad.grad(f, holomorphic=True)(z) == pytest.approx(slope)
    assert ad.derivative(lambda t: np.exp(1j * t))(0.5) == pytest.approx(1j * np.exp(0.5j))
    assert ad.grad(lambda t: np.exp(1j * t), holomorphic=True)(0.5) == pytest.approx(
        1j * np.exp(0.5j)
    )
    for transform in (ad.derivative, lambda f: ad.grad(f, holomorphic=True)):
        for f in (np.conj, lambda z: np.abs(z) * z, lambda z: z + np.real(z)):
            with pytest.raises(ad.NotHolomorphicError):
                transform(f)(1 - 2j)


def test_a_real_loss_of_complex_numbers_has_a_gradient_and_products_but_no_one_hessian():
    z, v = np.array([1 + 1j, -2j]), np.array([0.5 - 1j, 1 + 0j])
    f = lambda z: np.sum(np.real(z**3))
    slope = (ad.grad(f)(z + 1e-6 * v) - ad.grad(f)(z - 1e-6 * v)) / 2e-6
    np.testing.assert_allclose(ad.hvp(f, z, v), slope, rtol=1e-6)
    with pytest.raises(ad.NotHolomorphicError):
        ad.hessian(f)(z)


def test_backward_starts_from_a_real_number():
    z = ad.Tensor(1 + 2j)
    y = z * z * 1j
    with pytest.raises(ad.NonScalarError, match=r"np.real\(y\)"):
        y.backward()
    y.backward(1j)  # the imaginary part of i z**2 is x**2 - y**2
    assert z.grad == pytest.approx(2 - 4j)
    np.abs(y).backward()
    assert z.grad == pytest.approx(2 + 4j)


def test_a_tangent_stays_a_number_of_numpy():
    f = lambda x: (np.sum(x) * (0.2 + 1j)).real[None]
    value, tangent = ad.jvp(f, (np.ones(3),), (np.ones(3),))
    np.testing.assert_allclose((value, tangent), [[0.6], [0.6]])
