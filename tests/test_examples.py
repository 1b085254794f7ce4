"""The demo: the lecture's network four ways, and the trained MLP."""

import numpy as np

from autodiff.examples import digits, lecture


def test_the_four_ways_agree():
    weights, x = lecture.example(seed=3)
    ways = lecture.four_ways(*weights, x)
    assert list(ways) == ["chain rule", "forward", "reverse", "differences"]
    assert lecture.largest_difference(ways) < 1e-10
    wrong = ways | {"reverse": [part * 1.001 for part in ways["reverse"]]}
    assert lecture.largest_difference(wrong) > 1e-5


def test_the_report_shows_every_element_and_the_tape():
    text = lecture.report()
    assert text.count("dy/dW1[") == 12
    assert text.count("dy/dW2[") == 12
    assert text.count("dy/dW3[") == 3
    assert "W1 @ x" in text
    assert "largest difference" in text


def test_the_mlp_reaches_97_percent(tmp_path):
    rng = np.random.default_rng(2017)
    _, history = digits.train(digits.load(rng), rng, progress=False)
    assert history.test_accuracy >= 0.97
    assert history.loss[-1] < 0.1 * history.loss[0]
    digits.plot(history, tmp_path / "curves.png")
    assert (tmp_path / "curves.png").stat().st_size > 10_000


def test_training_is_repeatable():
    def run():
        rng = np.random.default_rng(5)
        return digits.train(digits.load(rng), rng, epochs=3, progress=False)[1].loss

    assert run() == run()
