"""Every workload's version in this library equals the hand-written one, at reduced size."""

import dataclasses

import numpy as np
import pytest

from benchmarks.apart import measure_apart, workers
from benchmarks.clock import bytes_held, seconds
from benchmarks.command import chosen
from benchmarks.compare import ResultsDifferError, assert_equal
from benchmarks.kits import autodiff_kit, bare_kit, load
from benchmarks.measure import FEWEST, Row, Samples, inputs_of, measure
from benchmarks.pages import PAGES, ROOT, filled, made, saved_rows, with_new
from benchmarks.report import as_markdown, as_text, save
from benchmarks.workloads import WORKLOADS, gmm, sessions


@pytest.mark.parametrize(
    "workload", [w for w in WORKLOADS if w.checked and w.by_hand], ids=lambda w: w.name
)
def test_ours_equals_hand_written(workload):
    inputs = inputs_of(workload, small=True)
    expected = workload.by_hand(inputs)()
    call = workload.in_library(autodiff_kit, inputs)
    assert_equal(call(), expected, workload.tolerance)
    assert_equal(call(), expected, workload.tolerance)


@pytest.mark.parametrize(
    "workload",
    [w for w in WORKLOADS if w.checked and w.by_hand and w.name not in bare_kit.WITHOUT],
    ids=lambda w: w.name,
)
def test_the_floor_computes_the_same(workload):
    inputs = inputs_of(workload, small=True)
    expected = workload.by_hand(inputs)()
    call = workload.in_library(bare_kit, inputs)
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
    assert [w.name for w in chosen(["mlp"])] == [
        "mlp-small",
        "mlp-small-tensor",
        "mlp-medium",
        "mlp-medium-float32",
        "jvp-mlp",
        "hvp-mlp",
        "session-mlp",
    ]
    assert chosen(["no such row"]) == []


def test_a_row_ends_after_its_time_but_not_before_the_fewest_rounds():
    (workload,) = chosen(["jacobian"])
    found = measure(workload, "autodiff", load, rounds=9, limit=0.0)
    assert len(found.own) == len(found.unit) == FEWEST


@pytest.mark.parametrize("workload", sessions.WORKLOADS, ids=lambda w: w.name)
def test_a_session_s_steps_lower_the_loss(workload):
    step = workload.in_library(autodiff_kit, inputs_of(workload, small=True))
    losses = [step() for _ in range(20)]
    assert losses[-1] < losses[0]


def test_without_the_unit_of_measure_a_row_shows_its_own_time():
    (workload,) = chosen(["session-mlp"])
    row = Row(workload, {"autodiff": Samples(own=[0.002])})
    assert row.met is None
    assert "2 ms" in as_text([row])


@pytest.mark.parametrize("page", sorted({page for page, *_ in PAGES}))
def test_the_figures_of_the_pages_are_those_that_were_saved(page):
    assert (ROOT / page).read_text() == made(page, saved_rows())


def test_figures_changed_by_hand_are_found():
    text = (ROOT / "README.md").read_text()
    assert filled(text, "figures", "100 times faster") != text


def test_a_missing_library_is_none():
    assert load("no_such_library") is None


def test_a_row_is_measured_in_processes_and_printed():
    (workload,) = chosen(["jacobian"])
    with workers(["autodiff", "bare", "no_such_library"]) as pools:
        assert set(pools) == {"autodiff", "bare"}
        row = measure_apart(workload, pools, rounds=2, limit=np.inf)
    assert len(row.samples["autodiff"].unit) == len(row.samples["autodiff"].own) == 2
    assert row.ratio("autodiff") > 0
    assert row.skipped == {"bare": "one sweep at a time"}
    assert "Jacobian" in as_text([row])
    assert "| 15 |" in as_markdown([row], "")
    assert "- Jacobian, n = 100: bare: one sweep at a time" in as_markdown([row], "")


def test_what_is_not_measured_anew_stays_as_it_was(tmp_path):
    (workload,) = chosen(["jacobian"])
    first = {"autodiff": Samples([2.0], [1.0]), "jax": Samples([3.0], [1.0], compiling=0.5)}
    save([Row(workload, first)], "", tmp_path)
    new = [Row(workload, {"autodiff": Samples([4.0], [1.0]), "bare": Samples(skipped="why")})]
    rows = with_new(saved_rows(tmp_path / "samples.json"), new)
    (row,) = [row for row in rows if row.workload is workload]
    assert row.ratio("autodiff") == 4.0
    assert row.ratio("jax") == 3.0
    assert row.skipped == {"bare": "why"}
    assert "0.5 s" in as_markdown(rows, "")
    assert "- Jacobian, n = 100: bare: why\n" in as_markdown(rows, "")
    (row,) = with_new(saved_rows(tmp_path / "none.json"), new)
    assert row.samples == new[0].samples


def test_a_ratio_is_that_within_a_round():
    (workload,) = chosen(["jacobian"])
    row = Row(workload, {"autodiff": Samples(own=[2.0, 20.0, 2.0], unit=[1.0, 10.0, 1.0])})
    assert row.ratio("autodiff") == 2.0
    assert row.median("numpy") == 1.0


def test_a_library_whose_result_differs_is_left_out_and_says_so():
    (workload,) = chosen(["jacobian"])
    wrong = dataclasses.replace(workload, in_library=lambda kit, inputs: lambda: np.zeros(100))
    assert "ResultsDifferError" in measure(wrong, "autodiff", load, rounds=2).skipped


def test_clocks_measure():
    assert seconds(lambda: sum(range(1000)), 2) > 0
    assert bytes_held(lambda: bytearray(100_000)) >= 100_000


# The input and the results of ADBench's own unit test of its GMM objective (MIT licence,
# copyright Microsoft Corporation).
ALPHAS = (-0.649014, 1.181166, -0.758453)
MEANS = ((0.092339, 0.186260), (0.345561, 0.396767), (0.538817, 0.419195))
FACTORS = (
    (0.586443, -0.851887, 0.800321), (-1.509405, 0.875874, -0.242790),
    (0.166813, -1.965419, -1.270071),
)  # fmt: skip
GRADIENT = (
    (0.108663, -0.74127, 0.632607),
    ((1.116926, 0.163333), (-0.022, 0.227778), (1.20963, -0.06064)),
    ((2.5853, 0.11263, 0.38574), (0.07352, 5.41836, -0.3215), (1.71892, 0.86009, -0.99464)),
)


def test_gmm_is_that_of_adbench():
    inputs = np.array([[1.175171, 2.029160]]), [np.array(p) for p in (ALPHAS, MEANS, FACTORS)]
    for prepared in (gmm.by_hand(inputs), gmm.gradient_in(autodiff_kit, inputs)):
        value, gradient = prepared()
        assert value == pytest.approx(8.0738, abs=1e-5)
        for found, expected in zip(gradient, GRADIENT, strict=True):
            np.testing.assert_allclose(found, expected, atol=1e-5)
