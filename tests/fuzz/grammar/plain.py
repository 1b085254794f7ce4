"""Arrays that are made inside: constants that change later, blanks that are filled."""

CONSTANTS = """
{new} = np.array({lits})
{new} = np.array({table})
{new} = np.array({table}, order="F")
{new} = np.arange(4.0) * 0.3
{new} = np.eye(3)
{new} = np.linspace(-1.0, 1.0, 5)
{new} = np.ones((2, 3))
{new} = np.full(3, 0.4)
{new} = np.array({table}, dtype=np.float32)
{new} = np.array({lits}, dtype=complex)
_c = np.array({lits}); {new} = {any} * _c; _c[:] = {lit}
_c = np.array({lits}); {new} = _c * {any}; _c *= {lit}; {new2} = _c + {any}
_c = np.array({lits}); {new} = {any} + _c[1:]; _c[1] = {lit}
_i = np.array([0, -1]); {new} = {arr}[_i]; _i[0] = -1; {new2} = {arr}[_i]
_i = [0, -1]; {new} = {arr}[_i]; _i[0] = -1
_k = {mask:arr}; {new} = {arr}[_k]; _k[...] = True
_k = {mask:arr}; {new} = np.where(_k, {arr}, {num}); _k[...] = False
_k = {real} > 0.1; {new} = np.where(_k, {real}, {num}); _k = ~_k  # same: {real} > 0.1
_i = np.array([0, 0]); {out}[_i] = {num}; _i += 1
"""

BLANKS = """
{new} = np.zeros({like:any})
{new} = np.zeros({like:any}); {new}[...] = {any}
_v = {arr}; {new} = np.empty({like:arr}); {new}[:] = _v
{new} = np.zeros(3); {new}[{size}:] = {num}; {new}[0] += {num2}
{new} = np.zeros(4); {new}[[0, 2, 0]] = {num}
{new} = np.zeros((2, 2)); {new}[0] = {num}; {new}[:, 1] *= {lit}
{new} = np.ones({like:arr}); {new} *= {arr}
{new} = np.zeros({like:arr}); {new} += {any}
{new} = np.zeros(({size}, len({vec}))); {new}[:, 0] = {num}; {new}[0] = {vec}
_v = {vec}; {new} = np.empty(len(_v)); for _i in range(len(_v)):
    {new}[_i] = _v[_i] ** 2
{new} = np.zeros(len({vec})); _w = {new}[1:]; _w[...] = {num}
{new} = np.array({lits}); {new}[1] = {num}
{new} = np.zeros({like:mat}, dtype=complex); {new}[0] = {mat}[0] * 1j
{new} = np.zeros({like:arr}); np.copyto({new}, {arr})
{new} = np.zeros(4); np.put({new}, [1, 3], {num})
{new} = np.eye(len({vec})); np.fill_diagonal({new}, {vec})
{new} = np.zeros(3); np.add.at({new}, [0, 0, 2], {num})
{new} = np.zeros({like:arr}); np.putmask({new}, {mask:arr}, {arr})
{new} = np.zeros({like:arr}); np.place({new}, {mask:arr}, {arr})
{new} = np.zeros({like:arr}); np.multiply({arr}, {lit}, out={new})
"""

INSIDE = """
{new} = np.r_[{vec}, {num}, 0:3, [{num2}, 1.0]]
{new} = np.r_[{num}, {vec}, {vec2}] * {lit}
{new} = np.r_["0,2", {vec}, {vec}]
{new} = np.c_[{vec}, {vec} * 2, np.ones(len({vec}))]
{new} = np.c_[{mat}, {mat}]
{new} = np.vectorize(lambda v, w: v * w + {num})({rarr}, {lit})
{new} = np.vectorize(lambda i: {vec}[i] * {num})(np.arange(len({vec})))
{new} = np.fromfunction(lambda i, j: {num} * i + {num2} * j, (2, 3))
{new} = np.fromiter((v * {num} for v in {rvec}), float)
{new} = np.mean([{num}, {num2}, {lit}])
{new} = np.var([{vec}[0], {num}, 0.3])
{new} = np.linalg.norm([{num}, {num2}, 1.5])
{new} = np.max([{num}, {num2}])  # same: {num} > {num2}
{new} = np.dot([{num}, {lit}], [{num2}, {lit}])
{new} = np.sum([[{num}, 1.0], [{num2}, {lit}]], axis=0)
{new} = np.cumsum([{num}, {num2}, {num}])
{new} = np.append([{num}], {vec})
{new} = np.concatenate([[{num}, {lit}], {vec}])
{new} = np.hstack([[{num}], {vec}, {num2}])
{new} = np.vstack([[{num}, {lit}], [{num2}, 0.5]])
{new} = np.array([[np.cos({num}), -np.sin({num})], [np.sin({num}), np.cos({num})]])
{new} = np.array([{vec}, {vec} * {lit}]).T
{new} = np.array([{num}, {num2}], dtype=complex) * 1j
{new} = np.array([{num}, {lit}], dtype=np.float32)
{new} = np.array([[{num}, {lit}], [1.0, {num2}]], order="F")
{new} = np.array({table}).dot({vec})
{new} = np.array({table}).T.dot({mat})
{new} = np.ones((2, len({vec}))).dot({vec})
{new} = np.eye(len({mat})).dot({mat})
{new} = np.array({table}).clip(-0.2, {num})  # same: np.array({table}) > {num}
{new} = np.full((2, 2), {num}); {new}[0, 1] = {num2}
{new} = np.full_like({rarr}, {num}) * {rarr}
{new} = np.arange(4.0); {new}[1:3] = {num}; {new} *= {new}
{new} = np.linspace(0.0, 1.0, 4); {new}[-1] -= {num}
{new} = np.zeros(4); _w = {new}[::2]; {new}[0] = {num}; _w[1] = {num2}
{new} = np.zeros((2, 3)); _w = {new}.T; _u = {new}[0]; {new}[0, 1] = {num}; _w[2] += {num2}; _u *= {lit}
{new} = np.zeros((2, 3)); _w = {new}.reshape(-1); _w[4] = {num}; _u = {new}[1]; _u[0] = {num2}
{new} = np.zeros(6); {new}.shape = (2, 3); {new}[1] = {num}
{new} = np.zeros(6); {new}[2] = {num}; {new}.shape = (3, 2); {new}[0] += {num2}
{new} = np.zeros((3, 2), order="F"); {new}[:, 0] = {num}; {new}[1] += {num2}
{new} = np.zeros(3, dtype=np.float32); {new}[1:] = {num}
{new} = np.zeros((2, 2), dtype=complex); {new}[0] = {num} * 1j; {new}.T[1] += {num2}
{new} = np.zeros(4); {new}.flat[[0, 2]] = {num}; {new}.flat[3] = {num2}
{new} = np.zeros((2, 2)); {new}.flat = {num}; {new}.flat[1:3] *= {lit}
{new} = np.zeros({like:arr}); for _i, _v in np.ndenumerate({arr}):
    {new}[_i] = _v * {num}
{new} = np.zeros({like:arr}); for _i in np.ndindex({like:arr}):
    {new}[_i] += {arr}[_i] ** 2
{new} = np.zeros(3); with np.nditer({new}, op_flags=["readwrite"]) as _it:
    for _e in _it:
        _e[...] = {num} + _e
{new} = 0.0; for _e in np.nditer({rarr}):
    {new} = {new} + _e * _e
{new} = np.zeros((3, 2)); for _row in {new}:
    _row[0] += {num}
    _row *= {lit}
{new} = np.zeros((3, 2)); {new}[0] = {num}; for _i, _row in enumerate({new}):
    _row += _i * {num2}
{new} = np.zeros(5); {new}[0] = {num}; for _i in range(1, 5):
    {new}[_i] = 0.5 * {new}[_i - 1] + np.sin({new}[_i - 1])
{new} = np.zeros((4, 4)); {new}[1:3, 1:3] = {num}; {new}[1:-1, 1:-1] = 0.25 * ({new}[:-2, 1:-1] + {new}[2:, 1:-1] + {new}[1:-1, :-2] + {new}[1:-1, 2:])
{new} = np.zeros(5); np.add.at({new}, [0, 1, 1, 4], {num}); np.subtract.at({new}, [1], {num2})
{new} = np.zeros((2, 3)); np.add.at({new}, (slice(None), [0, 0, 2]), {num})
{new} = np.ones(3); np.multiply.at({new}, [0, 2], {num})
{new} = np.zeros(3); np.add({num}, {lit}, out={new})
{new} = np.zeros((2, 2)); np.multiply({num}, np.eye(2), out={new}); np.sin({new}, out={new})
{new} = np.zeros(3); {new}[[True, False, True]] = {num}; {new}[{new} == 0] = 1.5
{new} = np.ones(3); {new}[np.array([1, 1, 2])] += {num}
{new} = np.zeros((3, 3)); {new}[np.tril_indices(3)] = {num}; {new} += {new}.T
{new} = np.zeros((3, 3)); {new}[np.diag_indices(3)] = {num}; {new}[np.ix_([0, 2], [1, 2])] += {num2}
{new} = np.zeros(3); {new}[:] = [{num}, {lit}, {num2}]
{new} = np.zeros((2, 2)); {new}[0], {new}[1] = [{num}, {lit}], ({num2}, 1.0)
{new} = np.zeros(3); {new}[0] = {num}; {new2} = {new}.copy(); {new}[0] = {lit}; {new2}[1] = {num2}
{new} = np.zeros(3); {new}[1] = {num}; {new2} = {new}; {new2}[2] = {num2}; {new} = {new} * 2.0
{new} = np.zeros(3); {new2} = {new} + {lit}; {new}[1] = {num}; {new2}[0] = {num2}
{new} = np.zeros((2, 2)); _l = list({new}); _l[0][1] = {num}; {new}[1] = _l[0]
{new}, {new2} = np.zeros((2, 3)); {new}[0] = {num}; {new2}[1] = {num2}
{new} = np.split(np.zeros(4), 2); {new}[0][1] = {num}; {new} = np.concatenate({new})
{new} = np.zeros(3); {new}[0] = {num}.item() * 2
{new} = np.array([{num}, {num2}]).tolist()[0]
{new} = np.zeros({like:mat}); {new}[:, ::-1] = {mat}; {new}.sort(axis=1)  # same: np.argsort({mat}[:, ::-1], axis=1)
"""

FAMILIES: dict[str, tuple[float, str]] = {
    "inside": (2.5, INSIDE),
    "constants": (1.5, CONSTANTS),
    "blanks": (1.5, BLANKS),
}
