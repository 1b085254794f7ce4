"""Every workload's version in this library equals the hand-written one, at reduced size."""

import pytest

from benchmarks.clock import bytes_held, seconds
from benchmarks.command import chosen
from benchmarks.compare import ResultsDifferError, assert_equal
from benchmarks.kits import autodiff_kit, load
from benchmarks.measure import inputs_of, measure
from benchmarks.report import as_markdown, as_text
from benchmarks.workloads import WORKLOADS


@pytest.mark.parametrize("workload", [w for w in WORKLOADS if w.checked], ids=lambda w: w.name)
def test_ours_equals_hand_written(workload):
    inputs = inputs_of(workload, small=True)
    expected = workload.by_hand(inputs)()
    call = workload.in_library(autodiff_kit, inputs)
    assert_equal(call(), expected, workload.tolerance)
    assert_equal(call(), expected, workload.tolerance)


def test_names_are_unique_and_every_timed_row_has_small_sizes():
    names = [workload.name for workload in WORKLOADS]
    assert len(set(names)) == len(names)
    assert all(set(w.small) == set(w.sizes) for w in WORKLOADS)


def test_comparison_rejects_a_wrong_result():
    assert_equal([1.0, [2.0, 3.0]], (1.0, 2.0, 3.0), 1e-12)
    with pytest.raises(ResultsDifferError):
        assert_equal([1.0], [1.00001], 1e-8)


def test_rows_are_chosen_by_name_or_part():
    assert [w.name for w in chosen(["gmm"])] == ["gmm"]
    assert [w.name for w in chosen(["mlp"])] == ["mlp-small", "mlp-medium", "jvp-mlp", "hvp-mlp"]
    assert chosen(["no such row"]) == []


def test_a_missing_library_is_none():
    assert load("no_such_library") is None


def test_a_row_is_measured_and_printed():
    (workload,) = chosen(["jacobian"])
    row = measure(workload, {"autodiff": autodiff_kit}, rounds=2)
    assert len(row.samples["numpy"]) == len(row.samples["autodiff"]) == 2
    assert row.ratio("autodiff") > 0
    assert "Jacobian" in as_text([row])
    assert "| 15 |" in as_markdown([row], "")


def test_clocks_measure():
    assert seconds(lambda: sum(range(1000)), 2) > 0
    assert bytes_held(lambda: bytearray(100_000)) >= 100_000
