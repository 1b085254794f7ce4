"""Readers: a CTF text file as streams, and minibatches of them, for a `Trainer`.

A line holds a sample: `|labels 0 0 1 |features 0.5 2:1.5`.  A number before the first bar is that
of a sequence, whose lines stand one after the other; `place:value` leaves the others 0.

    streams = StreamDefs(features=StreamDef("features", 64), labels=StreamDef("labels", 10))
    reader = MinibatchSource(CTFDeserializer(path, streams))
    data = reader.next_minibatch(32, input_map={x: reader.streams.features})
    data[x].value                                          # (32, 1, 64)
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from autodiff.core.ground.locations import here
from autodiff.frontends.common.options import only

INFINITELY_REPEAT = 2**63 - 1
FULL_DATA_SWEEP = 2**63 - 2


class StreamDef:
    """A field of a file, and how many numbers a step of it has."""

    def __init__(
        self, field: str | None = None, shape: int = 0, is_sparse: bool = False, **options: Any
    ) -> None:
        only("StreamDef", options)
        self.field, self.shape, self.is_sparse, self.name = field, int(shape), is_sparse, ""


StreamConfiguration = StreamDef


class StreamDefs(dict[str, Any]):
    """Streams by name, which are attributes too."""

    def __init__(self, **streams: Any) -> None:
        super().__init__(**streams)
        for name, stream in streams.items():
            stream.name = name

    def __getattr__(self, name: str) -> Any:
        if name not in self:
            raise AttributeError(f"there is no stream {name!r}; there are {', '.join(self)}.")
        return self[name]


class CTFDeserializer:
    """The streams of a text file."""

    def __init__(self, filename: str, streams: StreamDefs) -> None:
        self.filename, self.streams = filename, streams

    def sequences(self) -> list[dict[str, Any]]:
        """Every sample (or sequence): an array (steps, shape) for each stream."""
        found: list[dict[str, Any]] = []
        previous: str | None = None
        with Path(self.filename).open() as file:
            for number, line in enumerate(file, 1):
                head, *fields = line.strip().split("|")
                if not fields:
                    continue
                if not head.strip() or head.strip() != previous:
                    found.append({name: [] for name in self.streams})
                previous = head.strip()
                for field in fields:
                    self._read(field, found[-1], number)
        return [{name: np.array(rows, np.float32) for name, rows in one.items()} for one in found]

    def _read(self, field: str, into: dict[str, Any], number: int) -> None:
        label, *values = field.split()
        for name, stream in self.streams.items():
            if (stream.field or name) != label:
                continue
            row = np.zeros(stream.shape, np.float32)
            if any(":" in v for v in values):
                for value in values:
                    place, _, own = value.partition(":")
                    row[int(place)] = float(own)
            elif len(values) == stream.shape:
                row[:] = [float(v) for v in values]
            else:
                raise ValueError(
                    f"{self.filename}, line {number}: {label} has {len(values)} numbers, and the "
                    f"stream was declared with {stream.shape}.{here()}"
                )
            into[name].append(row)


class MinibatchData:
    """The samples of one stream in a minibatch: `value`, (samples, 1, shape), and how many."""

    def __init__(self, sequences: list[Any], sweep_end: bool = False) -> None:
        self.sequences, self.end_of_sweep = sequences, sweep_end

    @property
    def value(self) -> Any:
        """An array, or a list where the sequences differ in length."""
        if len({len(s) for s in self.sequences}) > 1:
            return self.sequences
        return np.stack(self.sequences)

    def asarray(self) -> Any:
        """The same; so versions from 2.0 on call it."""
        return self.value

    @property
    def num_samples(self) -> int:
        """Steps of all sequences together."""
        return sum(len(s) for s in self.sequences)

    @property
    def num_sequences(self) -> int:
        """How many sequences there are."""
        return len(self.sequences)

    def __len__(self) -> int:
        return self.num_sequences


class MinibatchSource:
    """Minibatches of a file's samples, in the order of the file or in another one each sweep.

    `epoch_size` is FULL_DATA_SWEEP (once), INFINITELY_REPEAT, or a number of samples in all; later
    versions say `max_samples` or `max_sweeps`.
    """

    def __init__(
        self, deserializers: Any = None, randomize: bool = True,
        epoch_size: int = INFINITELY_REPEAT, max_samples: int | None = None,
        max_sweeps: int = INFINITELY_REPEAT, **options: Any,
    ) -> None:  # fmt: skip
        only(
            "MinibatchSource",
            options,
            "randomization_window_in_chunks",
            "randomization_window_in_samples",
            "sample_based_randomization_window",
            "trace_level",
            "multithreaded_deserializer",
            "use_legacy_randomization",
            truncation_length=0,
        )
        several = isinstance(deserializers, list | tuple)
        (self.file,) = deserializers if several else (deserializers,)
        self.streams, self.samples = self.file.streams, self.file.sequences()
        self.randomize, self.left = randomize, epoch_size
        if max_samples is not None:
            self.left = max_samples
        if epoch_size == FULL_DATA_SWEEP or max_sweeps != INFINITELY_REPEAT:
            self.left = len(self.samples) * (1 if epoch_size == FULL_DATA_SWEEP else max_sweeps)
        self.rng = np.random.default_rng(0)
        self.rest: Iterator[int] = iter(())
        self.pending: int | None = None

    def __getitem__(self, name: str) -> StreamDef:
        return self.streams[name]

    def stream_info(self, name: str) -> StreamDef:
        """A stream by its name."""
        return self.streams[name]

    def _next(self) -> int:
        place = next(self.rest, None)
        if place is None:
            count = len(self.samples)
            self.rest = iter(self.rng.permutation(count) if self.randomize else range(count))
            place = next(self.rest)
        return place

    def next_minibatch(
        self, minibatch_size_in_samples: int, input_map: Any = None, **options: Any
    ) -> dict[Any, MinibatchData]:
        """So many samples (whole sequences), by input or by stream; empty at the end."""
        only("next_minibatch", options, "device", num_data_partitions=1, partition_index=0)
        taken: list[dict[str, Any]] = []
        steps = 0
        while self.left > 0 and steps < minibatch_size_in_samples:
            place = self._next()
            taken.append(self.samples[place])
            steps += max(len(s) for s in taken[-1].values())
            self.left -= 1
        if not taken:
            return {}
        wanted = {s: s for s in self.streams.values()} if input_map is None else input_map
        return {key: MinibatchData([t[s.name] for t in taken]) for key, s in wanted.items()}
