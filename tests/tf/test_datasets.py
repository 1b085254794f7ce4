"""`tf.data`: chains of steps and iterators, as its guide of 1.4 describes them."""

import gzip

import numpy as np
import pytest

from autodiff import data
from autodiff.frontends import tensorflow as tf
from autodiff.frontends.run import standing_in

X, Y = np.arange(10.0).reshape(5, 2), np.arange(5)
D = tf.data.Dataset


@pytest.fixture(autouse=True)
def fresh_graph():
    tf.reset_default_graph()


def elements(dataset):
    following = dataset.make_one_shot_iterator().get_next()
    found = []
    with tf.Session() as session:
        while True:
            try:
                found.append(session.run(following))
            except tf.errors.OutOfRangeError:
                return found


def plain(dataset):
    return [np.asarray(e).tolist() for e in elements(dataset)]


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        (lambda: D.range(2, 8, 3), [2, 5]),
        (lambda: D.from_tensors([1, 2]), [[1, 2]]),
        (lambda: D.from_tensor_slices([[1, 2], [3, 4]]), [[1, 2], [3, 4]]),
        (lambda: D.from_tensor_slices(tf.constant([1, 2]) * 2), [2, 4]),
        (lambda: D.range(3).map(lambda x: x * x), [0, 1, 4]),
        (lambda: D.range(6).filter(lambda x: tf.equal(x % 2, 0)), [0, 2, 4]),
        (lambda: D.range(5).batch(2), [[0, 1], [2, 3], [4]]),
        (lambda: D.range(5).batch(2, drop_remainder=True), [[0, 1], [2, 3]]),
        (lambda: D.range(2).repeat(2), [0, 1, 0, 1]),
        (lambda: D.range(2).repeat(2).repeat(2), [0, 1] * 4),
        (lambda: D.range(2).repeat().take(3), [0, 1, 0]),
        (lambda: D.range(0).repeat(), []),
        (lambda: D.range(4).skip(3).prefetch(1).cache(), [3]),
        (lambda: D.range(4).skip(-1), []),
        (lambda: D.range(4).flat_map(D.range), [0, 0, 1, 0, 1, 2]),
        (
            lambda: D.range(3).flat_map(lambda n: D.from_tensors(n * 2).repeat(2)),
            [0, 0, 2, 2, 4, 4],
        ),
        (lambda: D.range(7).shard(3, 1), [1, 4]),
        (lambda: D.range(3).apply(tf.contrib.data.map_and_batch(lambda x: -x, 2)), [[0, -1], [-2]]),
        (
            lambda: D.range(3).apply(tf.contrib.data.batch_and_drop_remainder(2)),
            [[0, 1]],
        ),
        (
            lambda: D.range(1, 4).map(lambda n: tf.fill([n], n)).padded_batch(2, [None]),
            [[[1, 0], [2, 2]], [[3, 3, 3]]],
        ),
        (
            lambda: D.range(1, 3).map(lambda n: tf.fill([n], n)).padded_batch(2, [3], np.int64(-1)),
            [[[1, -1, -1], [2, 2, -1]]],
        ),
        (  # as the documentation of `interleave` shows it
            lambda: D.range(1, 6).interleave(lambda n: D.from_tensors(n).repeat(6), 2, 4),
            [1] * 4 + [2] * 4 + [1] * 2 + [2] * 2 + [3] * 4 + [4] * 4 + [3] * 2 + [4] * 2 + [5] * 6,
        ),
        (lambda: D.range(1).concatenate(D.range(2)), [0, 0, 1]),
        (lambda: D.zip((D.range(2), D.range(5, 9))).map(lambda a, b: a + b), [5, 7]),
        (lambda: D.range(2).apply(lambda d: d.map(lambda x: -x, num_parallel_calls=4)), [0, -1]),
        (lambda: D.from_generator(lambda: iter([1, 2]), tf.int32), [1, 2]),
    ],
)
def test_steps(build, expected):
    assert plain(build()) == expected


def test_structures_keep_their_form():
    data = D.from_tensor_slices({"x": X, "y": (Y, Y + 1)}).batch(3)
    assert data.output_shapes["x"].as_list() == [None, 2]
    first, second = elements(data)
    assert first["x"].tolist() == X[:3].tolist()
    assert [part.tolist() for part in second["y"]] == [[3, 4], [4, 5]]
    with pytest.raises(ValueError, match="first axes of one length"):
        D.from_tensor_slices((X, Y[:2]))


def test_a_shuffled_epoch_has_every_element_once_in_another_order_each_time():
    first, second = (np.array(plain(D.range(20).shuffle(7, seed=1).repeat(2)))[s] for s in
                     (slice(20), slice(20, 40)))  # fmt: skip
    assert sorted(first) == sorted(second) == list(range(20))
    assert list(first) != list(range(20)) != list(second)
    assert list(first) != list(second)
    assert all(value < place + 7 for place, value in enumerate(first))


def test_an_initializer_begins_anew_with_what_is_fed():
    x = tf.placeholder(tf.float32, [None])
    iterator = D.from_tensor_slices(x).map(lambda v: v + 1).make_initializable_iterator()
    following = iterator.get_next()
    with tf.Session() as session:
        with pytest.raises(tf.errors.FailedPreconditionError, match="no data yet: run"):
            session.run(following)
        for fed in ([1.0, 2.0], [5.0]):
            session.run(iterator.initializer, {x: fed})
            assert [session.run(following) for _ in fed] == [v + 1 for v in fed]
            with pytest.raises(tf.errors.OutOfRangeError, match="End of sequence"):
                session.run(following)


def test_one_iterator_reads_several_datasets():
    training, testing = D.range(3), D.range(10, 12)
    iterator = tf.data.Iterator.from_structure(training.output_types, training.output_shapes)
    following = iterator.get_next()
    assert following.get_shape().as_list() == []
    train, test = iterator.make_initializer(training), iterator.make_initializer(testing)
    with tf.Session() as session:
        for start, expected in ((train, [0, 1]), (test, [10, 11]), (train, [0])):
            session.run(start)
            assert [session.run(following) for _ in expected] == expected
    with pytest.raises(TypeError, match="is for elements of"):
        iterator.make_initializer(D.from_tensor_slices(X))


def test_a_program_trains_on_batches_and_has_its_own_way_in_each_session():
    with standing_in("tensorflow"):
        from tensorflow.contrib.data import Dataset
    data = Dataset.from_tensor_slices((X, X.sum(1, keepdims=True))).shuffle(5).batch(5).repeat()
    x, y = data.make_one_shot_iterator().get_next()
    w = tf.Variable(np.zeros((2, 1)))
    loss = tf.reduce_mean((tf.matmul(x, w) - y) ** 2)
    step = tf.train.GradientDescentOptimizer(0.01).minimize(loss)
    for _ in range(2):
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            for _ in range(300):
                session.run(step)
            assert np.allclose(session.run(w), 1, atol=0.1)


def test_lines_of_a_file(tmp_path):
    path = tmp_path / "lines"
    path.write_text("1,2\n3,4\n")
    data = tf.data.TextLineDataset(str(path)).map(lambda line: tf.decode_csv(line, [[0], [0]])[1])
    assert plain(data) == [2, 4]


@pytest.mark.parametrize("compression", ["", "GZIP", None])
def test_files_whose_names_are_fed(tmp_path, compression):
    opened = gzip.open if compression else open
    for name in "ab":
        with opened(tmp_path / name, "wt", encoding="utf-8") as file:
            file.write(f"{name}1\n{name}2\n")
    records = tmp_path / "records"
    with data.RecordWriter(records, compression.lower() if compression else None) as writer:
        writer.write(b"x")
        writer.write(b"y")
    names = tf.placeholder(tf.string, [None])
    lines = tf.data.TextLineDataset(names, compression).make_initializable_iterator()
    first = lines.get_next()
    with tf.Session() as session:
        session.run(lines.initializer, {names: [str(tmp_path / "a"), str(tmp_path / "b")]})
        assert [session.run(first) for _ in range(4)] == ["a1", "a2", "b1", "b2"]
    assert plain(tf.data.TFRecordDataset([str(records)], compression)) == [b"x", b"y"]


def test_another_compression_is_refused():
    with pytest.raises(ValueError, match="GZIP"):
        tf.data.TFRecordDataset("file", "ZLIB")


def test_what_is_cached_is_the_same_in_each_round_and_drawn_anew_by_each_iterator():
    drawn = D.range(4).map(lambda _: tf.random_uniform([])).cache().repeat(3)
    one, other = plain(drawn), plain(drawn)
    assert one[:4] == one[4:8] == one[8:]
    assert len(set(one)) == 4
    assert one[:4] != other[:4]
    assert len(set(plain(D.range(4).map(lambda _: tf.random_uniform([])).repeat(3)))) == 12


def test_lines_of_many_files_without_their_heads(tmp_path):
    for name in "ab":
        (tmp_path / name).write_text(f"head\n{name}1\n{name}2\n")
    names = D.from_tensor_slices(tf.constant([str(tmp_path / n) for n in "ab"]))
    lines = names.flat_map(lambda name: tf.data.TextLineDataset(name).skip(1))
    assert plain(lines) == ["a1", "a2", "b1", "b2"]


def test_a_function_that_gives_no_dataset_is_told():
    with pytest.raises(TypeError, match="gives a Dataset"):
        D.range(3).flat_map(lambda n: n)


def test_sizes_of_steps_may_be_fed():
    size, count = tf.placeholder(tf.int64, []), tf.placeholder(tf.int32, [])
    data = D.range(10).skip(count).take(6).shuffle(size).batch(size).repeat(count)
    iterator = data.make_initializable_iterator()
    following = iterator.get_next()
    assert following.get_shape().as_list() == [None]
    with tf.Session() as session:
        session.run(iterator.initializer, {size: 4, count: 2})
        found = [session.run(following) for _ in range(4)]
        assert [len(batch) for batch in found] == [4, 2, 4, 2]
        assert sorted(np.concatenate(found[:2])) == list(range(2, 8))
        with pytest.raises(tf.errors.OutOfRangeError):
            session.run(following)


def test_batches_of_unequal_elements_are_told():
    data = D.range(1, 3).map(lambda n: tf.zeros([n])).batch(2)
    with pytest.raises(ValueError, match="equal shapes"):
        elements(data)


def test_padded_parts_of_a_pair(tmp_path):
    pairs = D.range(1, 3).map(lambda n: (tf.range(tf.cast(n, tf.int32)), n))
    batched = pairs.padded_batch(2, ([-1], []), (np.int32(9), np.int64(0)))
    assert [d.as_list() for d in batched.output_shapes] == [[None, None], [None]]
    ((rows, counts),) = elements(batched)
    assert rows.tolist() == [[0, 9], [0, 1]]
    assert counts.tolist() == [1, 2]
    with pytest.raises(ValueError, match="an element is longer"):
        elements(pairs.padded_batch(2, ([1], [])))


def test_files_by_a_pattern(tmp_path):
    for name in "abc":
        (tmp_path / f"{name}.txt").write_text(f"{name}\n")
    every = D.list_files(str(tmp_path / "*.txt")).flat_map(tf.data.TextLineDataset)
    assert sorted(plain(every)) == ["a", "b", "c"]
    in_order = D.list_files([str(tmp_path / "[bc].txt"), str(tmp_path / "a.txt")], shuffle=False)
    assert [name.rpartition("/")[2] for name in plain(in_order)] == ["a.txt", "b.txt", "c.txt"]
    with pytest.raises(ValueError, match="no file fits"):
        D.list_files(str(tmp_path / "*.csv"))
