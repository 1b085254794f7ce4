"""The messages of Caffe's files."""

from autodiff.frontends.caffe.proto import caffe_pb2

__all__ = ["caffe_pb2"]
