"""Checkpoints: what goes in comes out; a crash or damage at any byte never loads wrong numbers."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

import autodiff as ad
from autodiff import nn, optim
from autodiff.data.checkpoints import (
    CheckpointError,
    contents,
    describe,
    load,
    restore,
    save,
    saving,
)
from autodiff.data.ground import files

RNG = np.random.default_rng(0)
TREE = {
    "layers": [{"W": RNG.normal(size=(2, 3)), "b": np.zeros(3, np.float32)}, {"W": np.eye(2)}],
    "step": 7,
    "rate": 0.1,
    "name": "ä",
    "none": None,
    "mask": np.array([True, False]),
    "scalar": np.float64(np.pi),
    "z": np.array([1 + 2j, complex(0, np.inf), complex(-0.0, -0.0)]),
    "z32": np.array(1 - 2j, np.complex64),
    "empty": np.empty((0, 3)),
}


def equal(a, b):
    same = np.array_equal(a, b) and np.shape(a) == np.shape(b)
    return same and getattr(a, "dtype", type(a)) == getattr(b, "dtype", type(b))


def leaves(tree):
    return saving.flatten(tree)[0]


def test_a_tree_comes_back_to_the_last_bit(tmp_path):
    path = save(tmp_path / "a.safetensors", TREE)
    assert all(map(equal, leaves(restore(path, TREE)), leaves(TREE)))
    flat = load(path)
    assert equal(flat["layers/0/W"], TREE["layers"][0]["W"])
    assert load(path, ["step"]) == {"step": 7}


def test_odd_memory_layouts_are_saved_by_value(tmp_path):
    odd = {
        "t": np.arange(6.0).reshape(2, 3).T,
        "s": np.arange(9)[::-2],
        "be": np.arange(3, dtype=">f4"),
    }
    flat = load(save(tmp_path / "a", odd))
    assert all(np.array_equal(flat[name], odd[name]) for name in odd)


@pytest.mark.parametrize("bits", ["PCG64", "MT19937", "Philox", "SFC64"])
def test_a_random_generator_goes_on_where_it_stopped(bits, tmp_path):
    rng = np.random.Generator(getattr(np.random, bits)(3))
    rng.integers(5, dtype=np.int32)  # leaves half a word behind
    path = save(tmp_path / "a", {"rng": rng})
    again = restore(path, {"rng": np.random.default_rng()})["rng"]
    assert (
        again.integers(1000, size=10, dtype=np.int32).tolist()
        == rng.integers(1000, size=10, dtype=np.int32).tolist()
    )
    assert again.normal(size=3).tolist() == rng.normal(size=3).tolist()


def test_a_part_is_restored_and_the_rest_kept(tmp_path):
    path = save(tmp_path / "a", {"W": np.ones(2), "b": np.ones(3), "old": np.ones(1)})
    new = {"W": np.zeros(2), "b": np.zeros(3), "new": np.zeros(4)}
    found = restore(path, new, only=["W"])
    assert [found[k].tolist() for k in found] == [[1, 1], [0, 0, 0], [0, 0, 0, 0]]
    assert restore(path, {"b": new["b"]})["b"].tolist() == [1, 1, 1]
    layered = {"net": {"a": np.zeros(1)}, "netto": np.zeros(1)}
    assert restore(save(tmp_path / "b", layered), layered, only=["net"]).keys() == layered.keys()


def test_what_does_not_fit_is_named_with_both_shapes(tmp_path):
    path = save(tmp_path / "a", {"layers": [{"W": np.ones((2, 3))}], "step": 1})
    with pytest.raises(
        CheckpointError,
        match=r"'layers/0/W' is float64 of shape \(2, 3\) in .*a, but float64 of shape \(3, 2\) was expected",
    ):
        restore(path, {"layers": [{"W": np.ones((3, 2))}]})
    with pytest.raises(CheckpointError, match="float32 of shape"):
        restore(path, {"layers": [{"W": np.ones((2, 3), np.float32)}]})
    with pytest.raises(CheckpointError, match=r"a has no 'layers/1/W'; it has: layers/0/W, step"):
        restore(path, {"layers": [{"W": np.ones((2, 3))}, {"W": np.ones(1)}]})
    with pytest.raises(CheckpointError, match=r"'step' is a int in .*, but a str was expected"):
        restore(path, {"step": "x"})
    with pytest.raises(CheckpointError, match="names no leaf; there are: step"):
        restore(path, {"step": 1}, only=["stop"])
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "absent")


def test_what_cannot_be_saved_is_refused_before_the_file_is_touched(tmp_path):
    path = save(tmp_path / "a", {"x": 1})
    for bad, says in [
        ({"s": {1, 2}}, "'s' is of set"),
        ({"o": np.array([None])}, "'o' is of dtype object"),
        ({"t": ad.Tensor(1.0)}, "'t' is of Tensor.*save its .data"),
        ({"l": np.longdouble(1)}, "'l' is"),
    ]:
        with pytest.raises(CheckpointError, match=says):
            save(path, bad)
    with pytest.raises(ValueError, match="two leaves of the tree have the name 'a/b'"):
        save(path, {"a": {"b": 1}, "a/b": 2})
    assert load(path) == {"x": 1}
    assert os.listdir(tmp_path) == ["a"]


def test_contents_as_a_table(tmp_path):
    path = save(tmp_path / "a", {"W": np.ones((2, 3)), "z": np.ones(2) * 1j, "n": 3, "rng": RNG})
    assert [(e.name, e.shape) for e in contents(path)] == [
        ("W", (2, 3)),
        ("z", (2,)),
        ("n", None),
        ("rng", None),
    ]
    assert "(2, 3)  F64" in describe(path)


def test_other_programs_read_and_write_the_same_files(tmp_path):
    numpy_side = pytest.importorskip("safetensors.numpy")
    path = save(tmp_path / "a", {"W": TREE["layers"][0]["W"]})
    assert equal(numpy_side.load_file(path)["W"], TREE["layers"][0]["W"])
    numpy_side.save_file({"W": np.eye(3)}, tmp_path / "theirs")
    assert equal(load(tmp_path / "theirs")["W"], np.eye(3))


SMALL = {
    "W": np.arange(3.0),
    "b": np.ones((2, 2), np.float32),
    "step": 5,
    "rng": np.random.default_rng(0),
}


def test_a_file_cut_at_any_byte_is_refused(tmp_path):
    whole = save(tmp_path / "a", SMALL).read_bytes()
    for end in range(len(whole)):
        (tmp_path / "cut").write_bytes(whole[:end])
        with pytest.raises(CheckpointError, match="cut: "):
            load(tmp_path / "cut")
    with pytest.raises(
        CheckpointError, match=r"it is cut: 'b', F32 of shape \(2, 2\), should end at byte"
    ):
        load(tmp_path / "cut")


def test_a_changed_byte_anywhere_is_refused_or_harmless(tmp_path):
    whole = save(tmp_path / "a", SMALL).read_bytes()
    refused = 0
    for at in range(len(whole)):
        for bit in (1, 32):
            (tmp_path / "b").write_bytes(whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1 :])
            try:
                found = restore(tmp_path / "b", SMALL)
            except CheckpointError:
                refused += 1
            else:
                assert all(map(equal, leaves(found)[:3], leaves(SMALL)[:3]))
                assert found["rng"].bit_generator.state == SMALL["rng"].bit_generator.state
    assert refused > 0.98 * 2 * len(whole)


def test_damaged_numbers_are_named(tmp_path):
    path = save(tmp_path / "a", SMALL)
    whole = bytearray(path.read_bytes())
    whole[-1] ^= 1
    path.write_bytes(whole)
    with pytest.raises(
        CheckpointError, match=r"damaged: 'b', float32 of shape \(2, 2\), has a wrong checksum"
    ):
        load(path)
    assert load(path, ["W"])["W"].tolist() == [0, 1, 2]


class Crash(BaseException):
    pass


@pytest.mark.parametrize("call", ["fsync", "chmod", "replace"])
def test_a_crash_at_any_system_call_leaves_the_previous_checkpoint(call, tmp_path, monkeypatch):
    path = save(tmp_path / "a", {"W": np.zeros(1000)})

    def crash(*_):
        raise Crash

    monkeypatch.setattr(files.os, call, crash)
    with pytest.raises(Crash):
        save(path, {"W": np.ones(1000)})
    monkeypatch.undo()
    assert load(path)["W"].max() == 0
    assert os.listdir(tmp_path) == ["a"]


@pytest.mark.parametrize("size", [0, 1, 100, 5000, 8000])
def test_a_full_disk_after_any_number_of_bytes_leaves_the_previous_checkpoint(size, tmp_path):
    """The limit on a file's size stands in for the disk: the write fails in its middle."""
    save(tmp_path / "a", {"W": np.zeros(1000)})
    code = f"""
import resource, signal, numpy as np
from autodiff.data.checkpoints import save
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))
save("a", {{"W": np.ones(1000)}})
"""
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert "File too large" in run.stderr
    assert load(tmp_path / "a")["W"].max() == 0
    assert os.listdir(tmp_path) == ["a"]


def test_a_kill_at_any_moment_leaves_a_whole_checkpoint(tmp_path):
    """A process that saves all the time is killed at 20 moments."""
    code = """
import itertools, numpy as np
from autodiff.data.checkpoints import save
for i in itertools.count():
    save("a", {"i": i, "W": np.full(200_000, float(i))})
    print(i, flush=True)
"""
    rng = np.random.default_rng(1)
    for _ in range(20):
        with subprocess.Popen(
            [sys.executable, "-c", code], cwd=tmp_path, stdout=subprocess.PIPE
        ) as run:
            run.stdout.readline()
            time.sleep(0.05 * rng.random())
            run.send_signal(signal.SIGKILL)
            rest = run.stdout.read().split()
        found = load(tmp_path / "a")
        assert np.all(found["W"] == found["i"])
        assert found["i"] >= (int(rest[-1]) if rest else 0)


def test_a_replaced_file_keeps_its_permissions(tmp_path):
    path = save(tmp_path / "a", {"x": 1})
    assert path.stat().st_mode & 0o777 == 0o666 & ~_umask()
    path.chmod(0o600)
    save(path, {"x": 2})
    assert path.stat().st_mode & 0o777 == 0o600


def _umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_an_eager_training_goes_on_to_the_last_bit(tmp_path):
    """Model, optimizer, step and random generator in one file; plain autodiff, no front end."""
    data = np.random.default_rng(7).normal(size=(40, 3))

    def start(seed):
        rng = np.random.default_rng(seed)
        model = nn.Sequential((nn.Dense.init(rng, 3, 4), nn.relu, nn.Dense.init(rng, 4, 1)))
        return {"model": model, "adam": optim.Adam(0.01).init(model), "step": 0, "rng": rng}

    def train(run, steps):
        gradient = ad.grad(lambda model, x: np.mean((model(x)[:, 0] - np.sin(x[:, 0])) ** 2))
        for _ in range(steps):
            x = data[run["rng"].permutation(40)[:8]]
            found = gradient(run["model"], x)
            model, adam = optim.Adam(0.01).update(run["model"], found, run["adam"])
            run = run | {"model": model, "adam": adam, "step": run["step"] + 1}
        return run

    whole = train(start(0), 20)
    save(tmp_path / "a", train(start(0), 9))
    resumed = train(restore(tmp_path / "a", start(1)), 11)
    assert resumed["step"] == 20
    assert resumed["model"].layers[1] is nn.relu
    assert "relu" not in " ".join(load(tmp_path / "a"))
    for one, other in zip(leaves(resumed["model"]), leaves(whole["model"])):
        assert one is other or one.tobytes() == other.tobytes()
