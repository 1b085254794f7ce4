"""Run notebooks, several at once, each in an empty folder, with a line of progress each."""

from __future__ import annotations

import asyncio
import atexit
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autodiff.course.lessons.environment import of_kernels
from autodiff.course.lessons.forms import Notebook
from autodiff.course.lessons.lesson import PACKAGE

CELL_SECONDS = 300
"""A cell that takes longer is stopped."""
STARTS = 3
"""How often a kernel that does not come is started."""


@dataclass(slots=True)
class Run:
    """A notebook to run: its name in messages; afterwards the seconds and what stopped it."""

    name: str
    notebook: Notebook
    grading: bool = True
    keep_going: bool = False
    seconds: float = 0.0
    failure: str = ""


def execute(
    runs: Sequence[Run], jobs: int | None = None, say: Callable[[str], None] = print
) -> None:
    """Run the notebooks, `jobs` at a time (as many as there are processors by default).

    With `grading`, a check that does not pass raises.  A run that fails has its `failure` in
    words; one that shall `keep_going` has its errors in the outputs.
    """
    from tqdm import tqdm

    cells = sum(cell.cell_type == "code" for run in runs for cell in run.notebook.cells)
    with tqdm(total=cells, unit="cell", disable=None, leave=False) as bar:

        async def one(run: Run, turn: asyncio.Semaphore) -> None:
            async with turn:
                await _run(run, lambda **_: bar.update())
            with bar.external_write_mode():
                end = f"FAILED: {run.failure.splitlines()[0]}" if run.failure else "ran"
                say(f"{run.name:<40} {run.seconds:6.1f} s  {end}")

        async def everything() -> None:
            turn = asyncio.Semaphore(jobs or os.cpu_count() or 1)
            await asyncio.gather(*(one(run, turn) for run in runs))

        asyncio.run(everything())


async def _run(run: Run, done: Callable[..., Any]) -> None:
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    start = time.perf_counter()
    for left in reversed(range(STARTS)):
        try:
            await _execute(run, done)
            break
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            run.failure = _words(run.notebook, error)
            break
        except RuntimeError as error:  # no kernel came: two that started at once took one port
            if not left:
                run.failure = f"no kernel started: {error}"
    run.seconds = time.perf_counter() - start


async def _execute(run: Run, done: Callable[..., Any]) -> None:
    from nbclient import NotebookClient

    with tempfile.TemporaryDirectory(prefix="lesson-") as folder:
        client = NotebookClient(
            run.notebook,
            timeout=CELL_SECONDS,
            startup_timeout=CELL_SECONDS,
            iopub_timeout=60,  # else outputs that come late, on a busy machine, are lost
            kernel_name="python3",
            allow_errors=run.keep_going,
            record_timing=False,
            extra_arguments=["--log-level=ERROR"],
            resources={"metadata": {"path": folder}},
            on_cell_executed=done,
        )
        try:
            await client.async_execute(env=_environment(run, Path(folder)))
        finally:  # it forgets to where the start fails
            atexit.unregister(client._cleanup_kernel)


def _environment(run: Run, folder: Path) -> dict[str, str]:
    paths = [str(PACKAGE.parent), os.environ.get("PYTHONPATH", "")]
    own = {
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        "PYTHONHASHSEED": "0",
        "IPYTHONDIR": str(folder / ".ipython"),
        "AUTODIFF_GRADING": "1" if run.grading else "",
    }
    return of_kernels(os.environ) | own


def _words(made: Notebook, error: Exception) -> str:
    """Which cell stopped, and why, without the library's own frames."""
    for place, cell in enumerate(made.cells, 1):
        for out in cell.get("outputs", ()):
            if out.output_type == "error":
                source = "\n".join(f"    {line}" for line in cell.source.splitlines())
                return f"cell {place}: {out.ename}: {out.evalue}\n{source}"
    return f"{type(error).__name__}: {error}"
