"""Elements of arrays by their place in memory, told apart for the compiler.

The shapes and strides of a program are fixed, so that an element is found by its place: a number
of elements from the first one.  To vectorize a loop LLVM must know that what is stored does not
change what is loaded; of many arrays it does not try to find out.  Here each loop says so itself
(LLVM's `alias.scope` and `noalias`): `scope` is the number of the loop, `own` the number of the
array that the loop changes, 0 for those that it only reads, `most` the largest of these.
"""

# mypy: ignore-errors
from __future__ import annotations

from llvmlite import ir
from numba import types
from numba.core.datamodel import default_manager
from numba.extending import intrinsic
from numba.np import arrayobj


def _marked(builder, instruction, scope, own, most):
    """Say which loop an access is part of, and which accesses it never meets."""
    module = builder.module
    domain = module.add_metadata(["autodiff loops"])
    scopes = [
        module.add_metadata([f"autodiff loop {scope} array {one}", domain])
        for one in range(most + 1)
    ]
    instruction.set_metadata("alias.scope", module.add_metadata([scopes[own]]))
    others = [one for place, one in enumerate(scopes) if place != own]
    if others:
        instruction.set_metadata("noalias", module.add_metadata(others))


def pointer_to(context, builder, kind, array, place):
    """The pointer to the element of an array at a place."""
    own = arrayobj.make_array(kind)(context, builder, array)
    return builder.gep(own.data, [place], inbounds=True)


@intrinsic(prefer_literal=True)
def load(_context, array, place, scope, own, most):
    """The element of an array at a place."""
    marks = [one.literal_value for one in (scope, own, most)]

    def generate(context, builder, signature, args):
        pointer = pointer_to(context, builder, signature.args[0], args[0], args[1])
        model = default_manager[array.dtype]
        found = builder.load(pointer)
        _marked(builder, found, *marks)
        return model.from_data(builder, found)

    return array.dtype(array, types.intp, scope, own, most), generate


@intrinsic(prefer_literal=True)
def store(_context, array, place, value, scope, own, most):
    """Set the element of an array at a place."""
    marks = [one.literal_value for one in (scope, own, most)]

    def generate(context, builder, signature, args):
        pointer = pointer_to(context, builder, signature.args[0], args[0], args[1])
        model = default_manager[array.dtype]
        done = builder.store(model.as_data(builder, args[2]), pointer)
        _marked(builder, done, *marks)
        return ir.Constant(ir.IntType(8).as_pointer(), None)

    return types.none(array, types.intp, array.dtype, scope, own, most), generate
