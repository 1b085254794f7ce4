"""Where a function bends or jumps: which ops do so at which points, and the report of a run."""
