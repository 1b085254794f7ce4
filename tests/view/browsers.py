"""Headless Chromium for the tests, and a JupyterLab for it to look at."""

import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import contextmanager

import pytest

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
DRIVER = shutil.which("chromedriver")
needs_browser = pytest.mark.skipif(
    not (BROWSER and DRIVER), reason="no browser: install chromium and chromium-driver"
)


def start(folder, *flags):
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = BROWSER
    for flag in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--window-size=1200,1000",
        f"--user-data-dir={folder}",
        *flags,
    ):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    return webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))


def jupyter_home(home):
    """The environment in which Jupyter keeps all that it writes in one folder."""
    return os.environ | {
        "HOME": str(home),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
    }


@contextmanager
def jupyterlab(command, home, environment, seconds=120):
    """Run the command that serves JupyterLab, with the flags that tests need; give its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    flags = ["--no-browser", f"--port={port}", "--ServerApp.ip=127.0.0.1"]
    address = f"http://127.0.0.1:{port}"
    with open(home / "log", "w+") as log:
        server = subprocess.Popen(
            [*command, *flags, "--IdentityProvider.token="],
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            end = time.monotonic() + seconds
            while not answers(f"{address}/api"):
                if server.poll() is not None or time.monotonic() > end:
                    log.seek(0)
                    pytest.fail(f"JupyterLab does not answer:\n{log.read()[-2000:]}")
                time.sleep(0.5)
            yield address
        finally:
            if server.poll() is None:
                os.killpg(server.pid, 15)
            try:
                server.wait(30)
            except subprocess.TimeoutExpired:  # on a busy machine it may hang while it ends
                os.killpg(server.pid, 9)
                server.wait(30)


def answers(address):
    try:
        urllib.request.urlopen(address).close()
    except (urllib.error.URLError, ConnectionError):
        return False
    return True
