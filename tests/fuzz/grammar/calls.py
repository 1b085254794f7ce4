"""Calls that make a new value: elementwise, at kinks, reductions, products, linalg, fft, statistics."""

ELEMENTWISE = """
{new} = {any} + {any2}
{new} = {any} - {any2}
{new} = {any} * {any2}
{new} = {any} / (np.abs({any2}) + 1.0)  # same: np.real({any2}) > 0
{new} = {any} {op} {lit}
{new} = {lit} {op} {any}
{new} = {any} {op} {const:any}
{new} = {const:any} {op} {any}
{new} = {const:any} / (2.5 + np.cos({any}))
{new} = -{any}
{new} = +{any}
{new} = {any} ** 2
{new} = {any} ** 3
{new} = {real} ** {pos}  # where: np.all({real} > 0.1)
{new} = (1.5 + np.sin({real})) ** {real2}
{new} = {pos} ** {real}
{new} = np.power({real}, 2.0)
{new} = 1.0 / {any}  # where: np.all(np.abs({any}) > 0.3)
{new} = {any} ** -1.0  # where: np.all(np.abs({any}) > 0.3)
{new} = np.reciprocal({any})  # where: np.all(np.abs({any}) > 0.3)
{new} = np.exp({any} * 0.5)
{new} = np.exp(-{any} ** 2)
{new} = np.exp2({real} * 0.5)
{new} = np.expm1({any} * 0.5)
{new} = np.log({real} ** 2 + 0.7)
{new} = np.log({any})  # where: np.all(np.real({any}) > 0.2)
{new} = np.log1p({real} ** 2)
{new} = np.log2(1.5 + np.cos({real}))
{new} = np.log10({real})  # where: np.all({real} > 0.2)
{new} = np.sqrt({real} ** 2 + 0.5)
{new} = np.sqrt({any})  # where: np.all(np.real({any}) > 0.2)
{new} = np.cbrt({real})  # where: np.all(np.abs({real}) > 0.2)
{new} = np.sin({any})
{new} = np.cos({any})
{new} = np.tan({real} * 0.3)
{new} = np.arcsin(np.sin({real}) * 0.8)
{new} = np.arccos({real})  # where: np.all(np.abs({real}) < 0.9)
{new} = np.arctan({any})  # where: np.all(np.abs({any}) < 0.9)
{new} = np.sinh({any} * 0.3)
{new} = np.cosh({any} * 0.3)
{new} = np.tanh({any})  # where: np.all(np.abs(np.imag({any})) < 0.9)
{new} = np.arcsinh({real})
{new} = np.arccosh({real} ** 2 + 1.5)
{new} = np.arctanh({real} / (1.2 + np.abs({real})))  # same: {real} > 0
{new} = np.square({any})
{new} = np.sinc({real})
{new} = np.i0({real})
{new} = np.hypot({real}, {real2})  # where: np.all(np.hypot({real}, {real2}) > 0.2)
{new} = np.arctan2({real}, 2.0 + np.sin({real2}))
{new} = np.arctan2({real}, {real2})  # same: {real} > 0  # where: np.all(np.hypot({real}, {real2}) > 0.2)
{new} = np.logaddexp({real}, {real2})
{new} = np.logaddexp2({real}, {lit})
{new} = np.deg2rad({real})
{new} = np.degrees({real} * 0.02)
{new} = np.float_power({real}, 2)
{new} = np.ldexp({real}, 1)
{new} = np.multiply({any}, {any2})
{new} = np.subtract({any}, {any2})
{new} = np.add({any}, {lit})
{new} = np.divide({any}, 3)
{new} = np.true_divide({any}, 1.7)
{new} = np.negative({any})
{new} = np.positive({any})
{new} = np.add({any}, {any2}, dtype=np.complex128)
{new} = np.exp({real} * 0.5, where={mask:real}, out=np.zeros({like:real}))
{new} = np.subtract.outer({vec}, {vec2})
{new} = np.multiply.outer({any}, {any2})
{new} = {real}.astype({dtype:real})
{new} = np.nan_to_num({real})
{new} = np.sin({real}) / np.exp({real2} * 0.2) + {real2}
"""

COMPLEX = """
{new} = {any} + 1j * {any2}
{new} = {any} * {lit} * 1j
{new} = {any} * (0.6 - 0.8j)
{new} = np.exp(1j * {any})
{new} = np.conj({any})
{new} = {any}.conjugate()
{new} = np.real({any})
{new} = np.imag({cpx})
{new} = {any}.real
{new} = {cpx}.imag
{new} = np.abs({cpx})  # where: np.all(np.abs({cpx}) > 0.2)
{new} = np.angle({cpx})  # same: np.imag({cpx}) > 0  # where: np.all(np.abs({cpx}) > 0.2)
{new} = ({cpx} * np.conj({cpx})).real
{new} = abs({cpx}) ** 2
{new} = {any}.astype(complex)
{new} = np.real_if_close({cpx})
{new} = np.vdot({cpx}, {any})
{new} = {cpx} * np.array([1.0, 1j])[:, None]
"""

KINKS = """
{new} = np.abs({real})  # same: {real} > 0
{new} = abs({real})  # same: {real} > 0
{new} = np.fabs({real})  # same: {real} > 0
{new} = np.sign({real}) * {real2}  # same: {real} > 0
{new} = np.maximum({real}, {real2})  # same: {real} > {real2}
{new} = np.minimum({real}, {lit})  # same: {real} > {lit}
{new} = np.fmax({lit}, {real})  # same: {real} > {lit}
{new} = np.maximum(0, {real})  # same: {real} > 0
{new} = np.clip({real}, -0.5, 0.9)  # same: (({real} > -0.5), ({real} > 0.9))
{new} = np.clip({real}, {real2}, None)  # same: {real} > {real2}
{new} = {real}.clip(max=0.4)  # same: {real} > 0.4
{new} = np.where({real} > {lit}, {any}, {any2})  # same: {real} > {lit}
{new} = np.where({mask:arr}, {arr}, {any})
{new} = np.where({real} > 0, {real}, 0.1 * {real})  # same: {real} > 0
{new} = ({real} > 0.1) * {real2}  # same: {real} > 0.1
{new} = {real} * ({real2} <= {lit})  # same: {real2} <= {lit}
{new} = np.floor({real}) + {real}  # same: np.floor({real})
{new} = {real} % {pos}  # same: {real} // {pos}
{new} = {real} % (1.0 + {real2} ** 2)  # same: {real} // (1.0 + {real2} ** 2)
{new} = np.fmod({real}, 0.7)  # same: np.trunc({real} / 0.7)
{new} = np.modf({real})[0]  # same: np.trunc({real})
{new} = {real} - np.round({real})  # same: np.round({real})
{new} = np.round({real} * 0.5) + {real}  # same: np.round({real} * 0.5)
{new} = {real} // 0.4 * {real2}  # same: {real} // 0.4
{new} = np.divmod({real}, {pos})[1]  # same: {real} // {pos}
{new} = np.copysign({real}, {real2})  # same: (({real} > 0), ({real2} > 0))
{new} = np.heaviside({real}, 0.5) * {real2}  # same: {real} > 0
{new} = np.sort({rarr})  # same: np.argsort({rarr})
{new} = np.sort({rarr}, axis=None)  # same: np.argsort({rarr}, axis=None)
{new} = np.sort({rarr}, axis={axis:rarr})[::-1]  # same: np.argsort({rarr}, axis={axis:rarr})
{new} = np.partition({rvec}, {place:rvec})  # same: np.argsort({rvec})
{new} = np.take_along_axis({rarr}, np.argsort({rarr}, axis=0), axis=0)  # same: np.argsort({rarr}, axis=0)
{new} = {rvec}[np.argsort({rvec})]  # same: np.argsort({rvec})
{new} = {arr}[np.argmax({rvec}) % 2]  # same: np.argmax({rvec})
{new} = {rvec}[{rvec}.argmin()]  # same: {rvec}.argmin()
{new} = {rarr}[{rarr} > -0.2]  # same: {rarr} > -0.2
{new} = np.extract({rarr} > 0.1, {rarr})  # same: {rarr} > 0.1
{new} = np.select([{rarr} > 0.5, {rarr} < -0.5], [{rarr} ** 2, {rarr} * 3.0], default=0.3)  # same: (({rarr} > 0.5), ({rarr} < -0.5))
{new} = np.piecewise({rarr}, [{rarr} > 0.2], [lambda v: v ** 2, lambda v: -v])  # same: {rarr} > 0.2
{new} = np.choose({mask:rarr}.astype(int), [{rarr}, {real}])
{new} = np.interp({real}, [-2.0, -0.3, 0.4, 2.5], [0.3, -0.2, 0.8, 1.1])  # same: np.searchsorted([-2.0, -0.3, 0.4, 2.5], {real})
{new} = np.max({real})  # same: np.argmax({real})
{new} = np.min({rarr}, axis={axis:rarr})  # same: np.argmin({rarr}, axis={axis:rarr})
{new} = {rarr}.max(axis={axis:rarr}, keepdims=True)  # same: np.argmax({rarr}, axis={axis:rarr})
{new} = np.ptp({rarr}, axis={axis:rarr})  # same: np.argsort({rarr}, axis={axis:rarr})
{new} = np.median({rarr})  # same: np.argsort({rarr}, axis=None)
{new} = np.median({rarr}, axis={axis:rarr})  # same: np.argsort({rarr}, axis={axis:rarr})
{new} = np.quantile({rarr}, 0.3)  # same: np.argsort({rarr}, axis=None)
{new} = np.percentile({rarr}, [20, 65], axis=0)  # same: np.argsort({rarr}, axis=0)
{new} = np.maximum.accumulate({rarr}, axis={axis:rarr})  # same: np.argsort({rarr}, axis={axis:rarr})
{new} = np.maximum.reduce({rarr})  # same: np.argmax({rarr}, axis=0)
{new} = np.nanmax({rarr})  # same: np.argmax({rarr})
{new} = np.unique({rarr})  # same: np.argsort({rarr}, axis=None)
{new} = np.unwrap({rvec} * 3.0)  # same: np.round(np.diff({rvec}) * 3.0 / (2 * np.pi))
"""

REDUCTIONS = """
{new} = np.sum({any})
{new} = np.sum({arr}, axis={axes:arr}{keep})
{new} = {arr}.sum(axis={axis:arr})
{new} = {arr}.sum({axis:arr})
{new} = np.mean({arr}, axis={axes:arr}{keep})
{new} = {any}.mean()
{new} = np.prod({arr}, axis={axis:arr})
{new} = {arr}.prod()
{new} = np.var({arr}, axis={axes:arr})
{new} = np.var({arr}, ddof=1)  # where: {arr}.size > 1
{new} = np.std({rarr}, axis={axis:rarr})  # where: np.all(np.std({rarr}, axis={axis:rarr}) > 0.1)
{new} = {rarr}.std()  # where: {rarr}.std() > 0.1
{new} = np.average({arr}, axis={axis:arr}, weights=np.abs({arr}) + 0.3)  # same: np.real({arr}) > 0
{new} = np.cumsum({arr}, axis={axis:arr})
{new} = np.cumsum({arr})
{new} = {arr}.cumsum()
{new} = np.cumprod({arr}, axis={axis:arr})
{new} = np.cumprod({arr})
{new} = np.diff({arr}, axis={axis:arr})
{new} = np.diff({arr}, n=2, axis=0)
{new} = np.ediff1d({arr})
{new} = np.gradient({rvec})
{new} = np.gradient({rmat})[0]
{new} = np.trapezoid({arr}, axis={axis:arr})
{new} = np.add.reduce({arr}, axis={axes:arr})
{new} = np.multiply.reduce({arr})
{new} = np.add.accumulate({arr})
{new} = np.logaddexp.reduce({rarr})
{new} = np.logaddexp.reduce({rarr}, axis={axis:rarr})
{new} = np.add.reduceat({vec}, [0, 1])
{new} = np.sum({arr}, where={mask:arr})
{new} = np.mean({arr}, axis=0, where={mask:arr})  # where: np.all(np.any({mask:arr}, axis=0))
{new} = np.sum({arr}, initial=0.5)
{new} = np.nansum({arr}, axis={axes:arr})
{new} = np.nanmean({arr})
{new} = np.log(np.sum(np.exp({real})))
{new} = np.exp({rarr}) / np.sum(np.exp({rarr}), axis=-1, keepdims=True)
{new} = ({arr} - {arr}.mean(0)) / np.sqrt({arr}.var(0) + 0.5)
{new} = np.cov({rmat})
{new} = np.corrcoef({rmat})  # where: np.all(np.std({rmat}, axis=1) > 0.2)
{new} = np.convolve({vec}, {vec2})
{new} = np.convolve({vec}, [0.5, -1.0, 0.25], "same")
{new} = np.correlate({vec}, {vec2}, "full")
{new} = np.polyval({vec}, {any} * 0.5)
{new} = np.polyval([0.3, -0.2, 1.1], {any})
{new} = np.polymul({vec}, [1.0, -0.5])
{new} = np.polyder({vec})
{new} = np.vander({rvec}, 3)
{new} = np.count_nonzero({real} > 0) * {any}  # same: {real} > 0
{new} = np.bincount([0, 1, 1], weights={rvec})
{new} = np.histogram({rvec}, bins=3, range=(-2.0, 2.0))[0] * {num}  # same: np.floor({rvec} * 0.75)
"""

PRODUCTS = """
{new} = {mat} @ {vec}
{new} = {vec} @ {mat}
{new} = {vec} @ {vec2}
{new} = {mat} @ {mat2}
{new} = {mat} @ {mat2}.T
{new} = {mat}.T @ {mat}
{new} = {arr} @ {arr2}
{new} = np.dot({arr}, {arr2})
{new} = np.dot({any}, {lit})
{new} = {arr}.dot({arr2})
{new} = {mat}.T.dot({mat2})
{new} = {vec}.dot({vec2})
{new} = np.matmul({arr}, {arr2})
{new} = np.inner({arr}, {arr2})
{new} = np.outer({arr}, {vec})
{new} = np.tensordot({arr}, {arr2}, axes=1)
{new} = np.tensordot({mat}, {mat2}, axes=([0], [1]))
{new} = np.tensordot({arr}, {arr2}, axes=0)
{new} = np.einsum("ij,j->i", {mat}, {vec})
{new} = np.einsum("ij,kj->ik", {mat}, {mat2})
{new} = np.einsum("i,j->ij", {vec}, {vec2})
{new} = np.einsum("ij->j", {mat})
{new} = np.einsum("...i,...i->...", {arr}, {arr2})
{new} = np.einsum("ii->i", {sq})
{new} = np.einsum("ij,ij", {mat}, {mat})
{new} = np.vdot({arr}, {arr2})
{new} = np.kron({arr}, {vec})
{new} = np.cross({vec}, {vec2})  # where: len({vec}) == 3 and len({vec2}) == 3
{new} = np.linalg.multi_dot([{mat}, {mat2}, {vec}])
{new} = np.matvec({mat}, {vec})
{new} = np.vecdot({arr}, {arr2})
{new} = np.linalg.vecdot({arr}, {arr2})
{new} = np.trace({mat})
{new} = {mat}.trace(1)
{new} = np.diag({vec})
{new} = np.diag({mat})
{new} = np.diagonal({mat}, 1).copy()
"""

LINALG = """
{new} = np.linalg.inv({sq} * 0.3 + 1.5 * np.eye(len({sq})))
{new} = np.linalg.solve({sq} * 0.3 + 1.5 * np.eye(len({sq})), {arr})
{new} = np.linalg.det({sq})
{new} = np.linalg.det({sq} @ {sq}.T + np.eye(len({sq})))
{new} = np.linalg.slogdet({sq} @ {sq}.T + np.eye(len({sq})))[1]
{new} = np.linalg.cholesky({sq} @ {sq}.T * 0.2 + np.eye(len({sq})))
{new} = np.linalg.qr({rmat})[1]  # where: np.linalg.svd({rmat}, compute_uv=False)[-1] > 0.3
{new} = np.linalg.eigvalsh({sq} + {sq}.T)  # where: np.all(np.diff(np.linalg.eigvalsh({sq} + {sq}.T)) > 0.2)
{new} = np.linalg.eigh({sq} + {sq}.T)[1] ** 2  # where: np.all(np.diff(np.linalg.eigvalsh({sq} + {sq}.T)) > 0.3)
{new} = np.linalg.svd({rmat}, compute_uv=False)  # where: np.all(np.diff(np.linalg.svd({rmat}, compute_uv=False)) < -0.2) and np.linalg.svd({rmat}, compute_uv=False)[-1] > 0.2
{new} = np.linalg.norm({any})  # where: np.linalg.norm({any}) > 0.3
{new} = np.linalg.norm({rarr}, axis={axis:rarr})  # where: np.all(np.linalg.norm({rarr}, axis={axis:rarr}) > 0.2)
{new} = np.linalg.norm({rvec}, 1)  # same: {rvec} > 0
{new} = np.linalg.norm({rvec}, np.inf)  # same: ({rvec} > 0, np.argmax(np.abs({rvec})))
{new} = np.linalg.norm({rvec}, 3)  # same: {rvec} > 0  # where: np.all(np.abs({rvec}) > 0.1)
{new} = np.linalg.norm({rmat}, 2)  # where: np.linalg.norm({rmat}, 2) > 0.3 and (min({rmat}.shape) < 2 or np.diff(np.linalg.svd({rmat}, compute_uv=False))[0] < -0.2)
{new} = np.linalg.norm({rmat}, 1)  # same: ({rmat} > 0, np.argmax(np.abs({rmat}).sum(0)))
{new} = np.linalg.matrix_power({sq}, 2)
{new} = np.linalg.matrix_power({sq} * 0.3 + 1.5 * np.eye(len({sq})), -2)
{new} = np.linalg.pinv({rmat})  # where: np.linalg.svd({rmat}, compute_uv=False)[-1] > 0.4
{new} = np.linalg.lstsq({rmat}, {rarr})[0]  # where: np.linalg.svd({rmat}, compute_uv=False)[-1] > 0.4
{new} = np.linalg.cond({sq} * 0.3 + 1.5 * np.eye(len({sq})))  # where: np.all(np.diff(np.linalg.svd({sq} * 0.3 + 1.5 * np.eye(len({sq})), compute_uv=False)) < -0.1)
"""

FFT = """
{new} = np.fft.fft({arr})
{new} = np.fft.fft({arr}, axis={axis:arr})
{new} = np.fft.ifft({arr}, n={size})
{new} = np.fft.rfft({rarr})
{new} = np.fft.rfft({rarr}, axis={axis:rarr}, norm="ortho")
{new} = np.fft.irfft({arr})
{new} = np.fft.irfft({arr}, n={size})
{new} = np.fft.fft2({mat})
{new} = np.fft.ifft2({mat})
{new} = np.fft.rfft2({rmat})
{new} = np.fft.fftn({arr})
{new} = np.fft.hfft({arr})
{new} = np.fft.fftshift({arr})
{new} = np.fft.ifftshift({arr}, axes={axis:arr})
{new} = np.real(np.fft.ifft(np.fft.fft({arr}) * {lit}))
{new} = np.abs(np.fft.rfft({rarr})) ** 2
"""

FAMILIES: dict[str, tuple[float, str]] = {
    "elementwise": (5.0, ELEMENTWISE),
    "complex": (1.0, COMPLEX),
    "kinks": (2.5, KINKS),
    "reductions": (2.5, REDUCTIONS),
    "products": (2.5, PRODUCTS),
    "linalg": (1.0, LINALG),
    "fft": (0.7, FFT),
}
