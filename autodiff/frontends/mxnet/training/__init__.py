"""What `module` and `model` do with a bound symbol: whole rounds, and files."""
