"""Input: readers, decoders, queues and the threads that fill them.

All stands over plain iterators of `autodiff.data`; every wait ends, and the error of a thread is
raised where the main thread waits.
"""
