"""What Theano kept in its sandbox: the faster random streams."""
