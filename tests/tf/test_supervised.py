"""`tf.train.Supervisor` and `MonitoredTrainingSession`."""

import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from autodiff.frontends import tensorflow as tf


def counting():
    """A graph whose training step counts, and moves a weight by 1."""
    step = tf.Variable(0, trainable=False, name="global_step")
    w = tf.Variable(0.0, name="w")
    return step, w, tf.train.GradientDescentOptimizer(1.0).minimize(-w, global_step=step)


def test_a_supervisor_initializes_saves_and_goes_on_where_it_stopped(tmp_path):
    for rounds in (1, 2):
        with tf.Graph().as_default():
            step, w, train = counting()
            supervisor = tf.train.Supervisor(logdir=str(tmp_path))
            with supervisor.managed_session() as sess:
                for _ in range(3):
                    assert not supervisor.should_stop()
                    sess.run(train)
                assert sess.run([step, w]) == [3 * rounds, 3.0 * rounds]
            assert supervisor.should_stop()
            assert sess.closed
    assert (tmp_path / "model.ckpt-6").exists()


def test_the_end_of_the_data_ends_the_block_and_an_error_is_raised():
    with tf.Graph().as_default():
        x = tf.train.string_input_producer(["a"], num_epochs=2).dequeue()
        supervisor = tf.train.Supervisor()
        seen = []
        with supervisor.managed_session() as sess:
            while not supervisor.should_stop():
                seen.append(sess.run(x))
        assert len(seen) == 2
    with tf.Graph().as_default():
        counting()
        supervisor = tf.train.Supervisor()
        with pytest.raises(ZeroDivisionError), supervisor.managed_session():
            raise ZeroDivisionError


def test_a_supervisor_writes_summaries(tmp_path):
    with tf.Graph().as_default():
        _, w, train = counting()
        summary = tf.summary.scalar("w", w)
        supervisor = tf.train.Supervisor(logdir=str(tmp_path), summary_op=None)
        with supervisor.managed_session() as sess:
            sess.run(train)
            supervisor.summary_computed(sess, sess.run(summary))
    assert [path for path in tmp_path.iterdir() if "tfevents" in path.name]


def test_a_monitored_session_stops_at_a_step_and_hooks_see_the_runs(tmp_path):
    class Losses(tf.train.SessionRunHook):
        def begin(self):
            self.seen = []

        def before_run(self, run_context):
            return tf.train.SessionRunArgs(w * 2.0)

        def after_run(self, run_context, run_values):
            self.seen.append(float(run_values.results))

    with tf.Graph().as_default():
        _, w, train = counting()
        losses, hooks = Losses(), [tf.train.StopAtStepHook(last_step=4)]
        with tf.train.MonitoredTrainingSession(
            checkpoint_dir=str(tmp_path), hooks=[*hooks, losses]
        ) as sess:
            while not sess.should_stop():
                sess.run(train)
        np.testing.assert_allclose(losses.seen, [0.0, 2.0, 4.0, 6.0])
    assert tf.train.latest_checkpoint(str(tmp_path)).endswith("-4")
    with pytest.raises(ValueError, match="one of the two"):
        tf.train.StopAtStepHook()


def test_a_monitored_session_writes_the_summaries_of_every_second_run(tmp_path):
    with tf.Graph().as_default():
        _, w, train = counting()
        x = tf.placeholder("float", [], name="x")
        tf.summary.scalar("sum", w + x)  # needs what the program feeds
        with tf.train.MonitoredTrainingSession(
            checkpoint_dir=str(tmp_path), save_summaries_steps=2
        ) as sess:
            for value in (10.0, 20.0, 30.0):
                sess.run(train, {x: value})
    read = EventAccumulator(str(tmp_path)).Reload()
    found = [(event.step, event.value) for event in read.Scalars("sum")]
    assert found == [(1, 10.0), (3, 32.0)]


def test_what_a_monitored_session_does_not_do_is_refused():
    with tf.Graph().as_default():
        counting()
        with pytest.raises(TypeError, match="scaffold= is not supported"):
            tf.train.MonitoredTrainingSession(scaffold=object())
    with tf.Graph().as_default():
        tf.Variable(0.0)
        with pytest.raises(RuntimeError, match=r"make one, step = tf\.Variable"):
            tf.train.MonitoredTrainingSession(hooks=[tf.train.StopAtStepHook(2)])
