"""The exported training step on several devices of JAX is that of one, and of NumPy."""

import os
import re
import socket
import subprocess
import sys

import numpy as np
import pytest

from autodiff.examples import data_parallel

pytest.importorskip("jax")
TIME = 300


def environment(devices):
    flags = f"--xla_force_host_platform_device_count={devices}"
    return {**os.environ, "XLA_FLAGS": flags, "JAX_PLATFORMS": "cpu"}


def test_one_device_is_numpy():
    params, images, labels = data_parallel.start(0, 64)
    wanted = []
    for _ in range(3):
        params, loss = data_parallel.step(params, images, labels)
        wanted.append(loss)
    found, losses = data_parallel.train(3)
    np.testing.assert_allclose(losses, wanted, rtol=1e-12)
    for name, value in found.items():
        np.testing.assert_allclose(value, params[name], rtol=0, atol=1e-12)


def test_four_devices_in_one_process():
    ran = subprocess.run(
        [sys.executable, "-m", "autodiff.examples.data_parallel"],
        env=environment(4), capture_output=True, text=True, timeout=TIME, check=True,
    )  # fmt: skip
    assert "4 devices" in ran.stdout
    first, last = map(float, re.search(r"loss (\S+) -> (\S+)", ran.stdout).groups())
    assert last < first
    assert float(re.search(r"one device: (\S+)", ran.stdout)[1]) < 1e-10


def test_rows_that_do_not_fit_are_refused():
    class Device:
        pass

    with pytest.raises(ValueError, match="can't be shared out"):
        data_parallel.train(1, rows=5, devices=[Device(), Device()])


PROCESS = """
import sys
import jax
import numpy as np
jax.distributed.initialize(sys.argv[1], 2, int(sys.argv[2]))
from autodiff.examples import data_parallel
params, losses = data_parallel.train(5)
print("devices", len(jax.devices()), "losses", *(repr(one) for one in losses))
"""


def test_two_processes_over_loopback():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    started = [
        subprocess.Popen(
            [sys.executable, "-c", PROCESS, address, str(index)],
            env={**environment(2), "JAX_CPU_COLLECTIVES_IMPLEMENTATION": "gloo"},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for index in range(2)
    ]  # fmt: skip
    try:
        ended = [one.communicate(timeout=TIME) for one in started]
    except subprocess.TimeoutExpired:
        pytest.skip("jax.distributed does not start here")
    finally:
        for one in started:
            one.kill()
    if any(one.returncode for one in started):
        errors = " ".join(errors for _, errors in ended)
        if re.search("not implemented|Unimplemented|gloo|unavailable|distributed", errors, re.I):
            pytest.skip("jax.distributed does not run here")
        raise AssertionError(errors)
    _, wanted = data_parallel.train(5)
    for text, _ in ended:
        assert "devices 4" in text
        found = [float(one) for one in text.split("losses")[1].split()]
        np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-10)
