"""Data in and out, as plain iterators of plain NumPy: readers, records, checkpoints, event files.

- `reading`: lines, CSV, pictures; shuffle, batch, repeat
- `records`: TFRecord files, and the Example messages usually in them
- `checkpoints`: a tree of arrays in one file, written whole or not at all
- `events`: what TensorBoard shows, and the file it reads
- `mnist`: the digits in their own files, found or written
"""

from autodiff.data import checkpoints
from autodiff.data.events.program_graph import nodes_of
from autodiff.data.events.writer import EventWriter
from autodiff.data.ground.errors import CheckpointError, DataError, MissingPackageError, RecordError
from autodiff.data.reading.images import decode_image, encode_png, read_image
from autodiff.data.reading.stream import batches, repeated, shuffled
from autodiff.data.reading.text import csv_rows, decode_csv, lines, whole_files
from autodiff.data.records.example import decode_example, encode_example
from autodiff.data.records.features import FixedLenFeature, VarLenFeature, parse_example
from autodiff.data.records.tfrecords import RecordWriter, read_records, write_records

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
