"""What to write instead of functions that NumPy's protocols never hand over."""

from autodiff.core.language.registry import registry

registry.instead.update(
    {
        "np.full": "Write np.broadcast_to(x, shape), or np.full(shape, x, like=x).",
        "np.kaiser": "Write n = 2 * np.arange(m) / (m - 1) - 1; "
        "np.i0(beta * np.sqrt(1 - n * n)) / np.i0(beta).",
        "np.fill_diagonal": "Write np.where(np.eye(n, dtype=bool), x, a).",
        "np.vectorize": "Write np.stack([f(v) for v in x]), or f on the whole array.",
        "scipy.special.polygamma": "Write autodiff.ops.special.polygamma(x, order=n).",
        "scipy.special.logsumexp": "Write autodiff.ops.nn.logsumexp(x, axis=...).",
        "scipy.special.softmax": "Write autodiff.ops.nn.softmax(x, axis=...).",
        "scipy.special.log_softmax": "Write autodiff.ops.nn.log_softmax(x, axis=...).",
        "scipy.linalg.solve_triangular": "Write np.linalg.solve(np.tril(a), b).",
        "scipy.linalg.expm": "Write w, v = np.linalg.eig(a); v * np.exp(w) @ np.linalg.inv(v).",
        "scipy.linalg.logm": "Write w, v = np.linalg.eig(a); v * np.log(w) @ np.linalg.inv(v).",
        "scipy.linalg.sqrtm": "Write w, v = np.linalg.eig(a); v * np.sqrt(w) @ np.linalg.inv(v).",
        **{
            f"scipy.linalg.{name}": f"Write np.linalg.{name}."
            for name in (
                "inv", "det", "solve", "eigh", "eig", "eigvals", "eigvalsh", "svd", "svdvals",
                "qr", "cholesky", "lstsq", "pinv", "norm",
            )
        },
    }
)  # fmt: skip
