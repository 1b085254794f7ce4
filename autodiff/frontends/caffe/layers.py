"""`caffe.layers`: `L.InnerProduct(bottom, num_output=10)` writes a layer down for `NetSpec`."""

from __future__ import annotations

from typing import Any

from autodiff.frontends.caffe.net_spec import Function


def __getattr__(name: str) -> Any:
    if not name[:1].isupper():
        raise AttributeError(name)

    def layer(*inputs: Any, **settings: Any) -> Any:
        made = Function(name, inputs, settings)
        return made.tops[0] if made.ntop == 1 else made.tops if made.ntop else made

    return layer
