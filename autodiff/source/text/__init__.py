"""From calls to a module of text that runs by itself.

Which values get a line of their own, in which order, under which of the user's lines; and around
them the function with its checks, guards and results.  May import `words`, `loops`, `rewriting`.

    statements      which values get a line and a name, and which stand inside of another's
    module          a function with its checks, and the helpers that it brings along
    writer          a body as a module
"""
