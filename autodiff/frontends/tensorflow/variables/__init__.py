"""Variables: tensors that a session keeps between runs, their names, scopes and first values.

`scopes` has `get_variable` and sharing, `initialization` the lists of all variables,
`initializers` the distributions that they start from.
"""

from types import ModuleType

from autodiff.frontends.tensorflow.variables.initialization import (
    all_variables,
    initialize_all_tables,
    initialize_all_variables,
    initialize_local_variables,
    initialize_variables,
    is_variable_initialized,
    local_variables,
    moving_average_variables,
    report_uninitialized_variables,
    trainable_variables,
)
from autodiff.frontends.tensorflow.variables.initializers import (
    constant_initializer,
    ones_initializer,
    random_normal_initializer,
    random_uniform_initializer,
    truncated_normal_initializer,
    uniform_unit_scaling_initializer,
    zeros_initializer,
)
from autodiff.frontends.tensorflow.variables.scatter import (
    scatter_add,
    scatter_div,
    scatter_mul,
    scatter_nd_add,
    scatter_nd_sub,
    scatter_nd_update,
    scatter_sub,
    scatter_update,
)
from autodiff.frontends.tensorflow.variables.scopes import (
    AUTO_REUSE,
    VariableScope,
    add_to_collection,
    get_collection,
    get_collection_ref,
    get_variable,
    get_variable_scope,
    name_scope,
    op_scope,
    variable_op_scope,
    variable_scope,
)
from autodiff.frontends.tensorflow.variables.template import make_template
from autodiff.frontends.tensorflow.variables.variables import (
    GraphKeys,
    Variable,
    assign,
    assign_add,
    assign_sub,
    count_up_to,
)

__all__ = [
    name
    for name, value in globals().items()
    if not name.startswith("_") and not isinstance(value, ModuleType) and name != "ModuleType"
]
