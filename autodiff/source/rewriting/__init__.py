"""The same numbers in fewer calls: from what the engine does to what a person would write.

Each step keeps every bit; what it can't show to be safe it leaves as it is.  May import `records`.

    body        the calls of a program in order, and what keeps them consistent while they change
    updates     changes in place as new values, where nobody else sees the memory
    simplify    dead lines, repeated calls, copies that nobody changes
"""
