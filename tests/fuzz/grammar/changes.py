"""Changes in place: of elements, of whole arrays, through views, through NumPy's writing functions.

`live` is an array that depends on the inputs: a plain array's `flat` hides the library's refusal of a
traced value behind an error of NumPy's own.
"""

WRITES = """
{out}[{index:out}] = {any}
{out}[{index:out}] = {any} * {lit}
{out}[{index:out}] = {lit}
{out}[{index:out}] = {out}[{index:out}] * {lit}
{out}[{index:out}] += {any}
{out}[{index:out}] *= {any}
{out}[{index:out}] -= {lit}
{out}[{index:out}] /= 1.0 + {num} ** 2
{out}[{fancy:out}] = {any}
{out}[{fancy:out}] += {any}
{out}[{fancy:out}] *= {lit}
{out}[{mask:out}] = {any}
{out}[{rout} > 0.2] = {any}  # same: {rout} > 0.2
{rout}[{rout} < 0] = 0.0  # same: {rout} < 0
{rout}[{rout} > 0.3] *= {lit}  # same: {rout} > 0.3
{out}[...] = {any}
{out}[:] = {lit}
{out}[()] = {any}
{out}[0], {out}[-1] = {out}[-1], {out}[0]
{out}[[0, -1]] = {out}[[-1, 0]]
{out}[1:] = {out}[:-1]
{out}[1:] += {out}[:-1]
{out}[:-1] -= {lit} * {out}[1:]
{out}[::-1] += {out}
{out}.T[{index:out}] = {any}
{out}.T[...] *= {lit}
{out}.ravel()[{places:out}] = {any}
{out}.ravel()[0] = {num}
{out}.reshape(-1)[-1] *= {num}
{live}.flat[{places:live}] = {lit}
{live}.flat[0] = {num}
{out}[0][...] = {any}
{out}[0][0] = {num}
{out}[-1][1:] += {num}

"""

WHOLE = """
{out} += {any}
{out} -= {any}
{out} *= {any}
{out} /= 1.5 + np.cos({real})
{out} += {lit}
{out} *= {lit}
{out} -= {const:out}
{out} **= 2
{mine} += {any}
{mine} *= {num}
{mine} -= {vec}[0]
{mine} = {mine} + {any}
{input} += {lit}
{rout} //= 0.4  # same: {rout} // 0.4
{rout} %= {pos}  # same: {rout} // {pos}
{mine} = {mine} @ {mat}
{mine} = {mine} * {any2}
"""

FUNCTIONS = """
np.copyto({out}, {any})
np.copyto({out}, {any}, where={mask:out})
np.put({out}, {places:out}, {any})
np.put({out}, 0, {num})
np.place({out}, {mask:out}, {any})  # where: not np.shares_memory({out}, {any})
np.putmask({out}, {mask:out}, {any})
np.put_along_axis({out}, np.zeros((1,) * {out}.ndim, int), {num}, axis=0)
np.fill_diagonal({out}, {any})
np.add.at({out}, {places:out}, {any})
np.add.at({out}, ([0, 0, -1],), {any})
np.subtract.at({out}, 0, {any})
np.multiply.at({out}, [0, -1, 0], {lit})
np.add({out}, {any}, out={out})
np.multiply({any}, {any2}, out={out})
np.exp({out} * 0.3, out={out})
np.sin({real}, out={rout})
np.sum({arr}, axis=0, out={out})
np.maximum({rout}, 0.1, out={rout})  # same: {rout} > 0.1
np.clip({rout}, -0.6, 0.8, out={rout})  # same: ({rout} > -0.6, {rout} > 0.8)
np.matmul({mat}, {mat2}, out={out})  # where: {mat}.shape[1] == {mat2}.shape[0]
{rout}.sort()  # same: np.argsort({rout})
{rout}.sort(axis=0)  # same: np.argsort({rout}, axis=0)
{out}.fill({num})
{out}.fill({lit})
{new} = {out}[{view:out}]; {new} *= {lit}
{new} = {out}.ravel(); {new}[0] = {lit}
{new} = {out}.T; {new} += {any}
{new} = {out}[0]; {new} += {lit}
{new} = {out}.reshape({shape:out}); {new}[{index:out}] = {lit}
"""

FAMILIES: dict[str, tuple[float, str]] = {
    "writes": (3.5, WRITES),
    "whole": (2.5, WHOLE),
    "writing functions": (2.0, FUNCTIONS),
}
