"""What the lessons on training and on reinforcement learning take from the examples."""

import numpy as np
import pytest

pytest.importorskip("matplotlib", reason="matplotlib is not installed")
from autodiff.course.helpers import planted
from autodiff.examples import cartpole, digit_pictures


def play(seed):
    pytest.importorskip("gymnasium")
    environments = cartpole.environments(3, seed)
    return cartpole.rollouts(cartpole.uniform, environments, np.random.default_rng(seed))


def test_episodes_are_the_same_for_the_same_seed_and_differ_for_another():
    one, again, other = play(1), play(1), play(2)
    for a, b in zip(one, again, strict=True):
        np.testing.assert_array_equal(a.observations, b.observations)
        np.testing.assert_array_equal(a.actions, b.actions)
    assert [len(e) for e in one] != [len(e) for e in other] or np.any(
        one[0].observations[0] != other[0].observations[0]
    )


def test_an_episode_ends_where_the_pole_or_the_cart_left_its_limits():
    for episode in play(0):
        assert episode.observations.shape == (len(episode), 4)
        inside = np.abs(episode.observations[:, [0, 2]]) <= [cartpole.EDGE, cartpole.TILT]
        assert inside.all()  # the last step is the one that left them
        assert np.all(episode.rewards == 1.0)
        assert set(episode.actions) <= {0, 1}


def test_a_policy_that_looks_is_played_side_by_side_as_long_as_it_stands():
    pytest.importorskip("gymnasium")

    def lean(observations):
        right = (observations[:, 2] + 0.5 * observations[:, 3] > 0).astype(float)
        return np.stack([1 - right, right], axis=1)

    found = cartpole.rollouts(lean, cartpole.environments(2, 0), np.random.default_rng(0))
    assert min(map(len, found)) > 150
    assert max(map(len, found)) <= cartpole.LONGEST


def test_the_film_shows_first_and_last_step_and_says_what_it_shows():
    (episode, *_) = play(0)
    film = cartpole.film(episode, frames=3, caption="A fall")
    titles = [axes.get_title() for axes in film.axes]
    assert titles[0].startswith("step 0:")
    assert titles[-1].startswith(f"step {len(episode) - 1}:")
    assert film.alt == "A fall: the cart and its pole, at 3 moments of an episode."


def test_the_pole_is_drawn_at_its_angle():
    (episode, *_) = play(0)
    figure = cartpole.film(episode, frames=1)
    (axes,) = figure.axes
    (x0, x1), (y0, y1) = axes.lines[-1].get_data()
    position, _, angle, _ = episode.observations[0]
    assert x0 == position
    np.testing.assert_allclose([x1 - x0, y1 - y0], [np.sin(angle), np.cos(angle)])


def test_a_confusion_says_who_was_taken_for_whom():
    labels, found = np.array([3, 3, 8, 8, 8]), np.array([3, 8, 8, 8, 8])
    counts = digit_pictures.confusion(labels, found)
    assert counts.sum() == 5
    assert counts[3, 8] == 1
    assert "4 of them right. Read wrongly: 3 as 8: 1." in digit_pictures.plot_confusion(counts).alt


def test_no_misread_digit_is_an_empty_picture_and_not_an_error():
    picture = digit_pictures.show_digits(np.zeros((0, 64)), [], "Misread")
    assert picture.alt.startswith("0 images")


def test_the_planted_rules_are_right_and_wrong_as_they_say():
    """Judged by extrapolated differences, away from kinks: not by the lesson's own checker."""
    rng = np.random.default_rng(5)
    for rule in planted.RULES:
        if "relu" in rule.name:
            continue
        ct, t = rng.normal(size=rule.f(rule.x).shape), rng.normal(size=rule.x.shape)
        scale = np.max(np.abs(rule.x))
        slopes = [
            np.sum(ct * (rule.f(rule.x + h * scale * t) - rule.f(rule.x - h * scale * t)))
            / (2 * h * scale)
            for h in (1e-3, 5e-4)
        ]
        measured = (4 * slopes[1] - slopes[0]) / 3
        claimed = np.sum(rule.vjp(ct, rule.x) * t)
        assert (abs(claimed - measured) <= 1e-6 * abs(measured)) == rule.right, rule.name
