"""Reading and rearranging: indices, views, shapes, joins."""

INDEXING = """
{new} = {arr}[{index:arr}]
{new} = {arr}[{index:arr}]
{new} = {arr}[{fancy:arr}]
{new} = {arr}[{place:arr}]
{new} = np.take({arr}, {places:arr})
{new} = np.take({arr}, [0, -1, 0], axis={axis:arr})
{new} = {arr}.take({places:arr})
{new} = np.take({arr}, 0)
{new} = np.compress({mask:arr}.ravel()[:2], {arr}, axis=0)
{new} = np.delete({arr}, 0, axis={axis:arr})
{new} = np.insert({vec}, 1, {num})
{new} = np.tril({mat})
{new} = np.triu({mat}, 1)
{new} = {mat}[np.tril_indices({size}, 0, 2)]
{new} = {arr}[-1] - {arr}[0]
{new} = {arr}[1:] - {arr}[:-1]
{new} = {mat}[:, {place:mat}] * {num}
{new} = {arr}[...]
{new} = {arr}[()]
{new} = np.flip({arr}, {axis:arr})[{index:arr}]
{new} = {arr}.ravel()[{places:arr}]
{new} = {arr}.flat[0]
{new} = {arr}.flat[{places:arr}]
{new} = np.take_along_axis({vec}, np.array([0, 0]), axis=0)
"""

VIEWS = """
{new} = {arr}[{view:arr}]
{new} = {arr}[{view:arr}]
{new} = {arr}.T
{new} = {any}.T
{new} = {arr}.reshape({shape:arr})
{new} = np.reshape({arr}, {shape:arr})
{new} = {arr}.reshape({shape:arr}, order="F")
{new} = {arr}.ravel()
{new} = np.ravel({any}, order="{order}")
{new} = {arr}.transpose({perm:arr})
{new} = np.transpose({arr}, {perm:arr})
{new} = np.swapaxes({arr}, {axis:arr}, 0)
{new} = np.moveaxis({arr}, {axis:arr}, 0)
{new} = np.rollaxis({arr}, {axis:arr})
{new} = np.expand_dims({any}, 0)
{new} = {any}[None]
{new} = {any}[..., None]
{new} = np.squeeze({any})
{new} = {arr}.squeeze()
{new} = np.flip({arr}, {axis:arr})
{new} = np.flipud({arr})
{new} = np.rot90({mat})
{new} = np.atleast_1d({any})
{new} = np.atleast_2d({any})
{new} = np.broadcast_to({any}, (2, *np.shape({any})))
{new} = np.diagonal({mat})
{new} = {any}
{new} = np.real({any})
{new} = np.imag({cpx})
{new} = np.asarray({any})
{new} = np.ascontiguousarray({arr})
{new} = np.asfortranarray({arr})
{new} = np.array({any}, copy=False)
{new} = np.split({arr}, 1)[0]
{new}, {new2} = np.array_split({arr}, 2)  # where: len({arr}) > 1
{new} = np.hsplit({mat}, 1)[0]
{new} = np.nan_to_num({arr}, copy=False)
{new} = {arr}.astype({dtype:arr}, copy=False)
{new} = np.lib.stride_tricks.sliding_window_view({vec}, 2)
{new} = {arr}.view()
"""

COPIES = """
{new} = {any}.copy()
{new} = np.copy({any})
{new} = np.array({any})
{new} = {any} * 1.0
{new} = {arr}.flatten()
{new} = {arr}.flatten("F")
{new} = np.roll({arr}, {size})
{new} = np.roll({arr}, 1, axis={axis:arr})
{new} = np.tile({any}, 2)
{new} = np.repeat({any}, 2)
{new} = np.repeat({arr}, 2, axis={axis:arr})
{new} = np.pad({arr}, 1)
{new} = np.pad({vec}, (1, 2), mode="edge")
{new} = np.pad({vec}, 1, mode="reflect")
{new} = np.resize({arr}, (2, 2))
{new} = np.trim_zeros({vec})  # same: {vec} == 0
{new} = np.full({like:any}, {num})
{new} = np.full_like({arr}, {num})
{new} = np.zeros_like({arr})
{new} = np.ones_like({any}) * {num}
_n = {num}; {new} = np.empty_like({arr}); {new}[...] = _n
{new} = np.meshgrid({vec}, {vec2})[0]
{new} = np.linspace({num}, {lit}, 4)
{new} = np.broadcast_arrays({any}, {any2})[0] * 1.0
{new} = np.fromiter({vec}, float)
{new} = np.triu_indices(2)[0] * {num}
{new} = np.asarray([{num}, {num2}])
{new} = np.array([{num}, {num2}, 0.5])
{new} = np.array([[{num}, 1.0], [{lit}, {num2}]])
{new} = np.array([{vec}, {vec}])
{new} = np.array([v ** 2 for v in {vec}])
{new} = np.asarray([{vec}[0], {vec}[-1] * {num}])
{new} = np.array({arr}.tolist())
"""

JOINS = """
{new} = np.concatenate([{arr}, {arr2}])
{new} = np.concatenate([{arr}, {arr2}], axis={axis:arr})
{new} = np.concatenate([{arr}, {arr}], axis=None)
{new} = np.concatenate(({vec}, {vec2}, [0.5]))
{new} = np.stack([{any}, {any2}])
{new} = np.stack([{any}, {any}], axis=-1)
{new} = np.hstack([{arr}, {arr2}])
{new} = np.vstack([{arr}, {arr2}])
{new} = np.vstack([{vec}, {vec} * 2])
{new} = np.dstack([{arr}, {arr2}])
{new} = np.column_stack([{vec}, {vec2}])
{new} = np.append({arr}, {any})
{new} = np.append({vec}, 0.3)
{new} = np.block([{vec}, {vec2}])
{new} = np.r_[{vec}, 0.5, {vec2}]
{new} = np.c_[{vec}, {vec}]
{new} = np.hstack([{num}, {vec}])
{new} = np.stack([v * {num} for v in {arr}])
"""

FAMILIES: dict[str, tuple[float, str]] = {
    "indexing": (2.5, INDEXING),
    "views": (3.0, VIEWS),
    "copies": (2.0, COPIES),
    "joins": (1.2, JOINS),
}
