"""What a picture should say aloud: the sentence that a student would not find alone.

`health` finds vanishing, exploding and dead gradients and the first NaN; `wrong_rules` tries
each rule by itself against difference quotients; `replay` runs a program again with an input
moved.  May import `records` and `words`.
"""
