"""Every argument of a front end's function is read, refused, or of a kind that changes nothing.

What is dropped in silence gives a wrong result without a word, so this is looked for in the text of
all front ends.
"""

import ast
from pathlib import Path

import pytest

import autodiff.frontends

ROOT = Path(autodiff.frontends.__file__).parent
SYSTEMS = sorted(p.name for p in ROOT.iterdir() if p.is_dir())
CHANGES_NOTHING = {
    "where something is computed, and how fast": """
        array context ctx device kvstore stream use_cudnn use_cudnn_engine use_cntk_engine rank
        deterministic compression mode profile allow_gc accept_inplace rebuild_strict fused unroll
        consume_less retain_graph always_copy allow_up_sizing partial_shaping stochastic_round
        return_internal_type acc_dtype log_token distributed_freq distributed_first""",
    "what is shown": """
        verbose trace_level gen_heartbeat progress_bar training_length test_first title width
        interval force rankdir show_shapes show_layer_names function_style variable_style help
        ignored ran add_names""",
    "a name that nothing looks up": "name scope",
    "told by the arrays themselves": """
        shape shapes dtypes input_shape output_shape filter_shape image_shape ndim dtype
        needs_gradient""",
    "which file, where none is read or fetched": "path origin untar",
    "what every hook of a kind is handed": """
        logs epoch epochs batch trainer param index count state bottoms inference x mask input
        gradOutput grad_outputs g""",
    "statistics of chainer's function, which works on copies": "running_mean running_var decay",
    "checks that a program may ask for": "strict",
    "settings of another one, which is refused": "cval seed",
    "accepted by its author, and said so in the docstring": "dst deep train_set",
}
IDLE = {word for words in CHANGES_NOTHING.values() for word in words.split()}


def functions(system):
    """The functions of a front end, with whether a program can call them, and where they stand."""

    def found(node, outside):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef):
                own = child.name in ("__init__", "__call__") or not child.name.startswith("_")
                yield child, outside and own
                yield from found(child, False)
            else:
                private = isinstance(child, ast.ClassDef) and child.name.startswith("_")
                yield from found(child, outside and not private)

    for path in (ROOT / system).rglob("*.py"):
        for node, called in found(ast.parse(path.read_text(encoding="utf-8")), True):
            yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", node, called


def does_nothing(function):
    """Whether a function only refuses, or is there for others to write."""
    return all(
        isinstance(s, ast.Expr | ast.Raise | ast.Pass)
        or (isinstance(s, ast.Return) and isinstance(s.value, ast.Constant | ast.Name | None))
        for s in function.body
    )


def swallows(function):
    """Whether a function takes further named arguments, and never looks at all of them."""
    kwarg = function.args.kwarg
    if kwarg is None or kwarg.arg.startswith("_") or does_nothing(function):
        return False
    inside = [n for s in function.body for n in ast.walk(s)]
    parts = {
        id(n.value) for n in inside
        if isinstance(n, ast.Subscript) or (isinstance(n, ast.Attribute) and n.attr == "get")
    } | {id(c) for n in inside if isinstance(n, ast.Compare) for c in n.comparators}  # fmt: skip
    uses = [n for n in inside if isinstance(n, ast.Name) and n.id == kwarg.arg]
    declared = any("op" in ast.unparse(d).split("(")[0] for d in function.decorator_list)
    return not declared and all(id(use) in parts for use in uses)


def unread(function):
    """The named arguments that a function never looks at, and that would change something."""
    args = function.args
    named = {a.arg for a in (*args.posonlyargs, *args.args, *args.kwonlyargs)} - {"self", "cls"}
    inside = {n.id for s in function.body for n in ast.walk(s) if isinstance(n, ast.Name)}
    if "locals" in inside or does_nothing(function):
        return set()
    return {name for name in named - inside - IDLE if not name.startswith("_")}


@pytest.mark.parametrize("system", SYSTEMS)
def test_no_function_swallows_arguments(system):
    found = [
        place for place, node, _ in functions(system)
        if swallows(node) and place.partition(":")[0] != "common/options.py"
    ]  # fmt: skip
    assert not found, "these drop what they are given; name it, or write only(...): " + str(found)


@pytest.mark.parametrize("system", [s for s in SYSTEMS if s != "tensorflow"])
def test_every_named_argument_is_read_or_changes_nothing(system):
    found = {
        place: names for place, node, called in functions(system)
        if called and (names := unread(node))
    }  # fmt: skip
    assert not found, f"use these, or refuse them by only(...): {found}"


def test_the_words_that_change_nothing_are_all_there():
    """A word that nobody drops any more would hide one that is dropped tomorrow."""
    every = {
        a.arg
        for s in SYSTEMS
        for _, f, _ in functions(s)
        for a in (*f.args.args, *f.args.kwonlyargs)
    }
    assert not IDLE - every
