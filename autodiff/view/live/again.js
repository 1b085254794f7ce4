// Runs a program of numbers again in the page: values and tangents forwards, adjoints backwards.
// `program` is the record of autodiff.view.live.trees; trees are data, nothing is evaluated.  The
// answer has the form of autodiff.view.live.session, so that a panel need not know who answers.
function answerHere(data, request) {
  const f = {
    neg: (a) => -a, "+": (a, b) => a + b, "-": (a, b) => a - b, "*": (a, b) => a * b, "/": (a, b) => a / b,
    "**": (a, b) => a ** b, ">": (a, b) => Number(a > b), ">=": (a, b) => Number(a >= b), "<": (a, b) => Number(a < b),
    "<=": (a, b) => Number(a <= b), "==": (a, b) => Number(a === b), "!=": (a, b) => Number(a !== b),
    where: (c, a, b) => (c ? a : b), sigmoid: (a) => 1 / (1 + Math.exp(-a)),
  };
  const program = data.trees, order = new Map(program.values.map((part, place) => [part.key, place]));
  const back = program.partials.slice().sort((a, b) => order.get(b.target) - order.get(a.target));
  function run(hold, cut) {
    const value = {}, adjoint = {}, tangent = {};
    const compute = (tree) => typeof tree === "number" ? tree : typeof tree === "string" ? value[tree]
      : (f[tree[0]] || Math[tree[0]])(...tree.slice(1).map(compute));
    for (const input of data.inputs) {
      const change = request.inputs[input.place] || {};
      value[input.key] = input.values[0] * (change.scale === undefined ? 1 : change.scale);
      if (change.entries && 0 in change.entries) value[input.key] = change.entries[0];
    }
    const keep = (key) => { if (key in hold) value[key] = hold[key] === null ? first[key] : hold[key]; };
    for (const input of data.inputs) keep(input.key);
    for (const part of program.values) { value[part.key] = compute(part.tree); keep(part.key); }
    const flows = back.filter((part) => !cut.includes(part.key) && !(part.target in hold));
    adjoint[data.output] = 1;
    for (const part of flows)
      if (part.target in adjoint) adjoint[part.source] = (adjoint[part.source] || 0) + adjoint[part.target] * compute(part.tree);
    tangent[data.inputs[request.along].key] = 1;
    for (const part of flows.slice().reverse())
      if (part.source in tangent) tangent[part.target] = (tangent[part.target] || 0) + tangent[part.source] * compute(part.tree);
    return { value, adjoint, tangent, other: program.asked.filter((each) => Number(compute(each.tree)) !== each.came) };
  }
  let first = {};
  const one = run({}, []);
  if (one.other.length)
    return { words: `At these inputs the program takes another way (${one.other[0].words} comes out otherwise). Python has to run it again: open the notebook with a kernel.` };
  first = one.value;
  const changed = Object.keys(request.hold).length || request.cut.length;
  const runs = changed ? [one, run(request.hold, request.cut)] : [one];
  const tidy = (number) => [String(Number(number.toPrecision(4))), null];
  const shown = (numbers) => {
    const found = {};
    for (const { key } of data.nodes) {
      found[key] = {};
      for (const kind of ["value", "adjoint", "tangent"]) if (key in numbers[kind]) found[key][kind] = tidy(numbers[kind][key]);
    }
    return found;
  };
  const less = { value: {}, adjoint: {}, tangent: {} };
  if (changed)
    for (const kind in less)
      for (const { key } of data.nodes)
        if (key in runs[0][kind] || key in runs[1][kind]) less[kind][key] = (runs[1][kind][key] || 0) - (runs[0][kind][key] || 0);
  return { runs: runs.map(shown), difference: changed ? shown(less) : null };
}
