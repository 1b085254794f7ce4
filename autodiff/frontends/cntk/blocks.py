"""`cntk.blocks`: inputs and cells, by the names of the early betas."""
