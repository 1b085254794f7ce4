"""Whether a trainer computes just now: dropout and batch normalization ask for it."""

training: list[bool] = [False]
