"""TFRecord files: exchanged with TensorBoard's and another implementation, both ways; damage."""

import gzip
import sys

import numpy as np
import pytest
from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import (
    PyRecordReader_New,
    masked_crc32c,
)
from tensorboard.summary.writer.record_writer import RecordWriter as TensorBoardWriter

from autodiff.data.ground.errors import DataError, MissingPackageError, RecordError
from autodiff.data.records.example import decode_example, encode_example
from autodiff.data.records.features import FixedLenFeature, VarLenFeature, parse_example
from autodiff.data.records.tfrecords import (
    RecordWriter,
    masked_crc,
    read_framed,
    read_records,
    write_records,
)

RECORDS = [b"", b"a", b"\0" * 100, bytes(range(256)) * 5]


@pytest.mark.parametrize("data", [*RECORDS, b"123456789"], ids=len)
def test_the_checksum_is_tensorboards(data):
    assert masked_crc(data) == masked_crc32c(data)


def test_tensorboard_reads_our_file(tmp_path):
    assert write_records(tmp_path / "r", RECORDS) == 4
    reader, found = PyRecordReader_New(str(tmp_path / "r")), []
    for _ in RECORDS:
        reader.GetNext()
        found.append(reader.record())
    assert found == RECORDS


def test_we_read_tensorboards_file(tmp_path):
    with open(tmp_path / "r", "wb") as file:
        writer = TensorBoardWriter(file)
        for record in RECORDS:
            writer.write(record)
    assert list(read_records(tmp_path / "r")) == RECORDS
    assert [record.offset for record in read_framed(tmp_path / "r")] == [0, 16, 33, 149]


def test_writing_one_by_one_and_compressed(tmp_path):
    for compression in (None, "gzip"):
        with RecordWriter(tmp_path / "r", compression) as writer:
            for record in RECORDS:
                writer.write(record)
        assert list(read_records(tmp_path / "r", compression)) == RECORDS
    assert gzip.decompress((tmp_path / "r").read_bytes())[:8] == bytes(8)
    with pytest.raises(RecordError, match="compression='gzip'"):
        list(read_records(tmp_path / "r"))
    with pytest.raises(DataError, match="write None or 'gzip'"):
        next(read_records(tmp_path / "r", "zip"))


def test_a_file_cut_anywhere_gives_its_whole_records_then_file_and_offset(tmp_path):
    records = [b"abc", b"", b"defgh"]
    write_records(tmp_path / "whole", records)
    whole = (tmp_path / "whole").read_bytes()
    starts = [record.offset for record in read_framed(tmp_path / "whole")]
    for end in range(len(whole)):
        path = tmp_path / "cut"
        path.write_bytes(whole[:end])
        found, reader = [], read_framed(path)
        if end in starts:
            assert [record.data for record in reader] == records[: starts.index(end)]
            continue
        with pytest.raises(RecordError, match="the file is cut") as caught:
            found.extend(record.data for record in reader)
        before = max(start for start in starts if start <= end)
        assert found == records[: starts.index(before)] or not found
        assert (caught.value.file, caught.value.offset) == (str(path), before)


def test_any_flipped_bit_is_found(tmp_path):
    write_records(tmp_path / "r", [b"abc", b"defgh"])
    whole = (tmp_path / "r").read_bytes()
    for at in range(len(whole)):
        for bit in (1, 128):
            (tmp_path / "flip").write_bytes(whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1 :])
            with pytest.raises(RecordError, match=r"flip: .*at byte (0|19).*wrong checksum"):
                list(read_records(tmp_path / "flip"))


def test_a_cut_gzip_stream_is_told(tmp_path):
    rng = np.random.default_rng(0)
    with RecordWriter(tmp_path / "r", "gzip") as writer:
        for _ in range(5):
            writer.write(rng.bytes(1000))
    (tmp_path / "cut").write_bytes((tmp_path / "r").read_bytes()[:3000])
    with pytest.raises(RecordError, match="gzip stream is cut") as caught:
        list(read_records(tmp_path / "cut", "gzip"))
    assert caught.value.offset == 2 * 1016


def test_an_interrupted_write_leaves_the_old_file(tmp_path):
    write_records(tmp_path / "r", [b"old"])

    def broken():
        yield b"new"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_records(tmp_path / "r", broken())
    assert list(read_records(tmp_path / "r")) == [b"old"]
    assert [path.name for path in tmp_path.iterdir()] == ["r"]


FEATURES = {
    "label": 3,
    "pixels": np.arange(6, dtype=np.float32).reshape(2, 3),
    "name": "seven",
    "raw": b"\0\xff",
}


def test_examples_exchange_with_another_implementation(tmp_path):
    other = pytest.importorskip("tfrecord")
    write_records(tmp_path / "ours", [encode_example(FEATURES)])
    (read,) = other.tfrecord_loader(str(tmp_path / "ours"), None)
    assert read["label"].tolist() == [3]
    assert read["pixels"].tolist() == [0, 1, 2, 3, 4, 5]
    assert bytes(read["name"]) == b"seven"
    assert bytes(read["raw"]) == b"\0\xff"
    writer = other.TFRecordWriter(str(tmp_path / "theirs"))
    writer.write({"x": ([1.5, 2.5], "float"), "n": (-7, "int"), "b": (b"\0z", "byte")})
    writer.close()
    (found,) = map(decode_example, read_records(tmp_path / "theirs"))
    assert found["x"].tolist() == [1.5, 2.5]
    assert found["n"].tolist() == [-7]
    assert found["b"].tolist() == [b"\0z"]


def test_features_by_declaration():
    data = encode_example(FEATURES)
    asked = {
        "pixels": FixedLenFeature((2, 3), "float32"),
        "label": FixedLenFeature((), np.int64),
        "raw": FixedLenFeature((1,), bytes),
        "weight": FixedLenFeature((2,), "float32", default_value=1.0),
        "tags": VarLenFeature(bytes),
        "name": VarLenFeature(bytes),
    }
    found = parse_example(data, asked)
    np.testing.assert_array_equal(found["pixels"], FEATURES["pixels"])
    assert found["label"][()] == 3
    assert found["raw"].tolist() == [b"\0\xff"]
    assert found["weight"].tolist() == [1, 1]
    assert found["tags"].tolist() == []
    assert found["name"].tolist() == [b"seven"]


@pytest.mark.parametrize(
    ("name", "feature", "says"),
    [
        ("labels", FixedLenFeature((), "int64"), "'labels' is missing, and has no default_value"),
        ("label", FixedLenFeature((), "float32"), "'label' holds integers, but floats"),
        ("pixels", FixedLenFeature((3,), "float32"), r"has 6 values, but its shape \(3,\) holds 3"),
        ("pixels", FixedLenFeature((6,), "float64"), "an Example holds float32, int64 and bytes"),
    ],
)
def test_a_feature_that_does_not_fit_is_named(name, feature, says):
    with pytest.raises(DataError, match=says):
        parse_example(encode_example(FEATURES), {name: feature})


def test_what_an_example_does_not_hold_is_refused():
    with pytest.raises(DataError, match="'z' is of complex128"):
        encode_example({"z": 1j})
    with pytest.raises(DataError, match="'big' does not fit into a int64_list"):
        encode_example({"big": 2**63})
    with pytest.raises(DataError, match="4 bytes are not an Example"):
        decode_example(b"\xff\xff\xff\xff")


def test_a_package_that_is_missing_is_named_with_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "google_crc32c", None)
    with pytest.raises(MissingPackageError, match=r"record files need the package google_crc32c"):
        masked_crc(b"")
    with pytest.raises(ImportError, match=r"pip install 'autodiff-toolkit\[tensorflow\]'"):
        masked_crc(b"")
