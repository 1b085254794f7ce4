"""The trap gallery as a regression suite: every row is right here, or a clear error."""

import dataclasses

import numpy as np
import pytest

import autodiff as ad
from autodiff.check.traps import peers as trap_peers
from autodiff.check.traps.gallery import peer_table, tell, traps
from autodiff.check.traps.trap import Outcome, Says, Trap, same

ROWS = range(1, 38)


@pytest.mark.parametrize("trap", traps, ids=lambda trap: trap.name)
def test_every_trap_is_right_or_a_clear_error(trap):
    outcome = trap.run()
    assert trap.is_right(outcome), f"{trap.name}: {outcome.text}\n{outcome.value}"
    if outcome.error is not None:
        assert isinstance(outcome.error, ad.AutodiffError | IndexError)
    if outcome.error is not None:
        assert f"<trap {trap.name}>, line" in str(outcome.error), "the error names the line"


def test_every_row_of_the_survey_has_a_trap():
    assert {trap.row for trap in traps} == set(ROWS)


def test_a_trap_that_is_fallen_into_is_found(monkeypatch):
    op = ad.ops["absolute"]
    monkeypatch.setattr("autodiff.ops.elementwise.arithmetic.direction", lambda x: np.ones_like(x))
    assert [trap.name for trap, _ in traps.failures()][:1] == ["abs at 0"]
    assert op.name == "absolute"


@pytest.mark.parametrize(
    ("right", "outcome", "fits"),
    [
        (0.0, Outcome(0.0), True),
        (0.0, Outcome(1e-5), False),
        (0.0, Outcome(np.zeros(2)), False),
        ([1.0, 2.0], Outcome(np.array([1.0, 2.0])), True),
        ({"w": 1.0, "n": None}, Outcome({"w": 1.0, "n": None}), True),
        ({"w": 1.0, "n": None}, Outcome({"w": 1.0, "n": 0.0}), False),
        (0.0, Outcome(error=ValueError("no")), False),
        (Says("ValueError", "no"), Outcome(error=ValueError("no way")), True),
        (Says("ValueError", "yes"), Outcome(error=ValueError("no way")), False),
        (Says("TypeError", "no"), Outcome(error=ValueError("no way")), False),
        (Says("UserWarning", "odd", 1.0), Outcome(1.0, None, (UserWarning("odd"),)), True),
        (Says("UserWarning", "odd", 1.0), Outcome(1.0), False),
        (Says("UserWarning", "odd", 1.0), Outcome(2.0, None, (UserWarning("odd"),)), False),
    ],
)
def test_what_counts_as_right(right, outcome, fits):
    assert Trap("t", 1, "1", right, "", "").is_right(outcome) is fits


def test_nan_is_only_right_where_it_is_expected():
    assert same(np.nan, np.nan)
    assert not same(np.nan, 0.0)


def test_traps_are_looked_up_by_name_or_part():
    assert traps["abs at 0"].row == 9
    assert traps["perturbation"].row == 21
    assert "abs at 0" in traps
    with pytest.raises(KeyError, match="Did you mean 'abs at 0'"):
        traps["abs at O"]
    with pytest.raises(KeyError, match="prod with a zero"):
        traps["prod"]


def test_the_table_has_a_line_a_trap_and_one_trap_shows_its_code():
    text = tell(peers=False)
    assert text.splitlines()[0].split() == [
        *("row", "trap", "naive", "engines", "answer", "here", "why"),
    ]
    assert f"{len(traps)} of {len(traps)} are right here" in text
    assert str(traps["abs at 0"]) in tell("abs at 0")
    assert "ad.grad(np.abs)(0.0)" in tell("abs at 0", peers=False)
    page = traps._repr_html_()
    assert page.count("<tr>") == len(traps) + 1


def test_peers_answer_where_they_are_installed(monkeypatch):
    monkeypatch.setattr(trap_peers, "NAMES", {"none": "no_such_module_here"})
    assert peer_table() == ""
    assert trap_peers.answer("autograd", traps["perturbation confusion"]) == "-"


def test_autograd_falls_into_the_trap_that_is_said_of_it():
    pytest.importorskip("autograd")
    assert trap_peers.answer("autograd", traps["prod with a zero"]) == "[nan, 0, 0]"
    assert trap_peers.answer("autograd", traps["norm at 0"]) == "[nan, nan]"
    assert "autograd" in peer_table().splitlines()[0]


def test_mygrad_falls_into_the_trap_that_is_said_of_it():
    pytest.importorskip("mygrad")
    assert trap_peers.answer("MyGrad", traps["math.sin of a traced value"]) == "0.841471"
    assert trap_peers.answer("MyGrad", traps["max over ties"]) == "[0, 1, 0]"


def test_a_trap_is_a_record():
    trap = dataclasses.replace(traps["abs at 0"], right=1.0)
    assert not trap.is_right(trap.run())
