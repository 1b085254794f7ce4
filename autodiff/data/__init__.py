"""Data in and out, as plain iterators of plain NumPy: readers, records, checkpoints, event files.

- `text`, `images`, `stream`: lines, CSV, pictures; shuffle, batch, repeat
- `records`, `example`, `features`: TFRecord files, and the Example messages usually in them
- `checkpoints`: a tree of arrays in one file, written whole or not at all
- `summaries`, `events`, `graphs`, `program_graph`: what TensorBoard shows, and the file it reads
"""

from autodiff.data import checkpoints
from autodiff.data.errors import CheckpointError, DataError, MissingPackageError, RecordError
from autodiff.data.events import EventWriter
from autodiff.data.example import decode_example, encode_example
from autodiff.data.features import FixedLenFeature, VarLenFeature, parse_example
from autodiff.data.images import decode_image, encode_png, read_image
from autodiff.data.program_graph import nodes_of
from autodiff.data.records import RecordWriter, read_records, write_records
from autodiff.data.stream import batches, repeated, shuffled
from autodiff.data.text import csv_rows, decode_csv, lines, whole_files

__all__ = [
    "CheckpointError",
    "DataError",
    "EventWriter",
    "FixedLenFeature",
    "MissingPackageError",
    "RecordError",
    "RecordWriter",
    "VarLenFeature",
    "batches",
    "checkpoints",
    "csv_rows",
    "decode_csv",
    "decode_example",
    "decode_image",
    "encode_example",
    "encode_png",
    "lines",
    "nodes_of",
    "parse_example",
    "read_image",
    "read_records",
    "repeated",
    "shuffled",
    "whole_files",
    "write_records",
]
