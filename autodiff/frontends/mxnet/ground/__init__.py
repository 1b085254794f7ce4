"""What all of this front end stands on: its error, and the source of its random numbers."""
