"""The game CartPole of our own is gymnasium's, step by step."""

import numpy as np
import pytest

from autodiff.examples import cartpole, pole

gymnasium = pytest.importorskip("gymnasium", reason="gymnasium is not installed")


@pytest.mark.parametrize("seed", range(5))
def test_each_step_is_gymnasiums(seed):
    theirs, mine = gymnasium.make("CartPole-v1"), pole.make("CartPole-v1")
    theirs.reset(seed=seed)
    mine.reset(seed=seed)
    mine.state = np.array(theirs.unwrapped.state, float)
    rng, fell = np.random.default_rng(seed), False
    while not fell:
        action = int(rng.integers(2))
        (seen, reward, fell, late, _), own = theirs.step(action), mine.step(action)
        np.testing.assert_allclose(own[0], seen, atol=1e-5)
        assert own[1:4] == (reward, fell, late)


def test_without_gymnasium_the_lesson_plays_it(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "gymnasium", None)
    first, second = cartpole.environments(2, seed=0)
    assert isinstance(first, pole.CartPole)
    assert not np.allclose(first.reset()[0], second.reset()[0])
    episodes = cartpole.rollouts(cartpole.uniform, [first, second], np.random.default_rng(0))
    assert all(9 <= len(own) <= 120 for own in episodes)


def test_another_game_is_not_there():
    with pytest.raises(ValueError, match="only CartPole-v1"):
        pole.make("Pong-v0")
