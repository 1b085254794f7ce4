"""Reverse mode: record equations on the way forward, sweep the cotangents back.

The idea is the tape (`tensor`) read backwards (`sweep`); beside it stands what keeps a tape true
although users change arrays (`safekeeping`, `stale_data`) or branch on a single point
(`single_points`).  May import `values` and what is below it, and knows nothing of forward mode.
"""
