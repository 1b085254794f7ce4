"""Random programs: the library is right or refuses clearly; and the fuzzer finds what is broken on purpose."""

import linecache

import numpy as np
import pytest

import autodiff as ad
from autodiff.core.reverse import safekeeping
from fuzz.campaign import try_program
from fuzz.generate import rewritten, write_program
from fuzz.grammar import FAMILIES
from fuzz.judge import CRASH, FAILURES, REFUSED, RIGHT, WRONG, judge
from fuzz.lockstep import Lockstep, NotSmoothError
from fuzz.program import Program, Statement
from fuzz.shrink import shrink
from fuzz.slots import KINDS, SLOT, TEXTS

SEED = 2026
PARTS, PROGRAMS = 20, 15
X = np.array([0.3, -0.7, 1.1])
ALONG = [{"x": np.array([0.5, -0.4, 0.9])}, {"x": np.array([0.7, 0.2, -0.6])}]


@pytest.mark.parametrize("part", range(PARTS))
def test_random_programs_are_right_or_refused_clearly(part):
    outcomes = [try_program(SEED, part * PROGRAMS + number) for number in range(PROGRAMS)]
    failures = [outcome.failure for outcome in outcomes if outcome.verdict.kind in FAILURES]
    assert not failures, "\n\n".join(["", *failures])
    assert sum(outcome.verdict.kind == RIGHT for outcome in outcomes) > PROGRAMS // 2
    assert np.mean([outcome.statements for outcome in outcomes]) > 10


def written(*statements, x=X):
    program = Program({"x": x}, {}, tuple(Statement(text) for text in statements), "<by hand>")
    return rewritten(program, [{"x": one["x"][: x.size]} for one in ALONG])


def first_failure(families, programs=40):
    for number in range(programs):
        program = write_program(SEED, number, dict.fromkeys(families, 1.0))
        verdict = judge(program)
        if verdict.kind in FAILURES:
            return shrink(program, verdict)
    raise AssertionError("the fuzzer found nothing")


def test_a_rule_off_by_a_thousandth_is_found_and_named(monkeypatch):
    op = ad.ops["tanh"]
    rule = op.vjp
    monkeypatch.setattr(type(op), "__setattr__", object.__setattr__)
    monkeypatch.setattr(op, "vjp", lambda *args: rule(*args) * 1.001)
    program, verdict = first_failure(["elementwise"])
    assert verdict.kind == WRONG
    assert "derivative" in verdict.text
    assert "tanh" in program.program.lines
    assert len(program.program.statements) <= 3


@pytest.mark.parametrize("room", ["reverse.tensor", "forward.dual"])
def test_a_dropped_alias_is_found(monkeypatch, room):
    monkeypatch.setattr(f"autodiff.core.{room}.note_view", lambda *args: None)
    program, verdict = first_failure(["views", "whole", "writes", "elementwise"])
    assert verdict.kind == WRONG
    assert verdict.text.startswith("value")
    assert len(program.program.statements) <= 4


def test_a_stale_constant_is_found(monkeypatch):
    monkeypatch.setattr(safekeeping.Keeper, "constant", lambda self, array: array)
    program, verdict = first_failure(["elementwise", "constants"])
    assert (verdict.kind, verdict.text[:10]) == (WRONG, "derivative")
    assert len(program.program.statements) <= 2
    assert any(mark in program.program.lines for mark in ("_c[", "_c *=", "+=", "-="))


def test_a_crash_is_told_from_a_refusal(monkeypatch):
    program = written("a = np.tanh(x)", "b = float(a[0])")
    verdict = judge(program)
    assert verdict.kind == REFUSED
    assert program.program.at(verdict.line).text == "b = float(a[0])"
    op = ad.ops["tanh"]
    monkeypatch.setattr(type(op), "__setattr__", object.__setattr__)
    monkeypatch.setattr(op, "vjp", lambda *args: args[17])
    assert judge(written("a = np.tanh(x)")).kind == CRASH


def test_a_right_program_is_right_in_every_mode_and_order():
    assert (
        judge(written("a = np.sin(x) * x[0]", "a[1:] += x[:-1] ** 2", "b = a.T @ x")).kind == RIGHT
    )


def test_a_kink_between_the_places_is_no_statement():
    lockstep = Lockstep(Program({"x": np.array([0.002, 1.0])}), [{"x": np.array([1.0, 1.0])}])
    with pytest.raises(NotSmoothError, match="kink"):
        lockstep.run(Statement("a = np.abs(x)", same="x > 0"))
    lockstep.run(Statement("a = np.abs(x[1:])", same="x[1:] > 0"))
    assert lockstep.statements[0].text == "a = np.abs(x[1:])"


def test_what_could_not_run_leaves_nothing_behind():
    lockstep = Lockstep(Program({"x": X}), ALONG)
    lockstep.run(Statement("a = x * 1.0"))
    with pytest.raises(NotSmoothError):
        lockstep.run(Statement("a[0] = 5.0\na[7] = 1.0"))
    assert all(names["a"][0] != 5.0 for names in lockstep.places)


def test_differences_are_good_to_ten_digits():
    for slope, doubt in written("a = np.exp(np.sin(x))").slopes:
        assert doubt < 1e-10
        assert slope.shape == (2,)
    weights = np.cos(1.0 + np.arange(3))
    exact = np.sum(weights * np.exp(np.sin(X)) * np.cos(X) * ALONG[0]["x"])
    assert abs(written("a = np.exp(np.sin(x))").slopes[0][0][1] - exact) < 1e-10


def test_a_program_is_the_same_every_time_and_its_text_runs():
    one, two = write_program(7, 3), write_program(7, 3)
    assert one.program.source == two.program.source
    assert np.array_equal(one.value, two.value)
    args = [v.copy() if v.ndim else v[()] for v in one.program.inputs.values()]
    assert np.allclose(one.program.function()(*args), one.value)
    assert linecache.getline(one.program.name, 1) == "import math\n"


@pytest.mark.parametrize("family", FAMILIES)
def test_templates_name_only_slots_that_there_are(family):
    for template in FAMILIES[family]:
        for kind, _, about in SLOT.findall(template.text + template.same + template.where):
            assert kind in (TEXTS if about else {*KINDS, *TEXTS, "new"}), template
            assert not about or about.rstrip("0123456789") in KINDS, template


def test_most_templates_come_to_use():
    """A template that NumPy never runs would be a statement that nobody tries."""
    used = set()
    for number in range(40):
        used |= {statement.template for statement in write_program(SEED, number).program.statements}
    everything = {template.text for family in FAMILIES.values() for template in family}
    assert len(used & everything) > 0.6 * len(everything)
