"""What all of this front end stands on, and no program imports: what a string means
(`choices`), how a thing was made (`given`), what the models of one graph share (`session`).
"""
