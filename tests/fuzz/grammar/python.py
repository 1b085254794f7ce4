"""Python around NumPy: loops over elements, branches, `math`, built-in functions, looking at types."""

LOOPS = """
{new} = 0.0; for v in {vec}:
    {new} += v * {num}
{new} = 1.0; for v in {vec}:
    {new} = {new} * 0.5 + np.sin(v)
{new} = {num}; for _i in range(len({vec})):
    {new} = {new} + {vec}[_i] * {vec}[-1 - _i]
{new} = {arr}[0]; for _row in {arr}[1:]:
    {new} = {new} * _row
_l = []; for row in {arr}:
    _l.append(row * {num})
    {new} = np.stack(_l)
for row in {out}:
    row *= {lit}
for _i in range(len({out})):
    {out}[_i] = {out}[_i] + {lit} * {num}
for _i in range(1, len({out})):
    {out}[_i] += {out}[_i - 1] * {lit}
for _i, _v in enumerate({vec}):
    {out}[_i % len({out})] += _v
{new} = sum(v * w for v, w in zip({vec}, {vec2}))
{new} = {num}; while {new} < 2.0:
    {new} = {new} + 0.7
if {real}.sum() > 0.1:  # same: {real}.sum() > 0.1
    {new} = {any} * 2.0
else:
    {new} = {any} - 1.0
{new} = {any} if {num} > {lit} else -{any}  # same: {num} > {lit}
{new} = (lambda v: v * v + {num})({any})
{new} = np.vectorize(lambda v: v * v)({rvec})
{new} = np.apply_along_axis(np.sum, {axis:arr}, {arr})
{new} = np.array(list(map(lambda v: v * 2, {vec})))
"""

MATH = """
{new} = math.sin({num})
{new} = math.exp({num} * 0.3)
{new} = math.sqrt({num} ** 2 + 0.4)
{new} = math.log({num} ** 2 + 0.4)
{new} = math.atan2({num}, 1.5)
{new} = math.pow({num} ** 2 + 0.3, 1.5)
{new} = math.tanh({num}) * {any}
{new} = math.hypot({num}, 1.0)
{new} = math.fsum([{num}, {num2}, 0.5])
{new} = math.floor({num}) * {num2}  # same: math.floor({num})
{new} = math.pi * {any}
{new} = math.erf({num})
{new} = math.prod({vec})
{new} = math.fabs({num})  # same: {num} > 0
{new} = math.degrees({num}) * 0.01
{new} = math.copysign({num}, -1.0)  # same: {num} > 0
"""

BUILT_IN = """
{new} = sum({arr})
{new} = sum({vec}, {num})
{new} = sum([{any}, {any2}])
{new} = max({rvec})  # same: np.argmax({rvec})
{new} = min({rvec})  # same: np.argmin({rvec})
{new} = max({num}, {num2})  # same: {num} > {num2}
{new} = min({num}, {lit})  # same: {num} > {lit}
{new} = max([v ** 2 for v in {rvec}])  # same: np.argmax({rvec} ** 2)
{new} = pow({any}, 2)
{new} = round({num}, 1) + {num}  # same: np.round({num}, 1)
{new} = divmod({real}, 0.7)[1]  # same: {real} // 0.7
{new} = list(sorted({rvec}))[0]  # same: np.argsort({rvec})
{new} = list(reversed({vec}))[0]
{new}, *_ = {vec}
_, {new} = {vec}[0], {vec}[-1]
{new} = float({lit}) * {any}
{new} = list({vec})[-1] * list({vec})[0]
{new} = {any}.__add__({lit})
"""

LOOKS = """
{new} = {any} * np.ndim({any2})
{new} = {any} * len({arr})
{new} = {any} / {arr}.size
{new} = {any} + {arr}.shape[0]
{new} = {any} * np.iscomplexobj({any2})
{new} = {any} * ({arr}.dtype == np.float32)
{new} = {any} * {arr}.dtype.itemsize
{new} = {any} * np.result_type({any}, {any2}).itemsize
{new} = {any} * np.size({any2})
{new} = {any} * {any2}.ndim
{new} = {any} * int(np.argmax({real}))  # same: np.argmax({real})
{new} = {any} * bool({num} > 0)  # same: {num} > 0
{new} = {any} * np.all({real} > 0)  # same: {real} > 0
{new} = {any} * np.any(np.isnan({any2}))
{new} = {any} * np.allclose({any}, {any2})
{new} = {any} * np.shares_memory({arr}, {arr2})
{new} = {any} * np.searchsorted([-1.0, 0.0, 1.0], {num})  # same: np.searchsorted([-1.0, 0.0, 1.0], {num})
{new} = {any} * {arr}.flags.c_contiguous
{new} = {any} * ({arr}.strides[0] // {arr}.itemsize)
{new} = {any} * len(f"{{num}:.1f}")  # same: len(f"{{num}:.1f}")
{new} = {any} * np.sum({rarr} > 0.2)  # same: {rarr} > 0.2
{new} = {any} * int({num} * 2)  # same: int({num} * 2)
{new} = {any} * np.floor({real}).astype(int)  # same: np.floor({real})
"""

FAMILIES: dict[str, tuple[float, str]] = {
    "loops": (1.5, LOOPS),
    "math": (0.7, MATH),
    "built-in": (1.2, BUILT_IN),
    "looks": (1.0, LOOKS),
}
