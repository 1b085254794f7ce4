"""Lines and CSV fields: values, types, places in messages."""

import numpy as np
import pytest

from autodiff.data.ground.errors import DataError
from autodiff.data.reading.text import csv_rows, decode_csv, lines, whole_files


def test_lines_of_several_files_know_their_place(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"one\r\ntwo\n")
    (tmp_path / "b.txt").write_bytes("drei ä".encode())
    found = list(lines([tmp_path / "a.txt", tmp_path / "b.txt"]))
    assert found == ["one", "two", "drei ä"]
    assert [(line.file[-5:], line.number) for line in found] == [
        ("a.txt", 1),
        ("a.txt", 2),
        ("b.txt", 1),
    ]
    assert list(lines(tmp_path / "a.txt", skip=1)) == ["two"]


def test_a_byte_that_is_not_text_is_told_with_its_line(tmp_path):
    (tmp_path / "latin.txt").write_bytes(b"ok\nna\xefve\n")
    reader = lines(tmp_path / "latin.txt")
    assert next(reader) == "ok"
    with pytest.raises(DataError, match=r"latin.txt, line 2: byte 2 .*encoding='latin-1'"):
        next(reader)
    assert list(lines(tmp_path / "latin.txt", encoding="latin-1"))[1] == "naïve"


def test_whole_files(tmp_path):
    (tmp_path / "a").write_bytes(b"\0\1")
    assert list(whole_files(tmp_path / "a")) == [(str(tmp_path / "a"), b"\0\1")]


def test_fields_have_the_types_of_their_defaults():
    defaults = [1, 0.5, "x", np.float32(2), np.array([7], np.int64), np.uint8(9)]
    full = decode_csv('3, 2.5,"a ""b"", c",1e3,-4,255', defaults)
    assert full == [3, 2.5, 'a "b", c', 1000.0, -4, 255]
    assert [type(value) for value in full] == [int, float, str, np.float32, np.int64, np.uint8]
    empty = decode_csv(",,,,,", defaults)
    assert empty == [1, 0.5, "x", 2.0, 7, 9]
    assert [type(value) for value in empty] == [int, float, str, np.float32, np.int64, np.uint8]
    assert decode_csv("1;2", [int, int], delimiter=";") == [1, 2]
    assert decode_csv("", ["none"]) == ["none"]


@pytest.mark.parametrize(
    ("line", "defaults", "says"),
    [
        ("1,2", [0], r"expected 1 fields.*found 2 in '1,2'"),
        ("1,", [0, float], r"field 1 is empty, and has no default"),
        ("1,", [0, np.empty(0, np.float32)], r"field 1 is empty"),
        ("1,two", [0, 0], r"field 1 is not a valid int64: 'two'"),
        ("1.5", [0], r"field 0 is not a valid int64: '1.5'"),
        ("300", [np.uint8(0)], r"field 0 does not fit into uint8: '300'"),
        ("-1", [np.uint8(0)], r"field 0 does not fit into uint8"),
        ('"open', ["x"], r"not a line of CSV: unexpected end of data"),
    ],
)
def test_what_is_wrong_with_a_line_is_said(line, defaults, says, tmp_path):
    with pytest.raises(DataError, match=says):
        decode_csv(line, defaults)
    (tmp_path / "t.csv").write_text(f"head\n\n{line}\n")
    with pytest.raises(DataError, match=rf"t.csv, line 3: {says}"):
        list(csv_rows(tmp_path / "t.csv", defaults, skip=1))


def test_rows_agree_with_numpy(tmp_path):
    table = np.random.default_rng(0).normal(size=(20, 3))
    np.savetxt(tmp_path / "t.csv", table, delimiter=",", header="a,b,c")
    rows = list(csv_rows(tmp_path / "t.csv", [float] * 3, skip=1))
    np.testing.assert_array_equal(rows, table)
