"""`caffe.coord_map`: where a cell of one blob lies in another, and the crop that lays them over.

A convolution with stride s and frame p puts its cell i over cell s i + (k - 1) / 2 - p of what it
reads; a deconvolution does the reverse.  So each layer is an affine map of coordinates, a path is
their composition, and two blobs with a common ancestor have a map between them.  Networks that
label every pixel (Long, Shelhamer & Darrell, 2015) are built with it.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, NamedTuple

from autodiff.core.ground.locations import here
from autodiff.frontends.caffe import layers as L
from autodiff.frontends.caffe.net_spec import Top

PASS = (
    "AbsVal", "BatchNorm", "Bias", "BNLL", "Dropout", "Eltwise", "ELU", "Exp", "Log", "LRN",
    "Power", "ReLU", "PReLU", "Scale", "Sigmoid", "Split", "TanH", "Threshold",
)  # fmt: skip
"""Types that leave every cell where it is."""


class Map(NamedTuple):
    """Cell i of one blob is cell scale * i + shift of another, along axes from `axis` on."""

    axis: int | None = None
    scale: tuple[Fraction, ...] = (Fraction(1),)
    shift: tuple[Fraction, ...] = (Fraction(0),)

    def then(self, other: Map) -> Map:
        """This map, and then the other."""
        axes = [m.axis for m in (self, other) if m.axis is not None]
        if len(set(axes)) > 1:
            raise ValueError(f"axes {axes} of the maps on a path differ.{here()}")
        n = max(len(self.scale), len(other.scale))
        rows = zip(*(t * n if len(t) < n else t for m in (self, other) for t in m[1:]), strict=True)
        found = [(a * c, c * b + d) for a, b, c, d in rows]
        scale, shift = zip(*found, strict=True)
        return Map(axes[0] if axes else None, scale, shift)

    def inverse(self) -> Map:
        """The way back."""
        pairs = list(zip(self.scale, self.shift, strict=True))
        return Map(self.axis, tuple(1 / a for a, _ in pairs), tuple(-b / a for a, b in pairs))


def _window(settings: dict[str, Any], name: str, default: int) -> list[int]:
    """A setting of height and width."""
    short = name.partition("_")[0]
    single, high, wide = (settings.get(n) for n in (name, f"{short}_h", f"{short}_w"))
    if high is not None and wide is not None:
        return [high, wide]
    single = default if single is None else single
    return list(single) if isinstance(single, list | tuple) else [single]


def coord_map(function: Any) -> Map:
    """From a cell of the layer's top to the cell of its bottom under it."""
    kind, given = function.type_name, function.settings
    if kind in PASS:
        return Map()
    if kind == "Crop":
        own = given.get("crop_param", given)
        offset = own.get("offset", 0)
        offsets = offset if isinstance(offset, list | tuple) else [offset]
        return Map(own.get("axis", 2), (Fraction(1),) * len(offsets), tuple(map(Fraction, offsets)))
    if kind not in ("Convolution", "Pooling", "Deconvolution"):
        raise LookupError(kind)
    own = given.get("pooling_param" if kind == "Pooling" else "convolution_param", given)
    sizes = [_window(own, *n) for n in (("kernel_size", 1), ("stride", 1), ("pad", 0))]
    gaps = _window(own, "dilation", 1)
    n = max(map(len, [*sizes, gaps]))
    kernel, stride, pad, gap = (v * n if len(v) < n else v for v in [*sizes, gaps])
    middle = [Fraction(g * (k - 1), 2) - p for k, p, g in zip(kernel, pad, gap, strict=True)]
    found = Map(own.get("axis", 1) + 1, tuple(map(Fraction, stride)), tuple(middle))
    return found.inverse() if kind == "Deconvolution" else found


def _above(top: Top) -> dict[Top, Map]:
    """Every blob that a blob is computed from, with the map to it."""
    found, waiting = {top: Map()}, [top]
    while waiting:
        own = waiting.pop()
        function = own.function
        try:
            step = coord_map(function)
        except LookupError:
            continue
        bottoms = function.inputs[:1] if function.type_name == "Crop" else function.inputs
        for bottom in bottoms:
            if bottom not in found:
                found[bottom] = found[own].then(step)
                waiting.append(bottom)
    return found


def coord_map_from_to(top_from: Top, top_to: Top) -> tuple[int | None, list[float], list[float]]:
    """(axis, a, b): cell i of `top_to` lies over cell i / a - b / a of `top_from`."""
    found = _between(top_from, top_to)
    return found.axis, [float(a) for a in found.scale], [float(b) for b in found.shift]


def _between(top_from: Top, top_to: Top) -> Map:
    sources = _above(top_from)
    for common, way in _above(top_to).items():
        if common in sources:
            return sources[common].then(way.inverse())
    raise RuntimeError(
        f"the two blobs are computed from nothing in common whose cells can be followed.{here()}"
    )


def crop(top_from: Top, top_to: Top) -> Any:
    """A Crop layer: the part of `top_from` that lies over `top_to`."""
    found = _between(top_from, top_to)
    if any(a != 1 for a in found.scale):
        raise AssertionError(f"scale mismatch on crop: {[float(a) for a in found.scale]}.{here()}")
    if any(b > 0 or b.denominator != 1 for b in found.shift):
        starts = [-float(b) for b in found.shift]
        raise AssertionError(f"a crop begins at a whole place >= 0, not at {starts}.{here()}")
    offset = [int(-b) for b in found.shift]
    return L.Crop(top_from, top_to, crop_param={"axis": found.axis, "offset": offset})
