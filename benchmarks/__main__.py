"""The command `python -m benchmarks`: one thread each, so the threads are set before NumPy."""

from benchmarks.threads import use_one_thread

use_one_thread()

from benchmarks.command import main  # noqa: E402  NumPy reads the settings when it is imported

if __name__ == "__main__":
    raise SystemExit(main())
