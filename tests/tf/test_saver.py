"""The lecture's logging slide: Saver keeps the last checkpoints, and a failure changes nothing."""

import os
import shutil

import numpy as np
import pytest

from autodiff.data.checkpoints import saving
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.tensorflow.saving import keeping
from autodiff.frontends.tensorflow.saving import saver as saver_module


@pytest.fixture
def net():
    """Two variables and a step, initialized in a session."""
    with tf.variable_scope("layer"):
        w = tf.get_variable("W", [2, 3], initializer=tf.constant_initializer(2.0))
        b = tf.get_variable("b", [3], initializer=tf.constant_initializer(0.5))
    step = tf.Variable(np.int64(0), trainable=False, name="global_step")
    sess = tf.Session()
    sess.run(tf.initialize_all_variables())
    return sess, w, b, step


def folder_names(folder):
    """The files of a folder; each checkpoint has the graph beside it, unless it was dropped."""
    names = {path.name for path in folder.iterdir()}
    graphs = {name for name in names if name.endswith(".meta")}
    assert graphs == {f"{name}.meta" for name in names - graphs - {"checkpoint", "best"}}
    return sorted(names - graphs)


def test_slide_logging_saver(tmp_path, net, capsys):
    """Save and restore weights; define how many checkpoints to keep."""
    sess, w, _, step = net
    saver = tf.train.Saver(max_to_keep=2)
    for i in range(4):
        sess.run([w.assign(np.full((2, 3), i)), step.assign(i)])
        path = saver.save(sess, str(tmp_path / "model.ckpt"), global_step=step)
    assert path == str(tmp_path / "model.ckpt-3")
    assert folder_names(tmp_path) == ["checkpoint", "model.ckpt-2", "model.ckpt-3"]
    assert capsys.readouterr().out.splitlines() == [
        "Saver: dropped model.ckpt-0; kept the last 2.",
        "Saver: dropped model.ckpt-1; kept the last 2.",
    ]
    assert saver.last_checkpoints == [str(tmp_path / f"model.ckpt-{i}") for i in (2, 3)]
    assert tf.train.latest_checkpoint(str(tmp_path)) == path
    with tf.Session() as other:
        saver.restore(other, path)
        assert other.run([w, step])[0].max() == 3
        saver.restore(other, str(tmp_path / "model.ckpt-2"))
        assert other.run(step) == 2


def test_a_subset_is_restored_under_other_names(tmp_path, net):
    sess, w, b, _ = net
    path = tf.train.Saver().save(sess, str(tmp_path / "a"))
    with tf.Session() as other:
        tf.train.Saver({"layer/W": w}).restore(other, path)
        assert other.run(w).max() == 2
        with pytest.raises(tf.errors.FailedPreconditionError, match="layer/b has no value"):
            other.run(b)
        tf.train.Saver([b]).restore(other, path)
        assert other.run(b).max() == 0.5


def test_the_state_file_says_what_is_there(tmp_path, net):
    sess = net[0]
    assert tf.train.latest_checkpoint(str(tmp_path)) is None
    assert tf.train.get_checkpoint_state(str(tmp_path)) is None
    saver = tf.train.Saver()
    for i in range(2):
        saver.save(sess, str(tmp_path / "m"), global_step=i)
    state = tf.train.get_checkpoint_state(str(tmp_path))
    assert state.model_checkpoint_path == str(tmp_path / "m-1")
    assert list(state.all_model_checkpoint_paths) == [str(tmp_path / "m-0"), str(tmp_path / "m-1")]
    assert (tmp_path / "checkpoint").read_text() == (
        'model_checkpoint_path: "m-1"\n'
        'all_model_checkpoint_paths: "m-0"\n'
        'all_model_checkpoint_paths: "m-1"\n'
    )
    moved = tmp_path.with_name("moved")
    shutil.copytree(tmp_path, moved)
    assert tf.train.latest_checkpoint(str(moved)) == str(moved / "m-1")
    os.unlink(moved / "m-1")
    with pytest.warns(UserWarning, match=r"m-1, is gone; .*m-0 is given instead"):
        assert tf.train.latest_checkpoint(str(moved)) == str(moved / "m-0")
    (moved / "checkpoint").write_text("model_checkpoint_path: m-1\n")
    with pytest.raises(
        tf.errors.DataLossError, match="checkpoint, line 1: 'model_checkpoint_path: m-1'"
    ):
        tf.train.latest_checkpoint(str(moved))


def test_a_resumed_saver_goes_on_dropping(tmp_path, net):
    sess = net[0]
    first = tf.train.Saver(max_to_keep=2, tell=None)
    for i in range(2):
        first.save(sess, str(tmp_path / "m"), global_step=i)
    second = tf.train.Saver(max_to_keep=2, tell=None)
    second.restore(sess, tf.train.latest_checkpoint(str(tmp_path)))
    second.save(sess, str(tmp_path / "m"), global_step=2)
    assert folder_names(tmp_path) == ["checkpoint", "m-1", "m-2"]


def test_one_every_n_hours_stays(tmp_path, net, monkeypatch):
    now = [1_000_000.0]
    monkeypatch.setattr(keeping.time, "time", lambda: now[0])
    saver = tf.train.Saver(max_to_keep=1, keep_checkpoint_every_n_hours=2, tell=None)
    for i in range(9):
        now[0] += 3600 if i else 1
        saver.save(net[0], str(tmp_path / "m"), global_step=i)
    assert folder_names(tmp_path) == ["checkpoint", "m-2", "m-4", "m-6", "m-8"]
    every = tf.train.Saver(max_to_keep=None, tell=None)
    for i in range(7):
        every.save(net[0], str(tmp_path / "all"), global_step=i)
    assert len([name for name in folder_names(tmp_path) if name.startswith("all")]) == 7


# -- what goes wrong is named, and changes nothing --------------------------------------------------


def unchanged(sess, w):
    assert sess.run(w).max() == 2


@pytest.mark.parametrize("end", [0, 7, 100, -1])
def test_a_cut_file_changes_nothing(end, tmp_path, net):
    sess, w, _, _ = net
    saver = tf.train.Saver()
    path = saver.save(sess, str(tmp_path / "m"))
    whole = (tmp_path / "m").read_bytes()
    (tmp_path / "m").write_bytes(whole[:end])
    with pytest.raises(tf.errors.DataLossError, match=r"m: it is cut"):
        saver.restore(sess, path)
    unchanged(sess, w)


def test_a_damaged_variable_is_named(tmp_path, net):
    sess, w, _, _ = net
    saver = tf.train.Saver([w])
    path = saver.save(sess, str(tmp_path / "m"))
    data = bytearray((tmp_path / "m").read_bytes())
    data[-2] ^= 4
    (tmp_path / "m").write_bytes(data)
    with pytest.raises(
        tf.errors.DataLossError, match=r"'layer/W', float32 of shape \(2, 3\), has a wrong checksum"
    ):
        saver.restore(sess, path)
    unchanged(sess, w)


def test_a_variable_of_another_shape_or_name_is_told_with_both(tmp_path, net):
    sess = net[0]
    path = tf.train.Saver().save(sess, str(tmp_path / "m"))
    with tf.Graph().as_default():
        b = tf.Variable(np.zeros(3, np.float32), name="layer/b")
        wide = tf.Variable(np.zeros((2, 4), np.float32), name="layer/W")
        flat = tf.Variable(np.zeros(6, np.float32), name="flat")
        absent = tf.Variable(0.0, name="absent")
        with tf.Session() as other:
            other.run(tf.initialize_all_variables())
            with pytest.raises(
                tf.errors.InvalidArgumentError,
                match=r"'layer/W' is float32 of shape \(2, 3\) in .*m, but the variable layer/W is float32 of shape \(2, 4\)",
            ):
                tf.train.Saver([b, wide]).restore(other, path)
            assert other.run(b).max() == 0  # the good one was not restored either
            with pytest.raises(
                tf.errors.NotFoundError,
                match=r"'absent' is not in .*m, which has global_step, layer/W, layer/b",
            ):
                tf.train.Saver([b, absent]).restore(other, path)
            tf.train.Saver({"layer/W": flat}, reshape=True).restore(other, path)
            assert other.run(flat).tolist() == [2] * 6
    with pytest.raises(tf.errors.NotFoundError, match="there is no checkpoint '/no/where'"):
        tf.train.Saver().restore(sess, "/no/where")
    with pytest.raises(ValueError, match="latest_checkpoint found no checkpoint"):
        tf.train.Saver().restore(sess, None)


def test_what_cannot_be_saved_changes_no_file(tmp_path, net, monkeypatch):
    sess = net[0]
    saver = tf.train.Saver(max_to_keep=1)
    saver.save(sess, str(tmp_path / "m"), 1)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def same():
        assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
        assert saver.last_checkpoints == [str(tmp_path / "m-1")]

    with (
        tf.Session() as bare,
        pytest.raises(tf.errors.FailedPreconditionError, match="layer/W has no value"),
    ):
        saver.save(bare, str(tmp_path / "m"), 2)
    same()
    with pytest.raises(tf.errors.NotFoundError, match="there is no folder"):
        saver.save(sess, str(tmp_path / "new" / "new" / "m"), 2)
    same()

    def full(*_):
        raise OSError("disk full")

    monkeypatch.setattr(saving, "whole_file", full)
    with pytest.raises(OSError, match="disk full"):
        saver.save(sess, str(tmp_path / "m"), 2)
    same()
    monkeypatch.undo()
    monkeypatch.setattr(saver_module, "update_checkpoint_state", full)
    with pytest.raises(OSError, match="disk full"):
        saver.save(sess, str(tmp_path / "m"), 2)
    (tmp_path / "m-2").unlink()  # whole, but not listed: the next save or restore ignores it
    same()


def test_a_saver_needs_variables():
    with pytest.raises(ValueError, match="no variable to save: make the Saver after the graph"):
        tf.train.Saver()
    with pytest.raises(TypeError, match="a Saver saves variables"):
        tf.train.Saver([tf.constant(1.0)])


def test_random_ops_go_on_where_the_checkpoint_was_made(tmp_path):
    tf.set_random_seed(3)
    noise, later = tf.random_uniform([4]), tf.random_uniform([4])
    tf.Variable(0.0)
    saver = tf.train.Saver()
    with tf.Session() as sess:
        sess.run(tf.initialize_all_variables())
        first = sess.run(noise)
        path = saver.save(sess, str(tmp_path / "m"))
        second = sess.run(noise).tolist()
        third = sess.run(later).tolist()
        saver.restore(sess, path)
        assert sess.run(noise).tolist() == second != first.tolist()
        assert sess.run(later).tolist() == third  # it had not drawn when the file was made
    with tf.Session() as sess:
        saver.restore(sess, path)
        assert [sess.run(noise).tolist(), sess.run(later).tolist()] == [second, third]


def test_random_ops_of_a_branch_go_on_too(tmp_path):
    tf.Variable(0.0)
    train = tf.placeholder(tf.bool, [])
    x = tf.ones([8])
    y = tf.cond(train, lambda: tf.nn.dropout(x, 0.5), lambda: x)
    saver = tf.train.Saver()
    with tf.Session() as sess:
        sess.run(tf.initialize_all_variables())
        sess.run(y, {train: True})
        path = saver.save(sess, str(tmp_path / "m"))
        following = sess.run(y, {train: True}).tolist()
        saver.restore(sess, path)
        assert sess.run(y, {train: True}).tolist() == following


def test_a_damaged_state_file_does_not_hinder_a_restore_by_path(tmp_path, net):
    path = tf.train.Saver().save(net[0], str(tmp_path / "m"))
    (tmp_path / "checkpoint").write_text("?")
    with tf.Session() as sess:
        tf.train.Saver().restore(sess, path)
        assert sess.run(net[1]).max() == 2


def test_the_last_folder_of_the_path_is_made(tmp_path):
    with tf.Graph().as_default(), tf.Session() as sess:
        v = tf.Variable(3.0)
        sess.run(v.initializer)
        path = tf.train.Saver().save(sess, str(tmp_path / "model" / "m"))
        sess.run(v.assign(4.0))
        tf.train.Saver().restore(sess, path)
        assert sess.run(v) == 3.0
