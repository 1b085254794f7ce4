"""`python -m fuzz --seed 3 --programs 200`: many programs, a bar of progress, failures as they come."""

from __future__ import annotations

import argparse
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from tqdm import tqdm

from fuzz.campaign import try_program
from fuzz.judge import FAILURES
from fuzz.report import summary


def main() -> int:
    """Run the programs; 1 if one of them failed."""
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="another seed, other programs")
    parser.add_argument("--programs", type=int, default=1000, help="how many")
    parser.add_argument("--first", type=int, default=0, help="the number of the first")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--save", type=Path, help="a folder for the failures")
    asked = parser.parse_args()
    verdicts: Counter[str] = Counter()
    refusals: Counter[str] = Counter()
    numbers = range(asked.first, asked.first + asked.programs)
    with ProcessPoolExecutor(asked.jobs) as pool:
        outcomes = pool.map(partial(try_program, asked.seed), numbers, chunksize=4)
        with tqdm(outcomes, total=asked.programs, unit=" programs") as bar:
            for outcome in bar:
                verdicts[outcome.verdict.kind] += 1
                refusals.update(
                    f"{template!r}: {text.splitlines()[0][:150]}"
                    for template, text in outcome.refused
                )
                bar.set_postfix(verdicts)
                if outcome.failure:
                    tqdm.write(outcome.failure)
                    if asked.save:
                        asked.save.mkdir(parents=True, exist_ok=True)
                        (asked.save / f"{asked.seed}-{outcome.number}.py").write_text(
                            outcome.failure
                        )
    print(summary(verdicts, refusals))
    return int(any(verdicts[kind] for kind in FAILURES))


if __name__ == "__main__":
    raise SystemExit(main())
