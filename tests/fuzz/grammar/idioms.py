"""What programs of others are full of: ufuncs of lists, questions about values, repeated arrays, helpers."""

LISTS = """
{new} = np.exp([{num} * 0.3, {lit}, {num2}])
{new} = np.sin(({num}, {num2}))
{new} = np.add([{num}, {lit}], {num2})
{new} = np.multiply([[{num}, 1.0], [{num2}, {lit}]], {const:num})
{new} = np.subtract(np.array({lits})[:2], [{num}, {num2}])
{new} = np.square([{vec}, {vec} * 2.0])
{new} = np.hypot([{num}, 1.5], [2.0, {num2}])
{new} = np.abs([{num}, {num2}])  # same: ({num} > 0, {num2} > 0)
{new} = np.maximum([{num}, {lit}], {num2})  # same: ({num} > {num2}, {lit} > {num2})
{new} = np.power([{num} ** 2 + 0.5, 1.2], 1.5)
{new} = np.add.reduce([{num}, {num2}, {lit}])
{new} = np.multiply.outer([{num}, {lit}], {vec})
{new} = np.add.accumulate([{num}, {num2}, 1.0])
{new} = np.einsum("ij,j->i", [[{num}, 1.0], [0.5, {num2}]], [{lit}, {num}])
{new} = np.where([True, False, True], [{num}, {num2}, 1.0], {lit})
{new} = np.clip([{num}, {num2}], -0.4, 0.6)  # same: ({num} > -0.4, {num} > 0.6, {num2} > -0.4, {num2} > 0.6)
{new} = np.sort([{num}, {num2}, {lit}])  # same: ({num} > {num2}, {num} > {lit}, {num2} > {lit})
{new} = np.cross([{num}, 1.0, {lit}], [0.5, {num2}, {num}])
{new} = np.polyval([{num}, {num2}, 0.3], {real} * 0.4)
{new} = np.interp([0.3, 0.6], [0.0, 0.5, 1.0], [{num}, {num2}, {lit}])
{new} = np.outer([{num}, {num2}], [1.0, {num}])
{new} = np.diff([{num}, {num2}, {lit}, {num}])
{new} = np.linalg.solve([[2.5 + {num} ** 2, 0.3], [0.2, 1.5]], [{num2}, {lit}])
{new} = np.linalg.det([[{num}, {num2}], [{lit}, 1.0]])
{new} = np.linalg.inv([[2.0 + {num} ** 2, 0.4], [{num2} * 0.1, 3.0]])
{new} = np.stack([[{num}, 1.0], [{num2}, {lit}]], axis=1)
{new} = np.trapezoid([{num}, {num2}, {lit}], dx=0.5)
{new} = np.select([[True, False], [False, True]], [[{num}, 1.0], [2.0, {num2}]])
{new} = np.piecewise({rvec}, [{rvec} > 0.1, {rvec} <= 0.1], [{num}, {num2}])  # same: {rvec} > 0.1
{new} = np.array([[v * w for v in {vec}] for w in {vec2}])
{new} = np.array([np.array([{num}, v]) for v in {vec}]) @ np.array([{lit}, {num2}])
{new} = np.array([{vec}[i] if i % 2 else {num} for i in range(len({vec}))])
{new} = np.array([({num}, {num2}), ({lit}, 0.5)]).sum(axis=0)
{new} = np.sqrt(sum([v ** 2 for v in {rvec}]) + 0.3)
"""

ASKED = """
{new} = {any} * 2.0 if isinstance({any}, np.ndarray) else {any} * 3.0
{new} = {any} * (1.5 if isinstance({any2}, float) else 0.5)
{new} = {any} if isinstance({any}, (int, float, np.ndarray)) else 0.0
{new} = {any} * (2.0 if np.isscalar({any}) else 1.0)
{new} = {any} * int({num} * 3)  # same: int({num} * 3)
{new} = {vec}[int(abs({num} * 2)) % len({vec})]  # same: int(abs({num} * 2))
{new} = {any} * (0.7 if float({num}) > {lit} else 1.3)  # same: {num} > {lit}
{new} = {any} * len(f"{{float({num}):.0f}}")  # same: len(f"{{float({num}):.0f}}")
{new} = {any} * (str(float({num}))[0] == "-")  # same: {num} > 0
{new} = {any} * round(3.0 * len({arr}), 1)
{new} = {any} * ({arr}.ndim > 1) + {num} * ({arr}.ndim == 1)
{new} = np.atleast_1d({any})[0] if isinstance({any}, float) else np.sum({any})
"""

REPEATED = """
{new} = np.broadcast_to({vec}, (2, len({vec}))) * {num}; {new}.ravel()[1:] *= {lit}
{new} = {vec}[:, None] * np.ones((len({vec}), 2)); {new}.ravel()[0] = {num}
_b = np.broadcast_to(np.array([[0.5], [1.5]]), (2, len({vec}))); {new} = {vec}[None] * _b; {new}.ravel()[1:] *= {lit}
{new} = np.choose(np.arange(len({vec})) % 2, [np.outer([1.0, 2.0], {vec}), np.outer([0.5, -1.0], {vec})]); {new}.ravel()[1:] *= {lit}
{new} = np.select([{mat} > 0.1], [{mat}], {num}); {new}.ravel()[0] *= {lit}  # same: {mat} > 0.1
{new} = np.where({mask:mat}, {mat}.T.copy().T, {lit}); {new}.ravel()[1:] += {num}
{new} = np.tile({vec}, (2, 1)).T; {new}.ravel()[1:] *= {lit}; {new}[0] += {num}
{new} = np.repeat({arr}, 2, axis=0)[::2]; {new}[0] *= {lit}
{new}, {new2} = [a * 1.0 for a in np.broadcast_arrays({vec}, {num})]; {new} = {new} * {new2}
{new}, {new2} = np.meshgrid({vec}, np.array([0.5, -1.0])); {new}[0] += {num}
{new}, {new2} = np.meshgrid({vec}, {vec2}, indexing="ij"); {new2} *= {lit}
{new} = np.einsum("ij->ji", {mat}); {new} *= {lit}
{new} = np.einsum("ij,kj->ki", {mat}, {mat2}); {new}.ravel()[0] = {num}
{new} = np.einsum("i,ij,j", {vec}, np.outer({vec}, {vec}), {vec})
{new} = np.einsum("ij,jk,kl->il", {mat}, {mat}.T, {mat})
{new} = np.einsum("ijk->k", {cube}) * {lit}
{new} = np.einsum({mat}, [0, 1], {vec}, [1], [0])
{new} = np.lib.stride_tricks.sliding_window_view({vec}, 2).sum(axis=-1)
{new} = np.rot90({mat}); {new}[0] *= {lit}
"""

HELPERS = """
if True:
    def _h(v, scale=1.0, *, shift=0.0):
        return v * scale + shift
    {new} = _h({any}, {num}, shift={lit})
if True:
    class _P:
        _power = np.square
        def __init__(self, w):
            self.w, self.seen = w, []
        def __call__(self, v):
            self.seen.append(v * self.w)
            return self._power(self.seen[-1])
    {new} = _P({num})({any})
if True:
    try:
        {new} = {vec}[100]
    except IndexError:
        {new} = {vec}[-1] * {num}
if True:
    def _powers(v, n):
        for _i in range(n):
            yield v ** (_i + 1)
    {new} = sum(_powers({num}, 3))
if True:
    def _fold(values):
        return values[0] if len(values) == 1 else _fold(values[1:]) * 0.5 + values[0]
    {new} = _fold({vec})
if True:
    from functools import reduce as _reduce
    {new} = _reduce(lambda a, b: a * 0.5 + b, list({vec}))
_d = dict(a={any}, b={num}); _d["a"] = _d["a"] * _d["b"]; {new} = _d["a"]
_g = (v * v for v in {vec}); {new} = sum(_g)
_s = {num}; for _ in range(4):
    _s = _s - 0.1 * (np.cos(_s) + {num2})
    {new} = _s
_y = np.array([{num}, {num2}]); for _ in range(3):
    _k = np.array([_y[1], -np.sin(_y[0])])
    _y = _y + 0.1 * _k
    {new} = _y
_y = np.zeros((4, 2)); _y[0] = [{num}, {num2}]; for _i in range(3):
    _y[_i + 1] = _y[_i] + 0.1 * np.array([_y[_i, 1], -_y[_i, 0]])
    {new} = _y
_u = np.zeros(6); _u[2:4] = {num}; for _ in range(3):
    _n = _u.copy()
    _u[1:-1] = _n[1:-1] + 0.2 * (_n[2:] - 2 * _n[1:-1] + _n[:-2])
    {new} = _u
_h = np.zeros((2, 3)); for _t in range(3):
    _h[:, _t] = np.tanh({num} * (_h[:, _t - 1] if _t else 0.5))
    {new} = _h
with np.errstate(all="ignore"):
    {new} = {any} / (1.5 + np.sin({real}))
{new} = (lambda f: f(f({num})))(lambda v: v * v + 0.3)
{new} = [v for v in {vec} if v.real > -5][0] * {num}
{new} = next(iter({vec})) + {num}
{new} = np.apply_along_axis(lambda r: r / (1.0 + np.sum(r ** 2)), {axis:rarr}, {rarr})
{new} = np.asarray({any}, dtype=float) if not np.iscomplexobj({any}) else {any}
{new} = np.array({any}, copy=True); {new} += {num}
{new} = np.ascontiguousarray({mat}.T); {new}[0] *= {lit}
{new} = {mat}.astype(complex).T.conj() @ {mat}
{new} = {arr}.copy(); {new}[{index:arr}] = {num}; {new2} = {new}.copy(); {new} *= {lit}
"""

FAMILIES: dict[str, tuple[float, str]] = {
    "lists": (1.2, LISTS),
    "asked": (0.6, ASKED),
    "repeated": (0.8, REPEATED),
    "helpers": (1.2, HELPERS),
}
