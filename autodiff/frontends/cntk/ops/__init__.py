"""Operations on functions: `elementwise`, sums and losses (`reducing`), `images`, `sequence`.

`from cntk.ops import *` brings inputs, parameters and constants too, as its programs expect.
"""

from autodiff.frontends.cntk.axis import Axis
from autodiff.frontends.cntk.graph.combining import combine
from autodiff.frontends.cntk.graph.functions import (
    constant,
    input_variable,
    parameter,
    placeholder,
    placeholder_variable,
)
from autodiff.frontends.cntk.ops import sequence
from autodiff.frontends.cntk.ops.elementwise import *
from autodiff.frontends.cntk.ops.images import (
    AVG_POOLING,
    MAX_POOLING,
    batch_normalization,
    convolution,
    pooling,
)
from autodiff.frontends.cntk.ops.reducing import *
from autodiff.frontends.cntk.ops.sequence import future_value, past_value
