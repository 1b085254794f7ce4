"""`tf.python_io`: TFRecord files without a graph."""

from autodiff.data.records.tfrecords import RecordWriter as TFRecordWriter
from autodiff.data.records.tfrecords import read_records as tf_record_iterator

__all__ = ["TFRecordWriter", "tf_record_iterator"]
