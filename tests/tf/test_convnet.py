"""The example in the style of 0.11: a run that was interrupted ends as one that was not."""

import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from autodiff.cli import main
from autodiff.data import checkpoints
from autodiff.examples import convnet
from autodiff.examples.digits import load
from autodiff.frontends import tensorflow as tf

STEPS, SEED = 60, 5


@pytest.fixture(scope="module")
def data():
    return load(np.random.default_rng(SEED))


@pytest.fixture(scope="module")
def whole(data, tmp_path_factory):
    """A run without a break: its folder and its result."""
    folder = tmp_path_factory.mktemp("whole")
    return folder, convnet.run(folder, data, STEPS, SEED, every=20, progress=False)


def curve(folder):
    found = EventAccumulator(str(folder), size_guidance={"scalars": 0}).Reload()
    return [(event.step, event.value) for event in found.Scalars("loss")]


def same_end(folder, result, whole):
    """The same loss, the same checkpoint, the same curve, all to the last bit."""
    assert result == whole[1]
    ours, theirs = (checkpoints.load(f / f"model.ckpt-{STEPS}") for f in (folder, whole[0]))
    assert ours.keys() == theirs.keys()
    for name, value in theirs.items():
        if isinstance(value, np.random.Generator):
            assert ours[name].bit_generator.state == value.bit_generator.state
        else:
            assert ours[name].tobytes() == value.tobytes(), name
    assert curve(folder) == curve(whole[0])


def test_it_learns(whole):
    result = whole[1]
    assert result.steps == STEPS
    assert result.loss < 0.6
    assert result.test_accuracy > 0.85
    assert [step for step, _ in curve(whole[0])] == list(range(0, STEPS, 10))


def test_the_checkpoint_holds_what_a_step_depends_on(whole):
    found = {entry.name: entry for entry in checkpoints.contents(whole[0] / f"model.ckpt-{STEPS}")}
    assert {"conv1/W", "conv1/W/Adam", "conv1/W/Adam_1", "global_step", "seed"} <= set(found)
    assert [entry.kind for entry in found.values()].count("Generator") >= 1


def test_an_interrupt_in_the_middle_changes_nothing(data, whole, tmp_path, monkeypatch, capsys):
    given = convnet.batch_at

    def interrupted(step, *rest):
        if step == 33:
            raise KeyboardInterrupt
        return given(step, *rest)

    monkeypatch.setattr(convnet, "batch_at", interrupted)
    arguments = ["convnet", "--folder", str(tmp_path), "--steps", str(STEPS)]
    arguments += ["--seed", str(SEED), "--every", "15"]
    assert main(arguments) == 130
    assert "the same command goes on from" in capsys.readouterr().out
    monkeypatch.undo()
    result = convnet.run(tmp_path, data, STEPS, SEED, every=20, progress=False)
    assert "restored" in capsys.readouterr().out
    same_end(tmp_path, result, whole)


def test_a_kill_changes_nothing(data, whole, tmp_path):
    command = [sys.executable, "-m", "autodiff.cli", "convnet", "--folder", str(tmp_path)]
    command += ["--steps", str(STEPS), "--seed", str(SEED), "--every", "2"]
    for until in (10, 30):
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
            end = time.monotonic() + 60
            while run.poll() is None and time.monotonic() < end and reached(tmp_path) < until:
                time.sleep(0.005)
            run.send_signal(signal.SIGKILL)
        assert until <= reached(tmp_path) < STEPS
    same_end(tmp_path, convnet.run(tmp_path, data, STEPS, SEED, every=20, progress=False), whole)


def reached(folder):
    ends = [path.name.rpartition("-")[2] for path in folder.glob("model.ckpt-*")]
    return max((int(end) for end in ends if end.isdigit()), default=-1)


def test_another_seed_does_not_go_on_with_a_run(data, whole):
    with pytest.raises(tf.errors.InvalidArgumentError, match=f"was made with --seed {SEED}"):
        convnet.run(whole[0], data, STEPS, SEED + 1, progress=False)
