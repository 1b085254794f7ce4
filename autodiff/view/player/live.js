// Runs a program of numbers again: values forwards, adjoints backwards.  `program` is the record
// of autodiff.view.player.live, `given` the inputs by key.  Trees are data; nothing is evaluated.
function runAgain(program, given) {
  const f = {
    neg: (a) => -a, "+": (a, b) => a + b, "-": (a, b) => a - b, "*": (a, b) => a * b, "/": (a, b) => a / b,
    "**": (a, b) => a ** b, ">": (a, b) => Number(a > b), ">=": (a, b) => Number(a >= b), "<": (a, b) => Number(a < b),
    "<=": (a, b) => Number(a <= b), "==": (a, b) => Number(a === b), "!=": (a, b) => Number(a !== b),
    where: (c, a, b) => (c ? a : b), sigmoid: (a) => 1 / (1 + Math.exp(-a)),
  };
  const value = Object.assign({}, given), adjoint = {};
  function compute(tree) {
    if (typeof tree === "number") return tree;
    if (typeof tree === "string") return value[tree];
    const known = f[tree[0]] || Math[tree[0]];
    return known(...tree.slice(1).map(compute));
  }
  for (const part of program.values) value[part.key] = compute(part.tree);
  adjoint[program.output] = 1;
  const order = new Map(program.values.map((part, place) => [part.key, place]));
  for (const part of program.partials.slice().sort((a, b) => order.get(b.target) - order.get(a.target)))
    if (part.target in adjoint) adjoint[part.source] = (adjoint[part.source] || 0) + adjoint[part.target] * compute(part.tree);
  return { value, adjoint };
}
