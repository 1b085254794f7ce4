"""Input pipelines: queues, the threads that fill them, readers and decoders."""
