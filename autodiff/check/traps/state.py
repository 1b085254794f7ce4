"""Traps of state: arrays that change, aliases, old tapes, and values that escape."""

from autodiff.check.traps.trap import Says, Trap

STATE = (
    Trap(
        "a constant changed inside of f", 1,
        "a = np.array([2.0, 3.0])\n"
        "def f(x):\n"
        "    y = np.sum(a * x)\n"
        "    a[:] = 100.0\n"
        "    return y\n"
        "ad.grad(f)(np.ones(2))",
        [2.0, 3.0],
        "[100, 100]: the rule reads the array when it is too late",
        "what a tape relies on is copied (or locked, if large) when it is recorded",
    ),
    Trap(
        "a constant changed before the pullback", 1,
        "a = np.array([2.0, 3.0])\n"
        "y, pullback = ad.vjp(lambda x: np.sum(a * x), np.ones(2))\n"
        "a[:] = 100.0\n"
        "pullback(1.0)[0]",
        [2.0, 3.0],
        "[100, 100]",
        "a pullback may be called much later: it keeps its own copy",
    ),
    Trap(
        "a constant changed before backward()", 1,
        "a = np.array([2.0, 3.0])\n"
        "x = ad.Tensor(np.ones(2))\n"
        "y = np.sum(a * x)\n"
        "a[:] = 100.0\n"
        "y.backward()\n"
        "x.grad",
        [2.0, 3.0],
        "[100, 100], also in PyTorch through from_numpy",
        "the tape of a Tensor lasts, so it keeps its own copy",
    ),
    Trap(
        "an element of a plain array", 2,
        "def f(x):\n"
        "    y = np.zeros(2)\n"
        "    y[0] = x**2\n"
        "    return np.sum(y)\n"
        "ad.grad(f)(3.0)",
        6.0,
        "0, where the array takes the plain number",
        "an array that the function makes becomes traced when a traced value is written into it",
    ),
    Trap(
        "an element of a traced array", 2,
        "def f(x):\n"
        "    y = x * 1.0\n"
        "    y[0] = y[1] ** 2\n"
        "    return np.sum(y)\n"
        "ad.grad(f)(np.array([5.0, 3.0]))",
        [0.0, 7.0],
        "an error, or the old value's derivative",
        "assignment makes a new value, and the old element no longer counts",
    ),
    Trap(
        "y += 1 seen through a view", 3,
        "def f(x):\n"
        "    y = x * 1.0\n"
        "    view = y[:2]\n"
        "    view *= 10.0\n"
        "    return np.sum(y**2)\n"
        "ad.grad(f)(np.ones(3))",
        [200.0, 200.0, 2.0],
        "[2, 2, 2]: the name is bound anew, and the array behind it keeps its old value",
        "a change in place means what it means in NumPy, views included",
    ),
    Trap(
        "an alias of y before y += 1", 3,
        "def f(x):\n"
        "    y = x * 1.0\n"
        "    alias = y\n"
        "    y += 1.0\n"
        "    return np.sum(alias**2)\n"
        "ad.grad(f)(np.ones(2))",
        [4.0, 4.0],
        "[2, 2]: the alias keeps the old value, unlike NumPy",
        "both names mean one array, which has changed",
    ),
    Trap(
        "gradients that share memory", 22,
        "da, db = ad.grad(lambda a, b: np.sum(a + b), (0, 1))(np.ones(2), np.ones(2))\n"
        "da += 100.0\n"
        "db",
        [1.0, 1.0],
        "[101, 101] in PyTorch: both are one buffer",
        "results are owned copies",
    ),
    Trap(
        "backward() twice", 23,
        "x = ad.Tensor(2.0)\n"
        "y = x**3\n"
        "y.backward()\n"
        "y.backward()\n"
        "x.grad",
        12.0,
        "24 (or 32 in micrograd, which also adds up inside the graph)",
        "backward() computes; only accumulate=True adds",
    ),
    Trap(
        "a captured value that changes between calls", 30,
        "a = [2.0]\n"
        "g = ad.grad(lambda x: a[0] * x)\n"
        "first = g(1.0)\n"
        "a[0] = 3.0\n"
        "first, g(1.0)",
        (2.0, 3.0),
        "(2, 2) where a compiled function keeps the old value",
        "every call records anew",
    ),
    Trap(
        "a traced value that escapes", 37,
        "kept = []\n"
        "ad.grad(lambda x: kept.append(x) or x**2)(3.0)\n"
        "kept[0] + 1.0",
        Says("EscapedTracerError", "after the differentiation that made it had ended"),
        "a number that still looks alive",
        "the trace is closed when its transform is done",
    ),
)  # fmt: skip
