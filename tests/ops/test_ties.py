"""Equal eigenvalues and singular values: the right derivative, or a refusal, in every mode.

Functions of a matrix have derivatives from formulas without eigenvectors (Daleckii & Krein; the
products a @ a, inv(a); the singular vectors of a matrix rebuild it), and so the truth is known.
"""

import numpy as np
import pytest

import autodiff as ad

draw = np.random.default_rng(3)
WEIGHTS = draw.normal(size=(5, 5))
SPECTRA = {
    "identity": [1.0, 1, 1], "two of three": [1.0, 1, 2], "two pairs": [1.0, 1, 3, 3],
    "zero": [0.0, 0, 0], "low rank": [0.0, 0, 0, 2], "simple": [1.0, 2, 3],
    "three and two": [0.5, 0.5, 0.5, 2, 2],
}  # fmt: skip
FUNCTIONS = {
    "identity": (lambda w: w, lambda w: 1 + 0 * w),
    "square": (lambda w: w * w, lambda w: 2 * w),
    "exp": (np.exp, np.exp),
    "sqrt(1 + w)": (lambda w: np.sqrt(1 + w), lambda w: 0.5 / np.sqrt(1 + w)),
    "log(1 + w)": (np.log1p, lambda w: 1 / (1 + w)),
    "1 / (1 + w)": (lambda w: 1 / (1 + w), lambda w: -1 / (1 + w) ** 2),
}


def unitary(n, complex_numbers=False):
    """A unitary matrix without any pattern."""
    a = draw.normal(size=(n, n))
    return np.linalg.qr(a + 1j * draw.normal(size=(n, n)) if complex_numbers else a)[0]


def formula(q, w, f, slope, c):
    """The gradient of Re sum(c * f(a)) at a = q diag(w) q^H (Daleckii & Krein, 1965)."""
    w = np.asarray(w)
    gap = w[:, None] - w
    quotient = np.where(
        gap == 0, slope(w)[:, None], (f(w)[:, None] - f(w)) / np.where(gap == 0, 1, gap)
    )
    h = q.conj().T @ ((c + c.conj().T) / 2) @ q
    return q @ (quotient * h) @ q.conj().T


FORMS = {
    "columns scaled": lambda v, f: (v * f) @ v.conj().T,
    "by a diagonal matrix": lambda v, f: v @ np.diag(f) @ v.conj().T,
    "rows scaled": lambda v, f: v @ (f[:, None] * v.conj().T),
    "einsum": lambda v, f: np.einsum("ij,j,kj->ik", v, f, np.conj(v)),
    "a sum of projectors": lambda v, f: sum(
        f[j] * np.outer(v[:, j], np.conj(v[:, j])) for j in range(len(f))
    ),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("spectrum", SPECTRA)
def test_functions_of_a_symmetric_matrix(spectrum, name, form):
    w, (f, slope) = SPECTRA[spectrum], FUNCTIONS[name]
    n = len(w)
    for q in (np.eye(n), unitary(n)):
        a, c = (q * w) @ q.T, WEIGHTS[:n, :n]

        def loss(a, c=c):
            values, v = np.linalg.eigh((a + a.T) / 2)
            return np.sum(FORMS[form](v, f(values)) * c)

        want = formula(q, w, f, slope, c)
        np.testing.assert_allclose(ad.grad(loss)(a), want, rtol=1e-9, atol=1e-11)
        t = draw.normal(size=(n, n))
        np.testing.assert_allclose(ad.jvp(loss, (a,), (t,))[1], np.sum(want * t), atol=1e-9)


@pytest.mark.parametrize("spectrum", SPECTRA)
def test_functions_of_a_hermitian_matrix_and_in_single_precision(spectrum):
    w = SPECTRA[spectrum]
    n = len(w)
    q, c = unitary(n, True), WEIGHTS[:n, :n] + 1j * WEIGHTS[:n, :n].T ** 2

    def loss(a):
        values, v = np.linalg.eigh((a + a.conj().T) / 2)
        return np.sum(np.real((v * np.exp(values)) @ v.conj().T * c.T))

    a = (q * w) @ q.conj().T
    want = formula(q, w, np.exp, np.exp, c)
    np.testing.assert_allclose(ad.grad(loss)(a), want.conj().T, rtol=1e-9, atol=1e-11)
    q = unitary(n)
    want = formula(q, w, np.exp, np.exp, c.real)
    found = ad.grad(lambda a: loss(a))(((q * w) @ q.T).astype(np.float32))
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, want, rtol=1e-3, atol=1e-4)


def test_a_batch_of_matrices_each_with_its_own_ties():
    stack = np.stack([np.eye(3), np.diag([1.0, 2, 3]), np.zeros((3, 3))])

    def loss(a):
        w, v = np.linalg.eigh(a)
        return np.sum((v * np.exp(w)[:, None, :]) @ np.swapaxes(v, 1, 2) * WEIGHTS[:3, :3])

    for a, found in zip(stack, ad.grad(loss)(stack), strict=True):
        np.testing.assert_allclose(found, ad.grad(loss)(a[None])[0], atol=1e-12)


@pytest.mark.parametrize("spectrum", SPECTRA)
def test_the_eigenvectors_of_a_general_matrix_rebuild_it(spectrum):
    w = SPECTRA[spectrum]
    n = len(w)
    for v in (np.eye(n), unitary(n) + 0.2 * WEIGHTS[:n, :n]):
        a = v @ np.diag(w) @ np.linalg.inv(v)

        def loss(a):
            w, v = np.linalg.eig(a)
            return np.sum(np.real((v * w) @ np.linalg.inv(v)) * WEIGHTS[: len(a), : len(a)])

        np.testing.assert_allclose(ad.grad(loss)(a), WEIGHTS[:n, :n], rtol=1e-6, atol=1e-6)


def test_a_defective_matrix_is_refused():
    with pytest.raises(ad.UnsupportedError, match="defective"):
        ad.grad(lambda a: np.real(np.linalg.eigvals(a)[0]))(np.array([[1.0, 1.0], [0.0, 1.0]]))


@pytest.mark.parametrize("shape", [(3, 3), (5, 3), (3, 5), (1, 3)])
@pytest.mark.parametrize(
    "values", [[2.0, 2, 1], [2.0, 0, 0], [0.0, 0, 0], [1.0, 1, 1], [3.0, 2, 0]]
)
def test_singular_vectors_rebuild_a_matrix(shape, values):
    m, n = shape
    k = min(shape)
    c = WEIGHTS[:m, :n]
    for left, right in ((np.eye(m), np.eye(n)), (unitary(m), unitary(n))):
        a = (left[:, :k] * values[:k]) @ right[:k]
        for dtype, scale in ((float, 1.0), (complex, 1 + 2j)):

            def loss(x, scale=scale):
                u, s, vh = np.linalg.svd(x * scale, full_matrices=False)
                return np.sum(np.real((u * s) @ vh) * c)

            found = ad.grad(loss)(a)
            np.testing.assert_allclose(found, c, atol=1e-10, err_msg=str(dtype))
        t = draw.normal(size=shape)
        np.testing.assert_allclose(ad.jvp(loss, (a,), (t,))[1], np.sum(c * t), atol=1e-9)


def test_the_polar_factor_of_an_orthogonal_matrix():
    q = unitary(3)
    c = WEIGHTS[:3, :3]

    def loss(a):
        u, _, vh = np.linalg.svd(a)
        return np.sum((u @ vh) * c)

    skew = (c - q @ c.T @ q) / 2  # the polar factor moves by the tangent part of a change
    np.testing.assert_allclose(ad.grad(loss)(q), skew, atol=1e-12)
    np.testing.assert_allclose(ad.grad(loss)(2 * q), skew / 2, atol=1e-12)


SINGLE = {
    "cubes": lambda v: np.sum(v**3),
    "fourth powers": lambda v: np.sum(v**4),
    "one component": lambda v: v[0, 0],
    "one projector of a pair": lambda v: np.outer(v[:, 0], v[:, 0])[0, 1],
}


def _ordered(w, v):
    return np.real(v)[:, np.argsort(np.real(w))]


@pytest.mark.parametrize("name", SINGLE)
@pytest.mark.parametrize("base", [np.eye(3), np.diag([1.0, 1, 4]), np.zeros((3, 3))])
def test_single_vectors_of_equal_values_are_refused_in_both_modes(name, base):
    for vectors, what in (
        (lambda a: np.linalg.eigh(a)[1], "eigenvalues . and . are equal"),
        (lambda a: _ordered(*np.linalg.eig(a)), "eigenvalues . and . are equal"),
        (lambda a: np.linalg.svd(a)[0][:, ::-1], "singular value"),
    ):
        for q in (np.eye(3), unitary(3)):
            a = q @ base @ q.T
            f = lambda a, v=vectors: SINGLE[name](v(a))
            with pytest.raises(ad.UnsupportedError, match=what):
                ad.grad(f)(a)
            with pytest.raises(ad.UnsupportedError, match=what):
                ad.jvp(f, (a,), (np.diag([1.0, 2, 3]),))


def test_values_and_vectors_of_two_calls_are_refused_where_they_are_tied():
    """Each call alone does not show that both belong to the same matrix."""

    def f(a):
        v = np.linalg.eigh(a)[1]
        return ((v * np.linalg.eigvalsh(a)) @ v.T)[1, 0]

    assert ad.grad(f)(np.diag([1.0, 2.0]))[1, 0] == pytest.approx(1.0)
    with pytest.raises(ad.UnsupportedError, match="are equal"):
        ad.grad(f)(np.eye(2))


def test_a_simple_vector_beside_equal_values_keeps_both_its_derivatives():
    def f(a):
        return np.sum(np.linalg.eigh((a + a.T) / 2)[1][:, 2] ** 2 * [1.0, 2, 5])

    near = ad.hessian(f)(np.diag([1.0, 1 + 1e-6, 3]))
    at = np.diag([1.0, 1.0, 3.0])
    for found in (ad.hessian(f)(at), ad.jacobian(ad.grad(f), mode="reverse")(at)):
        np.testing.assert_allclose(found, near, atol=1e-5)


SYMMETRIC = {
    "sum of squares": lambda w: np.sum(w**2),
    "sum of exp": lambda w: np.sum(np.exp(w)),
    "logsumexp": lambda w: np.log(np.sum(np.exp(2 * w))),
    "product": np.prod,
}


@pytest.mark.parametrize("name", SYMMETRIC)
@pytest.mark.parametrize("spectrum", [s for s in SPECTRA if s not in ("zero", "low rank")])
def test_hessians_of_symmetric_functions_of_the_values(name, spectrum):
    w = SPECTRA[spectrum]
    n, q = len(w), unitary(len(w))
    a, g = (q * w) @ q.T, SYMMETRIC[name]
    for f in (
        lambda a: g(np.linalg.eigvalsh((a + a.T) / 2)),
        lambda a: g(np.linalg.svdvals(a)),
    ):
        gradient = ad.grad(f)
        t = draw.normal(size=(n, n))
        t = t + t.T
        h = 1e-4
        want = (8 * (gradient(a + h * t) - gradient(a - h * t))
                - gradient(a + 2 * h * t) + gradient(a - 2 * h * t)) / (12 * h)  # fmt: skip
        ways = [
            np.tensordot(ad.hessian(f)(a), t, 2),
            ad.hvp(f, a, t),
            np.tensordot(ad.jacobian(gradient, mode="reverse")(a), t, 2),
        ]
        for found in ways:
            np.testing.assert_allclose(found, want, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("order", [2, -2, "nuc"])
def test_hessians_of_norms_whose_other_singular_values_are_equal(order):
    a = np.diag({2: [3.0, 1, 1], -2: [3.0, 3, 1], "nuc": [2.0, 2, 1]}[order])
    f = lambda a: np.linalg.norm(a, order)
    t, h = draw.normal(size=(3, 3)), 1e-3
    want = (f(a + h * t) - 2 * f(a) + f(a - h * t)) / h**2
    for found in (ad.hessian(f)(a), ad.jacobian(ad.grad(f), mode="reverse")(a)):
        np.testing.assert_allclose(np.einsum("ij,ijkl,kl", t, found, t), want, rtol=1e-4)


def test_second_derivatives_through_tied_vectors_are_right_or_refused_in_every_nesting():
    c = WEIGHTS[:3, :3]
    base = np.diag([1.0, 1.0, 2.0])

    def f(a):
        w, v = np.linalg.eigh(a)
        return np.sum(((v * np.sqrt(w)) @ v.T) * c)

    for _ in range(3):
        s, t = (x + x.T for x in draw.normal(size=(2, 3, 3)))
        h = 1e-3
        along = [f(base + i * s + j * t) for i in (h, -h) for j in (h, -h)]
        want = (along[0] - along[1] - along[2] + along[3]) / (4 * h * h)
        for outer in (ad.derivative, ad.grad):
            for inner in (ad.derivative, ad.grad):
                try:
                    found = outer(lambda y, i=inner: i(lambda x: f(base + x * s + y * t))(0.0))(0.0)  # noqa: B023
                except ad.UnsupportedError:
                    continue
                np.testing.assert_allclose(found, want, rtol=1e-4)
    with pytest.raises(ad.UnsupportedError, match="second derivative through the vectors"):
        ad.hessian(f)(base)


PHASES = {
    "eigh": (lambda z: np.linalg.eigh(z + np.conj(z.T))[1], "phase of eigenvector"),
    "svd, left": (lambda z: np.linalg.svd(z)[0], "phase of singular vector"),
    "svd, right": (lambda z: np.linalg.svd(z)[2], "phase of singular vector"),
}


@pytest.mark.parametrize("name", PHASES)
def test_the_phase_of_complex_vectors_is_refused_and_what_does_not_depend_on_it_is_right(name):
    vectors, what = PHASES[name]
    p = draw.normal(size=(2, 3, 3))
    f = lambda p: np.sum(np.real(vectors(p[0] + 1j * p[1])) ** 3)
    for take in (lambda: ad.grad(f)(p), lambda: ad.jvp(f, (p,), (p,))):
        with pytest.raises(ad.UnsupportedError, match=what):
            take()
    size = lambda p: np.sum(np.abs(vectors(p[0] + 1j * p[1])) ** 3)
    ad.check_grad(size, p)


def test_the_slope_of_a_singular_value_at_0_is_that_of_an_absolute_value():
    for f in (
        lambda a: np.linalg.norm(a, "nuc"),
        lambda a: np.sum(np.linalg.svdvals(a)),
        lambda a: np.sum(np.linalg.svdvals(a * (1 + 1j))) / np.sqrt(2),
    ):
        want = np.diag([1.0, 0.0, 0.0])
        np.testing.assert_allclose(ad.grad(f)(2 * want), want, atol=1e-14)
        np.testing.assert_allclose(ad.jacobian(f, mode="forward")(2 * want), want, atol=1e-14)
    squares = lambda x: np.sum(np.linalg.svdvals(x * (1 + 1j)) ** 2)
    np.testing.assert_allclose(ad.grad(squares)(np.array([[1.0, 0], [2, 0]])), [[4, 0], [8, 0]])
    np.testing.assert_allclose(
        ad.hessian(lambda x: np.sum(np.linalg.svdvals(x) ** 2))(np.diag([2.0, 0])).reshape(4, 4),
        2 * np.eye(4), atol=1e-12,
    )  # fmt: skip


def test_check_calls_a_right_derivative_right_where_values_are_equal():
    def root(a):
        w, v = np.linalg.eigh((a + a.T) / 2)
        return np.sum(((v * np.sqrt(w)) @ v.T) * WEIGHTS[:3, :3])

    ad.check_grad(root, np.diag([1.0, 1.0, 2.0]))
    ad.check_grad(lambda a: np.sum(np.linalg.eigvalsh((a + a.T) / 2) ** 2), np.eye(2))


def test_rows_of_a_jacobian_have_their_strong_zeros_each_by_itself():
    """A batch of rows that comes out NaN is taken row by row, not by the zeros of its first row."""
    x = np.array([-1.0, 0.0, 4.0, 9.0])
    f = lambda x: np.cumsum(np.where(x > 0, np.sqrt(x), 0.0))
    want = np.tril(np.ones((4, 4))) * [0.0, 0.0, 1 / 4, 1 / 6]
    with np.errstate(invalid="ignore"):
        for mode in ("reverse", "forward"):
            np.testing.assert_allclose(ad.jacobian(f, mode=mode)(x), want)


EDGES = {
    "norm of order -1 with a zero": (lambda y: np.linalg.norm(np.stack([0.0, y]), -1), 2.0, 0.0),
    "norm of order -3 with a zero": (lambda y: np.linalg.norm(np.stack([y, 0.0]), -3), 2.0, 0.0),
    "logaddexp at inf": (lambda x: np.logaddexp(x, 1.0), np.inf, 1.0),
    "logaddexp beside inf": (lambda x: np.logaddexp(x, np.inf), 1.0, 0.0),
    "logaddexp of nothing twice": (lambda x: np.logaddexp(x, -np.inf), -np.inf, 0.0),
    "logsumexp with inf": (lambda x: ad.ops.nn.logsumexp(np.stack([x, 1.0])), np.inf, 1.0),
    "logsumexp of nothing": (lambda x: ad.ops.nn.logsumexp(np.stack([x, x])), -np.inf, 0.0),
}


@pytest.mark.parametrize("name", EDGES)
def test_edge(name):
    f, x, want = EDGES[name]
    assert ad.grad(f)(x) == want
    assert ad.derivative(f)(x) == want


def test_matrices_without_elements_and_without_a_logarithm():
    assert ad.grad(np.linalg.det)(np.zeros((0, 0))).shape == (0, 0)
    assert ad.grad(lambda a: np.sum(np.linalg.qr(a)[1]))(np.zeros((0, 3))).shape == (0, 3)
    with pytest.raises(ad.UnsupportedError, match="slogdet of a singular matrix"):
        ad.grad(lambda a: np.linalg.slogdet(a)[1])(np.zeros((2, 2)))


def matrix_function(a, f):
    """f of a symmetric matrix, as users write it."""
    w, v = np.linalg.eigh((a + a.T) / 2)
    return (v * f(w)) @ v.T


DATA = np.vstack([np.eye(3), -np.eye(3)]) * 1.5
OTHER = np.array([[2.0, 0.3, -0.1], [0.3, 1.0, 0.2], [-0.1, 0.2, 0.7]])


def bures(a, b=OTHER):
    root = matrix_function(a, np.sqrt)
    return np.trace(a + b) - 2 * np.trace(matrix_function(root @ b @ root, np.sqrt))


def affine_invariant(a, b=OTHER):
    root = matrix_function(a, lambda w: 1 / np.sqrt(w))
    return np.sum(matrix_function(root @ b @ root, np.log) ** 2)


def whitened(x):
    centred = x - x.mean(0)
    w, v = np.linalg.eigh(centred.T @ centred / len(x))
    return np.sum((centred @ v / np.sqrt(w + 0.1) @ v.T) ** 3)


def rotated_onto_the_data(x):
    u, _, vh = np.linalg.svd(x.T @ DATA)
    flip = np.diag([1.0, 1.0, np.sign(np.linalg.det(vh.T @ u.T))])
    return np.sum((x @ u @ flip @ vh - DATA * [1.0, 2.0, 3.0]) ** 2)


PROGRAMS = {
    "Bures distance": (bures, 2 * np.eye(3)),
    "Bures distance of two multiples of the identity": (lambda a: bures(a, np.eye(3)), 3 * np.eye(3)),
    "affine-invariant distance": (affine_invariant, np.diag([1.0, 1, 2])),
    "affine-invariant distance to a multiple": (lambda a: affine_invariant(a, 2 * np.eye(3)), np.eye(3)),
    "log-Euclidean distance": (
        lambda a: np.sum((matrix_function(a, np.log) - matrix_function(OTHER, np.log)) ** 2), np.eye(3),
    ),
    "Karcher mean": (lambda a: affine_invariant(a) + affine_invariant(a, 2 * np.eye(3)), np.eye(3)),
    "projection on the positive matrices": (
        lambda a: np.sum(matrix_function(a, lambda w: np.maximum(w, 1e-6)) * OTHER**2), np.diag([2.0, 2, -1]),
    ),
    "whitening of isotropic data": (whitened, DATA),
    "rotation of isotropic data": (rotated_onto_the_data, DATA + 0.0),
    "soft threshold of singular values": (
        lambda x: np.sum(((lambda u, s, vh: (u * np.maximum(s - 0.5, 0)) @ vh)(
            *np.linalg.svd(x, full_matrices=False))) * DATA), DATA,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_of_users_started_where_values_are_equal(name):
    f, x = PROGRAMS[name]
    want, h = np.zeros(x.shape), 1e-4
    for place in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[place] = h
        near, far = f(x + step) - f(x - step), f(x + 2 * step) - f(x - 2 * step)
        want[place] = (8 * near - far) / (12 * h)
    np.testing.assert_allclose(ad.grad(f)(x), want, rtol=1e-7, atol=1e-7)
    t = draw.normal(size=x.shape)
    np.testing.assert_allclose(ad.jvp(f, (x,), (t,))[1], np.sum(want * t), rtol=1e-6, atol=1e-6)
