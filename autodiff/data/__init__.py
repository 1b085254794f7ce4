"""Data in and out: readers, record files, checkpoints, event files."""
