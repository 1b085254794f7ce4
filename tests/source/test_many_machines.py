"""A training step on four devices, and on two processes, gives what NumPy gives."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import autodiff as ad
from autodiff.examples import many_machines

jax = pytest.importorskip("jax")
ROOT = Path(ad.__file__).parent.parent


def environment(devices):
    kept = {key: value for key, value in os.environ.items() if key != "XLA_FLAGS"}
    flags = f"--xla_force_host_platform_device_count={devices}"
    path = os.pathsep.join([str(ROOT), kept.get("PYTHONPATH", "")])
    return kept | {"XLA_FLAGS": flags, "PYTHONPATH": path, "JAX_PLATFORMS": "cpu"}


def test_four_devices():
    call = [sys.executable, "-m", "autodiff.examples.many_machines"]
    done = subprocess.run(
        call, env=environment(4), capture_output=True, text=True, check=True, timeout=300
    )
    assert done.stdout.startswith("4 devices: ")
    assert float(done.stdout.split()[-1]) < 1e-10


TWO = """
import sys, jax
jax.config.update("jax_enable_x64", True)
jax.config.update("jax_cpu_collectives_implementation", "gloo")
jax.distributed.initialize(sys.argv[1], 2, int(sys.argv[2]))
from autodiff.examples import many_machines
print(jax.device_count(), jax.local_device_count(), many_machines.difference(jax.devices()))
"""


def test_two_processes():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{found.getsockname()[1]}"
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", TWO, address, str(number)],
            env=environment(1), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for number in range(2)
    ]  # fmt: skip
    try:
        outs = [run.communicate(timeout=240) for run in runs]
    finally:
        for run in runs:
            run.kill()
    if any("gloo" in err and run.returncode for (_, err), run in zip(outs, runs)):
        pytest.skip("this JAX has no collectives between processes")
    for (out, err), run in zip(outs, runs):
        assert run.returncode == 0, err
        devices, local, difference = out.strip().splitlines()[-1].split()
        assert (devices, local) == ("2", "1")
        assert float(difference) < 1e-10


def test_a_step_is_a_program_of_numpy_too():
    p, x, y = many_machines.example(8)
    written = ad.source(many_machines.step, p, x, y)
    value, new = written(p, x, y)
    wanted, other = many_machines.step(p, x, y)
    assert value == wanted
    assert all(np.array_equal(new[name], other[name]) for name in p)
