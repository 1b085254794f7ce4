"""What the small front ends share: written expressions, and each system's own conventions.

- `written`, `backward`: operations that are written down as equations before they are computed,
  and the gradient of such a graph as more of it (Theano's graph, neon's op-trees)
- `picture`: what the visualizer shows of them
- `conventions`: ops whose slope at kinks and ties is the one that a system had
- `pooling`: the max and mean of windows as each system laid them
"""
