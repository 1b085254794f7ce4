"""Caffe (2016): a net is data.  A text file lists layers, which pass blobs of data and diff.

    net = caffe.Net("lenet.prototxt", caffe.TRAIN)
    net.forward(); net.backward()
    net.blobs["ip1"].data, net.params["ip1"][0].diff     # arrays, written again by the next pass

    solver = caffe.SGDSolver("lenet_solver.prototxt")    # the solver's file says how to train
    solver.step(100)

The unit that has a derivative is the layer: each has a forward and a backward, which come from the
registry's ops.  Files are read by protobuf's own text format, over a schema of what is here.
"""

from autodiff.frontends.caffe import layers, params, proto
from autodiff.frontends.caffe.blob import Blob, set_dtype
from autodiff.frontends.caffe.layer_types.base import Layer, layer_type_list, register
from autodiff.frontends.caffe.net import TEST, TRAIN, Net
from autodiff.frontends.caffe.net_spec import NetSpec, to_proto
from autodiff.frontends.caffe.solver import (
    AdaDeltaSolver,
    AdaGradSolver,
    AdamSolver,
    NesterovSolver,
    RMSPropSolver,
    SGDSolver,
    get_solver,
)
from autodiff.frontends.caffe.sources import register_source


def set_mode_cpu() -> None:
    """There is one mode."""


def set_mode_gpu() -> None:
    """Accepted; the CPU computes."""


def set_device(device: int) -> None:
    """Accepted; there is one device."""


def set_random_seed(seed: int) -> None:
    """Start the random numbers anew (they are NumPy's, not Caffe's)."""
    from autodiff.frontends.caffe import blob

    blob.generator[0] = blob.np.random.default_rng(int(seed))
