"""The shape of the code: imports point one way, modules stay small, importing stays light."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import autodiff

ROOT = Path(autodiff.__file__).parent
LAYERS = [
    "core",
    "ops",
    "check",
    "source",
    "view",
    "nn",
    "optim",
    "data",
    "frontends",
    "examples",
    "cli",
]
RANK = {
    "core": 0,
    "ops": 1,
    "check": 2,
    "source": 2,
    "view": 3,
    "nn": 4,
    "optim": 4,
    "data": 4,
    "frontends": 5,
    "course": 6,
    "examples": 6,
    "cli": 7,
}
ROOMS = {
    "core": {
        "ground": 0,
        "language": 1,
        "arguments": 2,
        "values": 3,
        "inside": 4,
        "forward": 5,
        "reverse": 5,
        "batch": 5,
        "transforms": 6,
    },
    "ops": {
        "ground": 0,
        "arranging": 1,
        "elementwise": 1,
        "summing": 2,
        "linear": 2,
        "networks": 3,
        "later": 4,
    },
    "check": {
        "kinks": 0,
        "traps": 1,
    },
    "view": {
        "words": 0,
        "records": 1,
        "findings": 2,
        "pictures": 3,
        "live": 4,
        "player": 5,
        "charts": 4,
    },
    "view.pictures": {
        "boxes": 0,
        "layout": 1,
        "pages": 2,
        "map": 3,
        "kinds": 4,
    },
    "source": {
        "guards": 0,
        "records": 1,
        "rewriting": 2,
        "words": 2,
        "loops": 3,
        "text": 4,
        "languages": 5,
        "program": 6,
        "compiled": 7,
    },
    "source.compiled": {"kernels": 0},
    "data": {
        "ground": 0,
        "reading": 1,
        "records": 1,
        "checkpoints": 1,
        "events": 2,
    },
    "course": {
        "helpers": 0,
        "judging": 1,
        "exercises": 2,
        "lessons": 3,
        "grading": 4,
        "pages": 4,
        "graders": 5,
        "web": 5,
    },
    "frontends.tensorflow": {
        "ground": 0,
        "inference": 1,
        "platform": 1,
        "graph": 2,
        "running": 3,
        "derivatives": 3,
        "declaring": 3,
        "ops": 4,
        "control": 5,
        "variables": 6,
        "nn": 7,
        "input": 7,
        "data": 7,
        "image": 8,
        "layers": 8,
        "summary": 8,
        "saving": 9,
        "train": 10,
        "contrib": 11,
        "feature_column": 12,
        "estimator": 13,
    },
}
"""The rooms of each folder that has any; one may import those of lower rank, and modules beside them."""
MODULES = sorted(ROOT.rglob("*.py"))
LONG = {
    "autodiff.core.forward.dual": 310,  # each mode's innermost loop: a class more in the order of
    "autodiff.core.values.tracer": 335,  # resolution would be looked at in every operation
    "autodiff.source.compiled.kernels.loops": 350,  # one class, whose methods share every field
}
"""Modules of one idea that have more than 300 lines, and how many at most; none is to be added."""


def module_name(path):
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def layer(name):
    parts = name.split(".")
    return parts[1] if len(parts) > 1 else None


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_imports_point_one_way(path):
    own = layer(module_name(path))
    if own is None:
        return
    for name in imports(path):
        other = layer(name) if name.startswith("autodiff.") else None
        if other in RANK and own in RANK:
            assert RANK[other] < RANK[own] or other == own, f"{module_name(path)} imports {name}"


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_imports_between_rooms_point_one_way(path):
    own = module_name(path)
    for folder, rooms in ROOMS.items():
        prefix = f"autodiff.{folder}."
        room = own.removeprefix(prefix).split(".")[0]
        if not own.startswith(prefix) or room not in rooms:
            continue
        for name in imports(path):
            if name.startswith(prefix):
                other = name.removeprefix(prefix).split(".")[0]
                allowed = other == room or rooms.get(other, -1) < rooms[room]
                assert allowed, f"{own} imports {name}"


@pytest.mark.parametrize("folder", ROOMS)
def test_every_room_has_a_rank_and_says_its_idea(folder):
    home = ROOT / folder.replace(".", "/")
    rooms = {path.parent.name: path for path in home.glob("*/__init__.py")}
    assert set(rooms) == set(ROOMS[folder])
    for name, path in rooms.items():
        assert len(ast.get_docstring(ast.parse(path.read_text()))) > 80, name


def test_no_cycles():
    known = {module_name(path): path for path in MODULES}
    graph = {
        name: {i for i in imports(path) if i in known and i != name and i != "autodiff"}
        for name, path in known.items()
    }
    done, open_ = set(), []

    def visit(name):
        assert name not in open_, " -> ".join([*open_, name])
        if name not in done:
            open_.append(name)
            for other in sorted(graph[name]):
                visit(other)
            open_.pop()
            done.add(name)

    for name in graph:
        visit(name)


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_modules_hold_one_idea(path):
    lines = len(path.read_text().splitlines())
    assert lines <= LONG.get(module_name(path), 300), f"{lines} lines: this module holds two ideas"
    assert ast.get_docstring(ast.parse(path.read_text())), "a module says what it is for"


def test_no_folder_of_tests_hides_a_package():
    """A folder `tests/tensorflow` is found by `import tensorflow`, which tensorboard tries."""
    folders = {path.name for path in Path(__file__).parent.iterdir() if path.is_dir()}
    assert not folders & {"tensorflow", "torch", "keras", "mxnet", "theano", "jax"}, "see tests/tf"


def test_import_is_light():
    heavy = "matplotlib graphviz pygraphviz sklearn scipy IPython tqdm pandas torch jax"
    code = f"import sys, autodiff; print([m for m in '{heavy}'.split() if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_public_names_are_documented():
    for name in autodiff.__all__:
        value = getattr(autodiff, name)
        assert value.__doc__, f"ad.{name} has no docstring"
