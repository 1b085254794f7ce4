"""My own automatic differentiation: what I wrote in the lessons.

Made by ad.course.collect(), and made anew by the next one.

    MyDual          3.1  the toolkit's: exercise 3.1 is in no notebook of this folder
    Node            4.1  the toolkit's: exercise 4.1 is in no notebook of this folder
    order           4.2  the toolkit's: exercise 4.2 is in no notebook of this folder
    sweep           4.3  the toolkit's: exercise 4.3 is in no notebook of this folder
    vjp_multiply    5.2  the toolkit's: exercise 5.2 is in no notebook of this folder
    vjp_matmul      5.3  the toolkit's: exercise 5.3 is in no notebook of this folder
    swish_partials  6.2  the toolkit's: exercise 6.2 is in no notebook of this folder
"""

from autodiff.course.own_engine import toolkits


# -- 3.1: a number that carries its derivative ---------------------------------------------------

MyDual = toolkits("MyDual")  # not yours yet


# -- 4.1: a value that knows its parents ---------------------------------------------------------

Node = toolkits("Node")  # not yours yet


# -- 4.2: the nodes, each after its parents ------------------------------------------------------

order = toolkits("order")  # not yours yet


# -- 4.3: the reverse sweep ----------------------------------------------------------------------

sweep = toolkits("sweep")  # not yours yet


# -- 5.2: the rule of a product that broadcasts --------------------------------------------------

vjp_multiply = toolkits("vjp_multiply")  # not yours yet


# -- 5.3: the rule of a matrix product -----------------------------------------------------------

vjp_matmul = toolkits("vjp_matmul")  # not yours yet


# -- 6.2: the partials of an op of one's own -----------------------------------------------------

swish_partials = toolkits("swish_partials")  # not yours yet
