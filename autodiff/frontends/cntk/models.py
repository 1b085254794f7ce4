"""`cntk.models`: layers one after the other."""
