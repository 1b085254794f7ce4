"""TFRecord files, and the Example messages that are usually in them, as TensorFlow has both.

`tfrecords` is the file of framed records; `example` the message, by the schema of `example_schema`;
`features` reads one by a declaration of what is in it.
"""
