"""Files from anywhere: damage of every kind gives one kind of error, and nothing is called."""

import gzip
import io
import json
import os
import random
import struct
import subprocess
import sys
import zlib
from zlib import crc32

import numpy as np
import pytest
from PIL import Image

from autodiff.data import mnist
from autodiff.data.checkpoints import (
    CheckpointError,
    contents,
    describe,
    load,
    notes,
    restore,
    save,
    saving,
)
from autodiff.data.ground.errors import DataError, RecordError
from autodiff.data.ground.files import whole_file
from autodiff.data.reading.images import FORMATS, decode_image, encode_png, read_image
from autodiff.data.reading.text import csv_rows, lines
from autodiff.data.records.example import decode_example, encode_example
from autodiff.data.records.tfrecords import framed, masked_crc, read_records, write_records

SMALL = {
    "W": np.arange(3.0),
    "z": np.array([1j, 2.0]),
    "mask": np.array([True]),
    "step": 5,
    "name": "ä",
    "rng": np.random.default_rng(0),
}


def damaged(whole, times, seed):
    """The bytes with flips, cuts, insertions, repeats and overwritten numbers."""
    rng = random.Random(seed)
    for _ in range(times):
        data = bytearray(whole)
        for _ in range(rng.choice([1, 1, 1, 2, 5])):
            at = rng.randrange(len(data) + 1)
            kind = rng.randrange(5)
            if kind == 0 and at < len(data):
                data[at] ^= 1 << rng.randrange(8)
            elif kind == 1:
                del data[at:]
            elif kind == 2:
                data[at:at] = rng.randbytes(rng.randrange(1, 9))
            elif kind == 3:
                data[at : at + 4] = rng.choice([b"\xff" * 4, bytes(4), b"}{][", b'""""'])
            else:
                data[at:at] = data[at : at + rng.randrange(1, 40)]
        yield bytes(data)


def whole_reading(path):
    """Everything that one can ask of a checkpoint."""
    load(path), contents(path), describe(path), restore(path, SMALL)


def test_damage_of_any_kind_to_a_checkpoint_is_one_kind_of_error(tmp_path):
    path = save(tmp_path / "a", SMALL)
    refused = 0
    for data in damaged(path.read_bytes(), 1500, 1):
        path.write_bytes(data)
        try:
            whole_reading(path)
        except CheckpointError as error:
            refused += str(path) in str(error)
    assert refused > 1400


def with_header(path, header, data=b""):
    """A safetensors file with this header, whatever it says."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)
    return path


def with_notes(path, text, arrays=None):
    """A checkpoint whose notes are this JSON, with a right checksum."""
    import safetensors.numpy

    arrays = {"W": np.arange(3.0)} if arrays is None else arrays
    metadata = {notes.KEY: text, notes.SUM: str(crc32(text.encode()))}
    path.write_bytes(safetensors.numpy.save(arrays, metadata))
    return path


ODD = [None, True, 0, -1, 1.5, 1e999, "x", [], [1], ["W"], [None], {}, {"W": {}}, {"W": None}]
DEEP = "[" * 50_000 + "]" * 50_000


@pytest.mark.parametrize("slot", [*notes.FORMS, "other"])
def test_notes_of_odd_shape_are_refused(slot, tmp_path):
    good = {"checksums": {"W": notes_sum()}, "complex": [], "plain": {}, "generators": {}}
    for odd in [*ODD, *({"W": part} for part in ODD), [[]], {"": 0}, {"q": "x", "W": [1]}]:
        path = with_notes(tmp_path / "a", json.dumps(good | {slot: odd}))
        try:
            whole_reading(path)
        except CheckpointError:
            continue
        raise AssertionError(f"{slot} = {odd} was read")  # SMALL is never in it


def notes_sum():
    return saving._checksum(np.arange(3.0))


@pytest.mark.parametrize(
    "text", [DEEP, "", "null", "[]", "3", '"x"', "{", '{"plain": ' + DEEP + "}", "9" * 5000]
)
def test_notes_that_are_no_notes_are_refused(text, tmp_path):
    with pytest.raises(CheckpointError, match="a is damaged: its notes"):
        load(with_notes(tmp_path / "a", text))


@pytest.mark.parametrize("place", ["dtype", "shape", "data_offsets", ""])
def test_headers_of_odd_shape_are_refused(place, tmp_path):
    for odd in [*ODD, [2**63, 2**64], [0, 10**30], [0, "x"], [[0], [1]], "F8_E5M2", "BF16", "C128"]:
        part = {"dtype": "F64", "shape": [3], "data_offsets": [0, 24]}
        header = {"W": part | {place: odd} if place else odd}
        path = with_header(tmp_path / "a", header, bytes(24))
        try:
            found = load(path)
        except CheckpointError:
            continue
        assert list(found) == ["W"] or header == {"W": part | {place: odd}} or found == {}
    for text in [DEEP.encode(), b"{" * 99, b"\xff", b"null", b"[1]", b'{"W": %s}' % DEEP.encode()]:
        with pytest.raises(CheckpointError):
            load(with_header(tmp_path / "a", text))


def state(kind, **change):
    return notes.state_of(np.random.Generator(getattr(np.random, kind)(1))) | change


def test_a_checkpoint_calls_nothing_that_it_names(tmp_path, monkeypatch):
    """Every name of `numpy.random` stands once for the kind of a generator."""
    called = []
    for name in set(dir(np.random)) - set(notes.GENERATORS) - {"Generator"}:
        if callable(getattr(np.random, name)):
            monkeypatch.setattr(np.random, name, lambda *_, n=name: called.append(n))
    for name in [*dir(np.random), "__class__", "", "os.system", 3, None, ["PCG64"], {}]:
        part = state("PCG64") | {"bit_generator": name}
        text = json.dumps({"generators": {"rng": part}})
        path = with_notes(tmp_path / "a", text, {})
        if name in ("PCG64", "PCG64DXSM"):  # two kinds of one form
            load(path)
            continue
        with pytest.raises(CheckpointError, match=r"a is damaged: 'rng': .*random generator"):
            load(path)
    assert called == []


@pytest.mark.parametrize("kind", notes.GENERATORS)
def test_a_state_out_of_range_is_refused(kind):
    """NumPy believes every position, and reads beyond its memory at a wrong one."""
    good = state(kind)
    assert (
        notes.generator_of(good).random()
        == np.random.Generator(getattr(np.random, kind)(1)).random()
    )

    def spoiled(part):
        for key in list(part):
            if isinstance(part[key], dict):
                for inner in spoiled(part[key]):
                    yield part | {key: inner}
                continue
            odd = [None, -1, 1.0, "x", {}, [], 2**128, True]
            if isinstance(part[key], list):
                odd += [part[key][:-1], [*part[key], 0], [2**64, *part[key][1:]], [-1] * 4, [None]]
            else:
                odd += [625] if key == "pos" else [5] if key == "buffer_pos" else []
            yield from (part | {key: value} for value in odd)
            yield {name: value for name, value in part.items() if name != key}

    count = 0
    for bad in spoiled(good):
        with pytest.raises(CheckpointError):
            notes.generator_of(bad)
        count += 1
    assert count > 15


def test_a_generator_of_a_kind_of_the_users_own_is_refused_when_it_is_saved(tmp_path):
    class Mine(np.random.PCG64):
        pass

    with pytest.raises(CheckpointError, match="kind Mine has no place"):
        save(tmp_path / "a", {"rng": np.random.Generator(Mine())})


NAMES = [
    *("__metadata__", "a/b", "", " ", "ä" * 300, "a\0b", "a\nb", "\\", '"', "\ud800", "\U0001f600"),
    *("{", "x" * 70_000, "..", "é", "e\u0301", "\u202e", "dtype", "autodiff", "-", "0"),
]
LEAVES = [
    *(np.arange(3.0), np.float32(1), np.array(1 + 2j, np.complex64), np.zeros((0, 2))),
    *(5, -(10**30), 1 << 2040, 10**5000, 1.5, float("inf"), True, None, "", "\0", "\ud800"),
    *(np.array(["x"]), np.ma.masked_array([1.0, 2.0], [True, False]), np.longdouble(1), object()),
    *(np.random.default_rng(3), np.float16(2), np.uint64(2**64 - 1), np.array([], np.complex128)),
    np.array(["2020-01-01"], "M8[D]"),
]


def same(found, leaf):
    if isinstance(leaf, np.random.Generator):
        return found.bit_generator.state == leaf.bit_generator.state
    if isinstance(leaf, np.ndarray | np.generic):
        return found.dtype == leaf.dtype and np.array_equal(found, leaf)
    return type(found) is type(leaf) and found == leaf


def test_what_is_saved_can_be_loaded(tmp_path):
    """Every name with every leaf: it is refused and nothing is written, or it comes back."""
    kept = 0
    for name in NAMES:
        for leaf in LEAVES:
            path = tmp_path / "a"
            path.unlink(missing_ok=True)
            tree = {name: leaf, "beside": np.ones(2), "n": 1}
            try:
                save(path, tree)
            except CheckpointError:
                assert os.listdir(tmp_path) == []
                continue
            assert same(restore(path, tree)[name], leaf), (name, leaf)
            assert describe(path)
            kept += 1
    assert kept > 0.6 * len(NAMES) * len(LEAVES)


def test_an_array_that_took_the_name_of_a_plain_value_is_missed(tmp_path):
    path = save(tmp_path / "a", {"b": np.ones(2), "f": 1.5})
    path.write_bytes(path.read_bytes().replace(b'"b":{', b'"f":{'))
    with pytest.raises(CheckpointError, match="damaged: 'b' is missing"):
        load(path)


# Temporary files


KILLED = """
import os, sys
from autodiff.data.ground.files import whole_file
with whole_file("a") as file:
    file.write(b"half")
    file.flush()
    print("open", flush=True)
    sys.stdin.read()
    os.kill(os.getpid(), 9)
"""


def test_what_killed_processes_leave_is_removed_and_what_lives_is_kept(tmp_path):
    def start():
        run = subprocess.Popen(
            [sys.executable, "-c", KILLED],
            cwd=tmp_path,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        run.stdout.readline()
        return run

    living, dead = start(), [start() for _ in range(3)]
    for run in dead:
        run.communicate()
    (tmp_path / ".a.notes.part").write_text("the user's own")
    (tmp_path / ".b.abcdefgh.part").write_text("of another name")
    assert len(os.listdir(tmp_path)) == 6
    with whole_file(tmp_path / "a") as file:
        with whole_file(tmp_path / "a") as inner:  # of this process, and alive too
            inner.write(b"inner")
        file.write(b"outer")
    left = set(os.listdir(tmp_path)) - {"a", ".a.notes.part", ".b.abcdefgh.part"}
    assert len(left) == 1
    assert (tmp_path / left.pop()).read_bytes() == b"half"
    living.communicate()
    with whole_file(tmp_path / "a") as file:
        file.write(b"outer")
    assert set(os.listdir(tmp_path)) == {"a", ".a.notes.part", ".b.abcdefgh.part"}
    assert (tmp_path / "a").read_bytes() == b"outer"


def test_a_link_stays_and_leads_to_what_is_new(tmp_path):
    (tmp_path / "store").mkdir()
    save(tmp_path / "store" / "a", {"x": 1})
    (tmp_path / "latest").symlink_to(tmp_path / "store" / "a")
    save(tmp_path / "latest", {"x": 2})
    assert (tmp_path / "latest").is_symlink()
    assert load(tmp_path / "store" / "a") == load(tmp_path / "latest") == {"x": 2}
    assert os.listdir(tmp_path / "store") == ["a"]


def test_folders_and_devices_are_not_replaced(tmp_path):
    for name in (tmp_path, os.devnull):
        with pytest.raises(DataError, match="is a folder or a device"):
            save(name, {"x": 1})


@pytest.mark.parametrize("name", ["a", "n" * 250, "ä b", "a\\b"])
def test_paths_are_text_bytes_or_path_objects(name, tmp_path):
    path = tmp_path / name
    for own in (str(path), os.fsencode(path), path):
        assert load(save(own, {"x": np.ones(2)}))["x"].tolist() == [1, 1]
        assert restore(own, {"x": np.zeros(2)})["x"].tolist() == [1, 1]
        assert contents(own)[0].name == "x"
        write_records(own, [b"one"])
        assert list(read_records(own)) == [b"one"]
        path.write_text("line")
        assert [line.file for line in lines(own)] == [str(path)]
        path.write_bytes(encode_png(np.zeros((2, 2, 3), np.uint8)))
        assert read_image(own).shape == (2, 2, 3)


# Records, pictures, Examples, CSV


@pytest.mark.parametrize("compression", [None, "gzip"])
def test_damage_of_any_kind_to_records_is_one_kind_of_error(compression, tmp_path):
    records = [b"abc", b"", b"x" * 300]
    write_records(tmp_path / "a", records)
    whole = (tmp_path / "a").read_bytes()
    whole = gzip.compress(whole) if compression else whole
    refused = 0
    for data in damaged(whole, 800, 2):
        (tmp_path / "a").write_bytes(data)
        found = []
        try:
            found.extend(read_records(tmp_path / "a", compression))
        except RecordError as error:
            refused += error.file == str(tmp_path / "a")
        assert found == records[: len(found)] or set(found) <= set(records)
    assert refused > 600


def test_a_record_that_swells_is_refused_before_it_is_in_memory(tmp_path):
    """1 GB of zeros in 1 MB, read by a process that has no memory for it."""
    length = struct.pack("<Q", 2**30)
    with gzip.open(tmp_path / "bomb", "wb", compresslevel=1) as file:
        file.write(length + struct.pack("<I", masked_crc(length)))
        for _ in range(2**6):
            file.write(bytes(2**24))
    code = "import autodiff.data as d; list(d.read_records('bomb', 'gzip'))"
    assert "largest=1073741824" in small(code, tmp_path, "2**28")
    with gzip.open(tmp_path / "a", "wb") as file:
        file.write(framed(b"1234"))
    assert list(read_records(tmp_path / "a", "gzip", largest=4)) == [b"1234"]
    with pytest.raises(RecordError, match="4 bytes, where 3 are the most"):
        list(read_records(tmp_path / "a", "gzip", largest=3))


def small(code, folder, room):
    """What a process says that may take only so much more memory for the code than for imports."""
    first, _, rest = code.partition("; ")
    whole = f"""
import resource
import numpy, PIL.Image, google_crc32c
{first}
pages = int(open("/proc/self/statm").read().split()[0])
limit = pages * resource.getpagesize() + {room}
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
try:
    {rest}
except d.DataError as error:
    print(error)
"""
    run = subprocess.run([sys.executable, "-c", whole], cwd=folder, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return run.stdout


def bomb(width, height):
    """A PNG of zeros that is made without its pixels."""
    packer = zlib.compressobj(9)
    row = bytes(1 + width)
    data = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [9_000, 13_000, 20_000])
def test_a_picture_that_swells_is_refused_before_it_is_in_memory(side, tmp_path):
    (tmp_path / "bomb.png").write_bytes(bomb(side, side))
    said = small("import autodiff.data as d; d.read_image('bomb.png')", tmp_path, "2**25")
    assert said.startswith("bomb.png: ")
    assert "pixels" in said


def test_a_large_picture_is_read_when_it_is_meant():
    data = bomb(100, 90)
    with pytest.raises(DataError, match=r"90 x 100 pixels, where 8999 .* give largest=9000"):
        decode_image(data, largest=8999)
    assert decode_image(data, largest=9000).shape == (90, 100, 1)


def picture(kind, mode="RGB"):
    pixels = np.random.default_rng(0).integers(0, 256, (9, 7, 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).convert(mode).save(file, kind)
    return file.getvalue()


@pytest.mark.parametrize("kind", FORMATS)
def test_damage_of_any_kind_to_a_picture_is_one_kind_of_error(kind):
    whole = picture(kind)
    assert decode_image(whole).shape == (9, 7, 3)
    refused = 0
    for data in damaged(whole, 500, 3):
        try:
            assert decode_image(data).ndim == 3
        except DataError:
            refused += 1
    assert refused > 50


@pytest.mark.parametrize("kind", ["PPM", "PDF", "EPS", "ICO", "TGA", "PCX"])
def test_only_the_named_formats_are_tried(kind):
    with pytest.raises(DataError, match="not a whole picture"):
        decode_image(picture(kind))
    with pytest.raises(DataError, match=f"format='{kind}': choose one of PNG, JPEG"):
        decode_image(picture(kind), format=kind)


def test_damage_of_any_kind_to_an_example_is_one_kind_of_error():
    whole = encode_example({"label": 3, "x": [0.5, 1.0], "name": "seven"})
    refused = 0
    for data in damaged(whole, 1000, 4):
        try:
            decode_example(data)
        except DataError:
            refused += 1
    assert refused > 300


def test_damage_of_any_kind_to_csv_is_one_kind_of_error(tmp_path):
    whole = '1,2.5,"a, b",7\n-3,1e5,ä,8\n'.encode()
    refused = 0
    for data in damaged(whole, 1000, 5):
        (tmp_path / "a").write_bytes(data)
        try:
            list(csv_rows(tmp_path / "a", [int, 0.5, "x", np.uint8(1)]))
        except DataError as error:
            refused += f"{tmp_path}/a, line " in str(error)
    assert refused > 600


def test_the_mark_that_excel_writes_is_no_part_of_the_first_field(tmp_path):
    (tmp_path / "a.csv").write_text("1,2\n3,4\n", encoding="utf-8-sig")
    assert list(csv_rows(tmp_path / "a.csv", [int, int])) == [[1, 2], [3, 4]]


@pytest.mark.parametrize(
    ("text", "default", "says"),
    [
        *[(text, int, "not a valid int64") for text in ("1_000", "١٢", "１２", "0x10", "1 0", "²")],
        *[(text, float, "not a valid float64") for text in ("1_0.5", "٣.٥", "0x1p3", "ınf", ".", "e5")],
        *[(text, float, "does not fit into float64") for text in ("1e400", "-1e400", "9" * 400)],
        *[(text, np.float32(0), "does not fit into float32") for text in ("1e39", "-4e38")],
        ("70000", np.float16(0), "does not fit into float16"),
        ("9" * 5000, int, "does not fit into int64"),
        ("2", True, "not a valid bool"),
        ("1", 1j, "a default is a number or a text, not complex128"),
    ],
)  # fmt: skip
def test_only_numbers_in_ascii_that_fit_are_numbers(text, default, says, tmp_path):
    (tmp_path / "a.csv").write_text(text + "\n", encoding="utf-8")
    with pytest.raises(DataError, match=rf"a.csv, line 1: field 0:? ?(is |)?{says}"):
        list(csv_rows(tmp_path / "a.csv", [default]))


@pytest.mark.parametrize(
    ("text", "value"),
    [("inf", np.inf), ("-Infinity", -np.inf), (".5", 0.5), ("5.", 5.0), (" 1e-400\t", 0.0), ("+7", 7.0)],
)  # fmt: skip
def test_numbers_as_csv_has_them(text, value, tmp_path):
    (tmp_path / "a.csv").write_text(text + "\n")
    assert list(csv_rows(tmp_path / "a.csv", [float])) == [[value]]
    assert list(csv_rows(tmp_path / "a.csv", ["x"])) == [[text]]


@pytest.mark.parametrize("name", ["a.idx", "a.idx.gz"])
def test_damage_of_any_kind_to_an_idx_file_is_one_kind_of_error(name, tmp_path):
    rng, path = np.random.default_rng(0), tmp_path / name
    array = rng.integers(0, 256, (3, 4, 5)).astype(np.uint8)
    mnist.write_idx(path, array)
    whole = path.read_bytes() if name.endswith("gz") else gzip.decompress(path.read_bytes())
    path.write_bytes(whole)
    np.testing.assert_array_equal(mnist.read_idx(path), array)
    refused = 0
    for _ in range(400):
        data = bytearray(whole)
        place = int(rng.integers(len(data)))
        kind = rng.integers(4)
        if kind == 0:
            data[place] ^= 1 << int(rng.integers(8))
        elif kind == 1:
            data = data[:place]
        elif kind == 2:
            data[place : place + 8] = rng.bytes(8)
        else:
            data[place:place] = rng.bytes(int(rng.integers(1, 40)))
        path.write_bytes(data)
        try:
            found = mnist.read_idx(path)
        except DataError:
            refused += 1
        else:
            assert found.size == array.size or not name.endswith("gz")
    assert refused > 100


def test_an_idx_file_that_swells_is_refused_before_it_is_in_memory(tmp_path):
    path = tmp_path / "bomb.gz"
    head = b"\0\0\x08\2" + (2**31).to_bytes(4, "big") * 2
    path.write_bytes(gzip.compress(head + bytes(10**6)))
    with pytest.raises(DataError, match="more than"):
        mnist.read_idx(path)
