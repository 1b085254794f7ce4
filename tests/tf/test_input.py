"""The lecture's input slide: readers, queues and the threads that fill them."""

import io
import threading
import time

import numpy as np
import pytest
from PIL import Image

from autodiff.data.reading.images import encode_png
from autodiff.data.records.example import encode_example
from autodiff.data.records.tfrecords import write_records
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.tensorflow.input import buffer as buffer_module

RNG = np.random.default_rng(0)


@pytest.fixture(autouse=True)
def graph():
    """Each test builds a graph of its own, and leaves no thread behind."""
    before = set(threading.enumerate())
    with tf.Graph().as_default() as graph:
        yield graph
    end = time.monotonic() + 5
    while (left := set(threading.enumerate()) - before) and time.monotonic() < end:
        time.sleep(0.01)
    assert not left


def drain(sess, fetches, most=1000):
    """All results of the fetches until the end of the data, by the documented loop."""
    coord, found = tf.train.Coordinator(), []
    sess.run([tf.initialize_all_variables(), tf.initialize_local_variables()])
    threads = tf.train.start_queue_runners(sess, coord)
    try:
        while not coord.should_stop() and len(found) < most:
            found.append(sess.run(fetches))
    except tf.errors.OutOfRangeError:
        pass
    finally:
        coord.request_stop()
        coord.join(threads, stop_grace_period_secs=5)
    return found


def csv_files(folder, files=3, rows=4):
    for i in range(files):
        lines = "".join(f"{i}.{j},{j},name {j}\n" for j in range(rows))
        (folder / f"{i}.csv").write_text(f"x,y,name\n{lines}")
    return [str(folder / f"{i}.csv") for i in range(files)]


def test_slide_input_text_line_reader(tmp_path):
    files = csv_files(tmp_path)
    queue = tf.train.string_input_producer(files, num_epochs=1, shuffle=False)
    key, value = tf.TextLineReader(skip_header_lines=1).read(queue)
    x, y, name = tf.decode_csv(value, record_defaults=[[0.0], [0], ["none"]])
    assert (x.dtype, y.dtype, name.dtype) == (tf.float32, tf.int32, tf.string)
    assert x.get_shape().as_list() == []
    with tf.Session() as sess:
        rows = drain(sess, [key, x, y, name])
    assert len(rows) == 12
    assert rows[5] == [f"{files[1]}:3", np.float32(1.1), 1, "name 1"]
    assert [row[2] for row in rows] == [0, 1, 2, 3] * 3


def test_slide_input_whole_file_reader(tmp_path):
    pictures = RNG.integers(0, 256, (4, 5, 6, 3), np.uint8)
    for i, picture in enumerate(pictures):
        (tmp_path / f"{i}.png").write_bytes(encode_png(picture))
    files = tf.train.match_filenames_once(str(tmp_path / "*.png"))
    queue = tf.train.string_input_producer(files, num_epochs=1, shuffle=False)
    _, value = tf.WholeFileReader().read(queue)
    image = tf.decode_png(value, channels=3)
    assert image.get_shape().as_list() == [None, None, 3]
    image.set_shape([5, 6, 3])
    images = tf.train.batch([image], batch_size=2)[0]
    assert images.get_shape().as_list() == [2, 5, 6, 3]
    with tf.Session() as sess:
        np.testing.assert_array_equal(np.concatenate(drain(sess, images)), pictures)


def test_slide_input_tf_record_reader(tmp_path):
    pixels = RNG.integers(0, 256, (10, 4), np.uint8)
    example = tf.train.Example(
        features=tf.train.Features(
            feature={"label": tf.train.Feature(int64_list=tf.train.Int64List(value=[0]))}
        )
    )
    with tf.python_io.TFRecordWriter(str(tmp_path / "a.tfrecord")) as writer:
        for i, row in enumerate(pixels):
            example.features.feature["label"].int64_list.value[0] = i
            example.features.feature["raw"].bytes_list.value[:] = [row.tobytes()]
            example.features.feature["weights"].float_list.value[:] = [0.5] * i
            writer.write(example.SerializeToString())
    queue = tf.train.string_input_producer([str(tmp_path / "a.tfrecord")], num_epochs=1)
    _, serialized = tf.TFRecordReader().read(queue)
    features = tf.parse_single_example(
        serialized,
        features={
            "label": tf.FixedLenFeature([], tf.int64),
            "raw": tf.FixedLenFeature([], tf.string),
            "weights": tf.VarLenFeature(tf.float32),
            "bias": tf.FixedLenFeature([2], tf.float32, default_value=[1.0, 2.0]),
        },
    )
    image = tf.decode_raw(features["raw"], tf.uint8)
    with tf.Session() as sess:
        rows = drain(sess, [features["label"], image, features["weights"], features["bias"]])
    assert [row[0] for row in rows] == list(range(10))
    np.testing.assert_array_equal([row[1] for row in rows], pixels)
    assert [len(row[2]) for row in rows] == list(range(10))
    assert rows[0][3].tolist() == [1, 2]


def test_parse_example_takes_a_batch():
    data = [encode_example({"x": [i, i + 0.5], "n": i}) for i in range(3)]
    found = tf.parse_example(
        data, {"x": tf.FixedLenFeature([2], tf.float32), "n": tf.FixedLenFeature([], tf.int64)}
    )
    assert found["x"].get_shape().as_list() == [3, 2]
    values = tf.Session().run(found)
    assert values["x"].tolist() == [[0, 0.5], [1, 1.5], [2, 2.5]]
    assert values["n"].tolist() == [0, 1, 2]
    with pytest.raises(ValueError, match=r"'x' has any length.*parse_single_example"):
        tf.parse_example(data, {"x": tf.VarLenFeature(tf.float32)})


def test_shuffle_batch_gives_every_example_once_an_epoch(tmp_path):
    queue = tf.train.string_input_producer(csv_files(tmp_path, 5, 20), num_epochs=2, seed=1)
    _, value = tf.TextLineReader(skip_header_lines=1).read(queue)
    x, y, _ = tf.decode_csv(value, [[0.0], [0], [""]])
    both = tf.train.shuffle_batch(
        {"x": x, "y": y}, 7, capacity=60, min_after_dequeue=20, seed=2, num_threads=2,
        allow_smaller_final_batch=True,
    )  # fmt: skip
    with tf.Session() as sess:
        found = drain(sess, both)
    x, y = (np.concatenate([batch[key] for batch in found]) for key in "xy")
    assert [len(batch["x"]) for batch in found] == [7] * 28 + [4]
    expected = sorted(2 * [float(np.float32(f"{i}.{j}")) for i in range(5) for j in range(20)])
    assert sorted(map(float, x)) == expected
    assert y.tolist() != sorted(y)
    assert y[:20].tolist() != list(range(20))


def test_a_seed_repeats_the_order():
    def order(seed):
        with tf.Graph().as_default(), tf.Session() as sess:
            rows = tf.train.slice_input_producer([np.arange(20)], 1, shuffle=True, seed=seed)
            batch = tf.train.shuffle_batch(rows, 5, 50, 10, seed=seed)
            return np.concatenate([b[0] for b in drain(sess, batch)]).tolist()

    assert order(1) == order(1) != order(2)
    assert sorted(order(1)) == list(range(20))


def test_two_sessions_over_one_graph_read_for_themselves(tmp_path):
    queue = tf.train.string_input_producer(csv_files(tmp_path, 1), num_epochs=1)
    reader = tf.TextLineReader()
    value, count = reader.read(queue)[1], reader.num_records_produced()
    for _ in range(2):
        with tf.Session() as sess:
            assert len(drain(sess, value)) == 5
            assert sess.run(count) == 5
            assert sess.run(reader.num_work_units_completed()) == 1
            reader.reset().run()
            assert sess.run(count) == 0


# -- what goes wrong is told ----------------------------------------------------------------------


def test_a_forgotten_start_queue_runners_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(buffer_module, "GRACE", 0.1)
    queue = tf.train.string_input_producer(csv_files(tmp_path))
    _, value = tf.TextLineReader().read(queue)
    sess = tf.Session()
    with pytest.raises(
        tf.errors.FailedPreconditionError,
        match=r"input_producer/fifo_queue' is empty.*start_queue_runners",
    ):
        sess.run(value)


def test_forgotten_local_variables_reach_the_main_thread(tmp_path):
    queue = tf.train.string_input_producer(csv_files(tmp_path), num_epochs=1)
    _, value = tf.TextLineReader().read(queue)
    sess, coord = tf.Session(), tf.train.Coordinator()
    threads = tf.train.start_queue_runners(sess, coord)
    with pytest.raises(tf.errors.FailedPreconditionError, match="limit_epochs/epochs has no value"):
        sess.run(value)
    assert coord.should_stop()
    with pytest.raises(tf.errors.FailedPreconditionError, match="limit_epochs/epochs"):
        coord.join(threads)


def test_a_bad_line_in_a_thread_reaches_the_main_thread_with_file_and_line(tmp_path):
    (tmp_path / "bad.csv").write_text("1.0,2\n1.5,three\n")
    queue = tf.train.string_input_producer([str(tmp_path / "bad.csv")], num_epochs=1)
    _, value = tf.TextLineReader().read(queue)
    fields = tf.decode_csv(value, [[0.0], [0]])
    batch = tf.train.batch(fields, 1)
    sess, coord = tf.Session(), tf.train.Coordinator()
    sess.run(tf.initialize_local_variables())
    threads = tf.train.start_queue_runners(sess, coord)
    with pytest.raises(
        tf.errors.InvalidArgumentError,
        match=r"bad.csv, line 2: field 1 is not a valid int32: 'three'(?s:.*)test_input.py, line \d+.*tf.decode_csv",
    ):
        list(map(sess.run, [batch] * 3))
    with pytest.raises(tf.errors.InvalidArgumentError, match="line 2"):
        coord.join(threads)


def test_a_damaged_record_and_a_missing_file_are_told(tmp_path):
    path = tmp_path / "r"
    write_records(path, [b"abc"])
    path.write_bytes(path.read_bytes()[:-1])
    for name, error, says in [
        (path, tf.errors.DataLossError, "r: the file is cut: the record at byte 0"),
        (tmp_path / "no", tf.errors.NotFoundError, "no: No such file or directory"),
    ]:
        with tf.Graph().as_default(), tf.Session() as sess:
            queue = tf.train.string_input_producer([str(name)])
            value = tf.TFRecordReader().read(queue)[1]
            tf.train.start_queue_runners(sess)
            with pytest.raises(error, match=says):
                sess.run(value)
    with pytest.raises(tf.errors.NotFoundError, match="no: No such file"):
        tf.Session().run(tf.read_file(str(tmp_path / "no")))
    with pytest.raises(ValueError, match="empty list of file names"):
        tf.train.string_input_producer([])


def test_an_unknown_shape_is_told_when_the_batch_is_built():
    image = tf.decode_png(tf.read_file("cat.png"))
    with pytest.raises(
        ValueError, match=r"the shape of DecodePng:0, .* not fully known.*set_shape"
    ):
        tf.train.batch([image], 2)


def test_closing_the_session_ends_the_threads(tmp_path):
    queue = tf.train.string_input_producer(csv_files(tmp_path))
    batch = tf.train.batch([tf.TextLineReader().read(queue)[1]], 2)
    sess = tf.Session()
    threads = tf.train.start_queue_runners(sess)
    sess.run(batch)
    assert tf.train.start_queue_runners(sess) == []
    sess.close()
    for thread in threads:
        thread.join(5)
    assert not any(thread.is_alive() for thread in threads)


# -- queues by hand -------------------------------------------------------------------------------


def test_a_queue_by_hand():
    queue = tf.FIFOQueue(10, [tf.int32, tf.float32], shapes=[[], [2]])
    a = tf.placeholder(tf.int32, [])
    one = queue.enqueue([a, [0.5, 1.5]])
    many = queue.enqueue_many([[1, 2], np.ones((2, 2), np.float32)])
    size, first, rest = queue.size(), queue.dequeue(), queue.dequeue_many(2)
    assert rest[1].get_shape().as_list() == [2, 2]
    with tf.Session() as sess:
        assert sess.run(one, {a: 7}) is None
        sess.run(many)
        assert sess.run(size) == 3
        number, pair = sess.run(first)
        assert (number, pair.tolist()) == (7, [0.5, 1.5])
        numbers, pairs = sess.run(rest)
        assert (numbers.tolist(), pairs.tolist()) == ([1, 2], [[1, 1], [1, 1]])
        sess.run(queue.close())
        with pytest.raises(tf.errors.OutOfRangeError, match="requested 1, current size 0"):
            sess.run(first)
        with pytest.raises(tf.errors.CancelledError, match="is closed"):
            sess.run(many)


def test_named_components_and_one_component():
    named = tf.FIFOQueue(3, [tf.int32, tf.int32], [[], []], names=["a", "b"])
    single = tf.RandomShuffleQueue(9, 0, tf.int32, [[]], seed=0)
    with tf.Session() as sess:
        sess.run(named.enqueue({"a": 1, "b": 2}))
        assert sess.run(named.dequeue()) == {"a": 1, "b": 2}
        sess.run(single.enqueue_many([[1, 2, 3, 4]]))
        assert sorted(sess.run(single.dequeue_many(4))) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("build", "says"),
    [
        (lambda q: q.enqueue([1]), "has 2 components, but 1 are given"),
        (lambda q: q.enqueue([1, [1.0]]), r"component 1 .* has shape \(2,\), not \(1,\)"),
        (lambda q: q.enqueue([tf.constant(1.0), [1.0, 2.0]]), "component 0 .* is int32, not float32"),
        (lambda q: tf.FIFOQueue(3, tf.int32).dequeue_many(2), "shapes must be known"),
        (lambda q: tf.RandomShuffleQueue(5, 5, tf.int32), "leaves nothing to take"),
    ],
)  # fmt: skip
def test_a_queue_that_cannot_work_is_refused_when_it_is_built(build, says):
    with pytest.raises((ValueError, TypeError), match=says):
        build(tf.FIFOQueue(10, [tf.int32, tf.float32], shapes=[[], [2]]))


def test_threads_by_hand_with_a_queue_runner():
    queue = tf.FIFOQueue(5, tf.float32, [[]])
    runner = tf.train.QueueRunner(queue, [queue.enqueue([tf.constant(1.0)])] * 3)
    with tf.Session() as sess:
        coord = tf.train.Coordinator()
        threads = runner.create_threads(sess, coord, start=True)
        assert len(threads) == 3
        assert sess.run(queue.dequeue_many(50)).sum() == 50
        size = queue.size()
        while sess.run(size) < 5:
            time.sleep(0.01)
        coord.request_stop()  # the threads wait for room now, and the stop ends that
        coord.join(threads, stop_grace_period_secs=5)


# -- decoding -------------------------------------------------------------------------------------


def test_decode_csv_of_a_vector_and_required_fields():
    empty = tf.constant(np.empty(0, np.float32))
    (alone,) = tf.decode_csv("7", [[0]])
    assert tf.Session().run(alone) == 7
    x, n = tf.decode_csv(["1.5,2", "2.5,"], [empty, [9]])
    assert [v.tolist() for v in tf.Session().run([x, n])] == [[1.5, 2.5], [2, 9]]
    with pytest.raises(
        tf.errors.InvalidArgumentError, match="field 0 is empty, and has no default"
    ):
        tf.Session().run(tf.decode_csv(",1", [empty, [9]])[0])


def test_decode_raw_and_string_to_number():
    sess = tf.Session()
    numbers = np.arange(3, dtype=np.int16)
    assert sess.run(tf.decode_raw(numbers.tobytes(), tf.int16)).tolist() == [0, 1, 2]
    assert (
        sess.run(
            tf.decode_raw([numbers.astype(">i2").tobytes()] * 2, tf.int16, little_endian=False)
        ).tolist()
        == [[0, 1, 2]] * 2
    )
    with pytest.raises(
        tf.errors.InvalidArgumentError, match="3 bytes are no whole number of int16"
    ):
        sess.run(tf.decode_raw(b"abc", tf.int16))
    assert sess.run(tf.string_to_number(["1.5", "-2"])).tolist() == [1.5, -2]
    with pytest.raises(tf.errors.InvalidArgumentError, match="'x'"):
        sess.run(tf.string_to_number("x"))


def test_pictures_in_a_graph():
    sess = tf.Session()
    pixels = RNG.integers(0, 256, (4, 6, 3), np.uint8)
    png = sess.run(tf.encode_png(pixels))
    np.testing.assert_array_equal(sess.run(tf.decode_png(png)), pixels)
    assert sess.run(tf.decode_png(png, channels=1)).shape == (4, 6, 1)
    assert sess.run(tf.decode_png(png, dtype=tf.uint16)).max() == 257 * int(pixels.max())
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG")
    assert sess.run(tf.decode_jpeg(file.getvalue(), ratio=2)).shape == (2, 3, 3)
    with pytest.raises(tf.errors.InvalidArgumentError, match="not a whole JPEG"):
        sess.run(tf.decode_jpeg(png))


def test_fixed_length_records_and_identity(tmp_path):
    (tmp_path / "b").write_bytes(b"HH" + bytes(range(12)) + b"F")
    queue = tf.train.string_input_producer([str(tmp_path / "b")], num_epochs=1)
    key, value = tf.FixedLengthRecordReader(4, header_bytes=2, footer_bytes=1).read(queue)
    with tf.Session() as sess:
        rows = drain(sess, [key, tf.decode_raw(value, tf.uint8)])
    assert [(row[0][-2:], row[1].tolist()) for row in rows] == [
        (f":{i}", list(range(4 * i, 4 * i + 4))) for i in range(3)
    ]
    queue = tf.train.string_input_producer(["a", "b"], num_epochs=1, shuffle=False)
    with tf.Session() as sess:
        assert drain(sess, tf.IdentityReader().read(queue)[1]) == ["a", "b"]


def test_reading_several_records_at_once(tmp_path):
    queue = tf.train.string_input_producer(csv_files(tmp_path, 2), num_epochs=1, shuffle=False)
    keys, values = tf.TextLineReader().read_up_to(queue, 3)
    with tf.Session() as sess:
        found = drain(sess, [keys, values])
    assert [len(keys) for keys, _ in found] == [3, 2, 3, 2]
    assert found[0][1].tolist() == ["x,y,name", "0.0,0,name 0", "0.1,1,name 1"]
