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

FAMILIES: dict[str, tuple[float, str]] = {
    "constants": (1.5, CONSTANTS),
    "blanks": (1.5, BLANKS),
}
