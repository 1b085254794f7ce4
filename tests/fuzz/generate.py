"""Grows a program a statement at a time: a template, its slots filled, kept if NumPy runs it smoothly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fuzz.grammar import FAMILIES, WEIGHTS, Template
from fuzz.lockstep import Lockstep, NotSmoothError
from fuzz.program import Program, Statement
from fuzz.slots import NoFitError, fill, filled

SHAPES = [(), (3,), (4,), (5,), (1,), (2, 3), (3, 3), (3, 2), (2, 2), (1, 4), (2, 2, 3), (3, 1)]
NAMES = "xyz"


@dataclass(frozen=True)
class Written:
    """A program, and its derivative by differences along some directions."""

    program: Program
    directions: list[dict[str, np.ndarray]]
    value: np.ndarray
    slopes: list[tuple[np.ndarray, float]]


def write_program(seed: int, number: int, families: dict[str, float] | None = None) -> Written:
    """The program of this number: of 20 to 60 statements, and always the same."""
    rng = np.random.default_rng((seed, number))
    start = _start(rng, f"<program {seed}-{number}>")
    directions = [directions_of(start, rng) for _ in range(2)]
    lockstep = Lockstep(start, directions)
    weights = WEIGHTS if families is None else families
    chances = np.array(list(weights.values())) / sum(weights.values())
    for _ in range(int(rng.integers(20, 61))):
        template = _choose(list(weights), chances, rng)
        _try(template, lockstep, rng)
    return measured(lockstep, directions)


def measured(lockstep: Lockstep, directions: list[dict[str, np.ndarray]]) -> Written:
    """The program that the places have run, with NumPy's value and slopes."""
    slopes = lockstep.slopes()
    return Written(lockstep.program, directions, lockstep.values()[0], slopes)


def rewritten(program: Program, directions: list[dict[str, np.ndarray]]) -> Written:
    """A changed program measured anew; `NotSmoothError` if NumPy can't run it."""
    lockstep = Lockstep(program, directions)
    for statement in program.statements:
        lockstep.run(statement)
    return measured(lockstep, directions)


def _start(rng: np.random.Generator, name: str) -> Program:
    inputs = {}
    kinds = [np.float32] if rng.random() < 0.15 else [np.float64]
    kinds = [np.float32, np.float64] if rng.random() < 0.07 else kinds
    for letter in NAMES[: int(rng.integers(1, 4))]:
        shape = SHAPES[int(rng.integers(len(SHAPES)))]
        value = np.round(rng.uniform(-1.5, 1.5, shape), 3)
        if rng.random() < 0.06:
            value = np.round(value + 1j * rng.uniform(-1.5, 1.5, shape), 3)
            inputs[letter] = np.asarray(value, np.complex64 if kinds[0] == np.float32 else complex)
        else:
            inputs[letter] = np.asarray(value, kinds[int(rng.integers(len(kinds)))])
    constants = {}
    if rng.random() < 0.5:
        shape = SHAPES[int(rng.integers(1, len(SHAPES)))]
        constants["C"] = np.round(rng.uniform(-1.5, 1.5, shape), 2)
    return Program(inputs, constants, name=name)


def directions_of(program: Program, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """A random direction for each input."""
    found = {}
    for name, value in program.inputs.items():
        direction = rng.uniform(0.3, 1.0, value.shape) * rng.choice([-1, 1], value.shape)
        if np.iscomplexobj(value):
            direction = direction + 1j * rng.uniform(-1.0, 1.0, value.shape)
        found[name] = np.asarray(direction)
    return found


def _choose(names: list[str], chances: np.ndarray, rng: np.random.Generator) -> Template:
    family = FAMILIES[names[int(rng.choice(len(names), p=chances))]]
    return family[int(rng.integers(len(family)))]


def _try(template: Template, lockstep: Lockstep, rng: np.random.Generator) -> None:
    """Add a statement made of the template, if NumPy takes one of three attempts."""
    everything = "\n".join((template.text, template.same, template.where))
    for _ in range(3):
        try:
            found = fill(everything, lockstep, rng)
        except NoFitError:
            return
        text, same, where = (
            filled(part, found) for part in (template.text, template.same, template.where)
        )
        try:
            lockstep.run(Statement(text, same, where, template.text))
            return
        except NotSmoothError:
            continue
