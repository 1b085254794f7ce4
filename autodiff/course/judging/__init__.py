"""What is said of an answer that was tried: passed, or which mistake it makes and what to ask.

The idea: name the mistake by what the answer *does*, never by how it is written.  `trial` is one
try, `differences` compares two results; `judge` compares trials with those of the solution and of
each known mistake; `relations` looks for what the numbers themselves say (a sign, a factor, a
transpose: `numbers`); `raised` knows what common errors mean; `forbidding` lets the engine refuse
while an answer runs that is to be made by hand.
"""
