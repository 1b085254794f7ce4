"""The engine, in rooms that build on each other; imports point down this list.

    transforms   grad, jvp, vjp, jacobian, hessian, custom rules: what users call
    batch        many tangents or cotangents pushed through a program at once
    reverse      Tensor, the tape and the sweep back along it
    forward      Dual numbers, and tangents pushed along a tape
    inside       what NumPy does not hand over while the user's function runs, and running it
    values       what traced values have in common: NumPy's protocols, operators, in-place changes
    arguments    nested containers, and which of their leaves vary
    language     op, kinds, dispatch by level, equations and programs
    ground       errors, the user's line, scopes, watchers

The idea of the whole can be read in an hour, in this order, without the rest:

 1. `language.dispatch`    which trace handles an operation: the innermost
 2. `language.op`          an operation is a record: its value, its jvp, its vjp
 3. `language.kinds`       both of these derived from one local derivative
 4. `forward.dual`         a number with its tangent
 5. `language.equation`    one recorded operation
 6. `reverse.tensor`       an array that remembers how it was computed
 7. `reverse.sweep`        cotangents travel up the list of equations
 8. `transforms.forward`, `transforms.reverse`   jvp, vjp and grad

Everything else is speed, safety or convenience, and stands beside it.
"""
