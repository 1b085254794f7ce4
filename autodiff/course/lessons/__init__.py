"""A lesson's way from its source to a student: found, formed, run, kept, looked over, copied.

`lesson` finds the sources; `forms` makes a notebook's forms of one; `execute` runs them, with one
thread each (`threads`); `outputs` says what is kept, and `build` writes it; `lint` looks for what
would break grading or mislead a reader, and `suspicion` in work that was handed in for what reaches
for the checker; `lab` gives a student a copy.
"""
