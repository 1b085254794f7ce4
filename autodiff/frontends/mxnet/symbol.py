"""`mx.sym`: expressions without shapes, whose missing arguments become variables.

A Symbol is a list of outputs of equations.  `infer_shape` follows shapes from the data on;
`simple_bind` and `bind` make an `Executor` of it.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from autodiff.core.ground.errors import AutodiffWarning
from autodiff.core.ground.locations import here, stacklevel
from autodiff.core.language.equation import Equation, history
from autodiff.frontends.common.options import only
from autodiff.frontends.mxnet.symbols.binding import Binds
from autodiff.frontends.mxnet.symbols.nodes import applied, output_name, variable
from autodiff.frontends.mxnet.symbols.text import read, written
from autodiff.frontends.mxnet.table.operators import OPS
from autodiff.frontends.mxnet.table.shapes import inferred

_counts: dict[str, int] = {}


class Symbol(Binds):
    """One or several outputs of a graph.

    >>> net = FullyConnected(Variable("data"), num_hidden=3, name="fc")
    >>> net.list_arguments(), net.infer_shape(data=(4, 2))[0]
    (['data', 'fc_weight', 'fc_bias'], [(4, 2), (3, 2), (3,)])
    """

    def __init__(self, outputs: list[tuple[Equation, int]]) -> None:
        self.heads = outputs

    # -- looking ----------------------------------------------------------------------------------

    @property
    def nodes(self) -> list[Equation]:
        """All equations, arguments before what uses them, depth first."""
        found: dict[Equation, None] = {}

        def visit(node: Equation) -> None:
            if node in found:
                return
            for parent, _ in node.note["from"]:
                visit(parent)
            found[node] = None

        for node, _ in self.heads:
            visit(node)
        return list(found)

    @property
    def name(self) -> str | None:
        """The name of a single output's node."""
        return self.heads[0][0].name if len(self.heads) == 1 else None

    def list_arguments(self) -> list[str]:
        """The variables, in the order of a walk depth first."""
        return [n.name for n in self.nodes if n.op is None and not n.note.get("aux")]

    def list_auxiliary_states(self) -> list[str]:
        """States that are kept beside the parameters, such as running averages."""
        return [n.name for n in self.nodes if n.op is None and n.note.get("aux")]

    def list_outputs(self) -> list[str]:
        """The outputs' names."""
        return [output_name(node, place) for node, place in self.heads]

    def get_internals(self) -> Symbol:
        """All outputs inside, to choose from: `net.get_internals()["fc1_output"]`."""
        heads = [(n, i) for n in self.nodes for i in range(n.note.get("outputs", 1))]
        return Symbol(heads)

    def attr(self, key: str) -> Any:
        """A setting."""
        return self.heads[0][0].note.get("settings", {}).get(key)

    def __getitem__(self, index: Any) -> Symbol:
        if isinstance(index, str):
            index = self.list_outputs().index(index)
        return Symbol([self.heads[index]])

    def __len__(self) -> int:
        return len(self.heads)

    def __iter__(self) -> Any:
        return (self[i] for i in range(len(self.heads)))

    def __repr__(self) -> str:
        return f"<Symbol {self.name or 'group [' + ', '.join(self.list_outputs()) + ']'}>"

    def __bool__(self) -> bool:
        return True

    def __call__(self, name: str | None = None, **given: Symbol) -> Symbol:
        """The same graph, under a name, with other symbols in place of its variables."""
        known = self.list_arguments()
        unknown = next((word for word in given if word not in known), None)
        if unknown is not None:
            raise TypeError(
                f"the symbol has no variable {unknown!r}; there are {', '.join(known)}.{here()}"
            )
        head = self.heads[0][0]
        new: dict[Equation, Any] = {}
        for node in self.nodes:
            if node.op is None:
                new[node] = given[node.name].heads[0] if node.name in given else (node, 0)
            else:
                parents = [new[p] if p.op is None else (new[p][0], i) for p, i in node.note["from"]]
                label = name if name and node is head else node.name
                made = applied(node.note["entry"], parents, node.note["settings"], label)
                new[node] = (made, 0)
        return Symbol([(new[n][0], i) for n, i in self.heads])

    def tojson(self) -> str:
        """The graph as text."""
        return written(self.nodes, self.heads)

    def save(self, fname: str) -> None:
        """The text into a file."""
        with open(fname, "w") as file:
            file.write(self.tojson())

    def debug_str(self) -> str:
        """The nodes, one a line."""
        return "\n".join(
            f"{n.note['entry'].name if n.op else 'Variable'}:{n.name}" for n in self.nodes
        )

    def as_subject(self, ran: Any = None) -> Any:
        """What `ad.draw(net)` draws."""
        from autodiff.frontends.common.picture import written_subject

        ends = [n for n, _ in self.heads]
        return written_subject(self.name or "the symbol", history(ends), ends)

    # -- shapes -----------------------------------------------------------------------------------

    def infer_shape(self, *args: Any, **known: Any) -> Any:
        """The shapes of arguments, outputs and auxiliary states; three times None where too little
        is known, which a warning says."""
        known |= dict(zip(self.list_arguments(), args, strict=False))
        shapes, missing = inferred(self, known)
        if missing:
            warnings.warn(
                f"infer_shape: not enough is known; the shape of {missing[0]} is missing.{here()}",
                AutodiffWarning,
                stacklevel=stacklevel(),
            )
            return None, None, None
        nodes = self.nodes
        return (
            [shapes[n, 0] for n in nodes if n.op is None and not n.note.get("aux")],
            [shapes[h] for h in self.heads],
            [shapes[n, 0] for n in nodes if n.op is None and n.note.get("aux")],
        )

    def infer_type(self, **known: Any) -> Any:
        """float32, for all that is not told otherwise."""
        names = self.list_arguments()
        default = next(iter(known.values()), np.float32)
        return (
            [known.get(n, default) for n in names], [default] * len(self.heads),
            [default] * len(self.list_auxiliary_states()),
        )  # fmt: skip


def Variable(
    name: str, attr: Any = None, shape: Any = None, lr_mult: Any = None, wd_mult: Any = None,
    dtype: Any = None, init: Any = None, **options: Any,
) -> Symbol:  # fmt: skip
    """An input, which gets its array when the symbol is bound.

    `lr_mult` and `wd_mult` are its factors of the rate and the weight decay, `init` fills it
    whatever its name is; `attr` may hold the same.
    """
    told = {word.strip("_"): value for word, value in (attr or {}).items()}
    only("Variable", {k: v for k, v in options.items() if not k.startswith("__")}, "stype")
    if not isinstance(name, str):
        raise TypeError(f"Expect a string for variable `name`, not {name!r:.50}.{here()}")
    note: dict[str, Any] = {
        "shape": shape, "init": init,
        "lr_mult": told.get("lr_mult") if lr_mult is None else lr_mult,
        "wd_mult": told.get("wd_mult") if wd_mult is None else wd_mult,
    }  # fmt: skip
    return Symbol([(variable(name, **note), 0)])


var = Variable


def Group(symbols: Any) -> Symbol:
    """Several symbols as one with several outputs."""
    return Symbol([head for s in symbols for head in s.heads])


def create(name: str, inputs: Any, given: dict[str, Any], label: str | None) -> Symbol:
    """The symbol of an op; arguments that are not given become variables named after it."""
    entry = OPS[name]
    settings = entry.understood({k: v for k, v in given.items() if not isinstance(v, Symbol)})
    short = entry.name.lower().lstrip("_")
    if label is None:
        number = _counts.get(short, 0)
        _counts[short] = number + 1
        label = f"{short}{number}"
    for x in inputs:
        if not isinstance(x, Symbol):
            raise TypeError(
                f"{name} takes Symbols, and got {type(x).__name__}: a Symbol has no numbers in it. "
                f"Use mx.nd.{name} for arrays.{here()}"
            )
    parents = [x.heads[0] for x in inputs]
    names = entry.names(settings)
    if names != ("*",):
        by_name = {k: v for k, v in given.items() if isinstance(v, Symbol)}
        parents = parents[: len(names)]
        for place, argument in enumerate(names):
            if place < len(parents):
                continue
            made = by_name.get(argument) or Variable(f"{label}_{argument}")
            parents.append(made.heads[0])
        for argument in entry.aux:
            state = Variable(f"{label}_{argument}").heads[0]
            state[0].note["aux"] = True
            parents.append(state)
    node = applied(entry, parents, settings, label)
    return Symbol([(node, i) for i in range(node.note["outputs"])])


def load(fname: str) -> Symbol:
    """A symbol from a file."""
    with open(fname) as file:
        return load_json(file.read())


def load_json(text: str) -> Symbol:
    """A symbol from its text."""
    return Symbol(read(text))


def _function(name: str) -> Any:
    def op(*inputs: Any, name: str | None = None, _op: str = name, **given: Any) -> Symbol:
        given = {k: v for k, v in given.items() if k != "attr"}
        names = OPS[_op].arguments
        listed = [x for x in inputs]
        for argument in names:
            if (
                argument in given
                and isinstance(given[argument], Symbol)
                and len(listed) == names.index(argument)
            ):
                listed.append(given.pop(argument))
        return create(_op, listed, given, name)

    op.__name__ = op.__qualname__ = name
    op.__doc__ = f"The op {name}, written down."
    return op


for _name in OPS:
    if not _name.startswith("_"):
        globals().setdefault(_name, _function(_name))


def _binary(sign: str, name: str) -> None:
    def forward(self: Symbol, other: Any) -> Symbol:
        if isinstance(other, Symbol):
            return create(name, [self, other], {}, None)
        if not np.isscalar(other):
            raise TypeError(f"a Symbol and {type(other).__name__} don't mix.{here()}")
        return create(name + "_scalar", [self], {"scalar": other}, None)

    def reflected(self: Symbol, other: Any) -> Symbol:
        if not np.isscalar(other):
            raise TypeError(f"a Symbol and {type(other).__name__} don't mix.{here()}")
        return create(name + "_scalar", [self], {"scalar": other, "reverse": True}, None)

    setattr(Symbol, f"__{sign}__", forward)
    setattr(Symbol, f"__r{sign}__", reflected)


for _sign, _name in {"add": "_plus", "sub": "_minus", "mul": "_mul", "truediv": "_div",
                     "pow": "_power"}.items():  # fmt: skip
    _binary(_sign, _name)
Symbol.__neg__ = lambda self: self * -1.0  # type: ignore[attr-defined]
Symbol.__array_ufunc__ = None  # type: ignore[attr-defined]


def maximum(left: Any, right: Any) -> Any:
    """The larger of each pair; a tie goes to both."""
    if not isinstance(left, Symbol):
        left, right = right, left
    if isinstance(right, Symbol):
        return create("_maximum", [left, right], {}, None)
    return create("_maximum_scalar", [left], {"scalar": right}, None)
