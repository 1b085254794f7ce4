"""Data in and out, as plain iterators of plain NumPy: readers, records, checkpoints, event files.

text, images, stream     lines, CSV, pictures; shuffle, batch, repeat
records, example, features   TFRecord files, and the Example messages that they usually hold
checkpoints              a tree of arrays in one file, written whole or not at all
summaries, events        what TensorBoard shows, and the file that it reads
"""
