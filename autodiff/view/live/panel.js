// A number as Python writes it with `.3g`, its exponent without zeros.
function digits(x, places) {
  const [mantissa, exponent] = x.toExponential(places - 1).split("e").map(Number);
  return x === 0 ? "0" : exponent < -4 || exponent >= places ? `${mantissa}e${exponent}` : String(Number(x.toPrecision(places)));
}
// The numbers of a small array as [words, tiles], as `autodiff.view.words.tiles` gives them.
function asTiles(words, panels) {
  const flat = panels.flat(2), largest = Math.max(...flat.map(Math.abs)) || 1, low = Math.min(...flat), high = Math.max(...flat);
  const range = words ? words : low === high ? `all ${digits(low, 4)}` : `${digits(low, 4)} .. ${digits(high, 4)}`;
  return [range, { small: true, zero: low === 0 && high === 0, range, panels: panels.map((panel) => panel.map((row) => row.map((x) => [digits(x, 3), x / largest]))) }];
}
// Inputs to drag or type, values to hold, edges to cut, and the two runs beside each other.  `data`
// has inputs, nodes, edges and output; `ask(request, answer)` has it run, `put(run)` shows a run in
// the picture.  One request is on its way at a time; the newest wish goes next.
function livePanel(data, ask, put) {
  const inputs = {}, hold = {}, cut = new Set();
  let nameOf = new Map();
  let along = 0, busy = false, more = false, timer = null;
  const panel = make("div", { class: "ad-live-panel" });
  let known = { number: null, runs: [], difference: null }, later = null, written = null;

  const told = make("div", { class: "ad-live-told", "aria-live": "polite" });
  const table = make("table"), runs = add(make("div", { class: "ad-table", tabindex: "0", role: "region", "aria-label": "The runs" }), table);
  const chips = make("div", { class: "ad-bar" });

  function wish() {
    if (timer) clearTimeout(timer);
    timer = setTimeout(() => { timer = null; if (busy) more = true; else send(); }, 12);
  }
  function send() {
    busy = true;
    const begun = performance.now();
    ask({ inputs, hold, cut: [...cut], along, seen: known.number }, (reply) => {
      busy = false;
      panel.dataset.took = (performance.now() - begun).toFixed(1);
      receive(reply);
      if (more) { more = false; send(); }
    });
  }

  // -- inputs ----------------------------------------------------------------------------------
  const resets = [];
  for (const input of data.inputs) {
    const scalar = !input.shape.length, line = make("div", { class: "ad-bar" });
    const name = make("label", { class: "ad-live-name" }, input.name);
    const number = make("input", { type: "text", inputmode: "decimal", size: 9, "aria-label": `Value of ${input.name}` });
    const knob = make("input", { type: "range", class: "ad-slider", step: "any", "aria-label": `Drag ${input.name}` });
    let entry = 0, cells = [];
    const start = () => input.values[entry];
    const here = () => { const own = inputs[input.place]; return own && own.entries && entry in own.entries ? own.entries[entry] : start() * (own && own.scale !== undefined ? own.scale : 1); };
    const tidy = (value) => String(Number(value.toPrecision(4)));
    const wide = () => Math.max(1, 2 * Math.abs(start()));
    function set(value, from) {
      const own = (inputs[input.place] = inputs[input.place] || {});
      (own.entries = own.entries || {})[entry] = value;
      if (cells[entry]) cells[entry].textContent = tidy(value);
      if (from !== knob) aim(value);
      if (from !== number) number.value = tidy(value);
      wish();
    }
    function aim(value) {
      knob.min = Math.min(start() - wide(), value); knob.max = Math.max(start() + wide(), value); knob.value = value;
      knob.setAttribute("aria-valuetext", `${input.name} = ${tidy(value)}`);
    }
    function read() { aim(here()); number.value = tidy(here()); }
    knob.addEventListener("input", () => set(Number(knob.value), knob));
    number.addEventListener("input", () => {
      const value = Number(number.value.trim().replace(",", ".").replace("−", "-"));
      const right = number.value.trim() !== "" && Number.isFinite(value);
      number.setAttribute("aria-invalid", String(!right));
      if (right) set(value, number);
    });
    add(line, name);
    if (!scalar && input.values && input.tiles && input.tiles.small) {
      const grid = tiled(input.tiles);
      grid.removeAttribute("role");
      cells = [...grid.querySelectorAll("td")];
      cells.forEach((cell, place) => {
        cell.tabIndex = 0;
        cell.setAttribute("role", "button");
        cell.setAttribute("aria-label", `${input.name}, entry ${place}`);
        const pick = () => { entry = place; for (const each of cells) each.classList.toggle("ad-meet", each === cell); read(); };
        cell.addEventListener("click", pick);
        cell.addEventListener("focus", pick);
      });
      cells[0].classList.add("ad-meet");
      add(line, grid);
    } else if (!scalar && input.values) {
      const index = make("input", { type: "text", size: 8, value: input.shape.map(() => 0).join(", "), "aria-label": `Which entry of ${input.name}` });
      index.addEventListener("input", () => {
        const given = (index.value.match(/\d+/g) || []).map(Number);
        const right = given.length === input.shape.length && given.every((place, axis) => place < input.shape[axis]);
        index.setAttribute("aria-invalid", String(!right));
        if (right) { entry = given.reduce((flat, place, axis) => flat * input.shape[axis] + place, 0); read(); }
      });
      add(line, "[", index, "]");
    }
    if (input.values) { add(line, " = ", number, knob); read(); }
    if (!scalar) {
      const scale = make("input", { type: "text", inputmode: "decimal", size: 5, value: "1", "aria-label": `All of ${input.name} times` });
      scale.addEventListener("input", () => {
        const value = Number(scale.value.trim().replace(",", "."));
        const right = scale.value.trim() !== "" && Number.isFinite(value);
        scale.setAttribute("aria-invalid", String(!right));
        if (right) { (inputs[input.place] = inputs[input.place] || {}).scale = value; if (input.values) read(); wish(); }
      });
      add(line, " all × ", scale);
      resets.push(() => { scale.value = "1"; });
    }
    resets.push(() => { delete inputs[input.place]; cells.forEach((cell, place) => { cell.textContent = tidy(input.values[place]); }); if (input.values) read(); });
    panel.append(line);
  }

  // -- what if ---------------------------------------------------------------------------------
  const direction = make("select", { "aria-label": "Tangents along" });
  for (const input of data.inputs) direction.append(make("option", { value: input.place }, input.name));
  direction.addEventListener("change", () => { along = Number(direction.value); wish(); });
  const which = make("select", { "aria-label": "Value to hold" });
  const at = make("input", { type: "text", inputmode: "decimal", size: 7, placeholder: "as it is", "aria-label": "Hold it at" });
  const edge = make("select", { "aria-label": "Edge to cut" });
  const firmly = (key) => {
    const text = at.value.trim().replace(",", ".").replace("−", "-");
    const right = text === "" || Number.isFinite(Number(text));
    at.setAttribute("aria-invalid", String(!right));
    if (right) { hold[key] = text === "" ? null : Number(text); list(); wish(); }
  };
  const sever = (key) => { if (cut.has(key)) cut.delete(key); else cut.add(key); list(); wish(); };
  at.addEventListener("keydown", (event) => { if (event.key === "Enter") firmly(which.value); });
  panel.append(add(make("div", { class: "ad-bar" }), "What if", which, "is held at", at, button("hold", "Hold this value", () => firmly(which.value)),
    ", or", edge, button("cut", "Cut this edge: the value passes, its derivative does not", () => sever(edge.value))),
  add(make("div", { class: "ad-bar" }), "Tangents along", direction, button("as it was", "Back to the recorded numbers, nothing held or cut", back)), chips, told);
  // Another picture: its values and edges; nothing is held or cut there yet.
  function renew(picture) {
    data = { ...picture, inputs: data.inputs };
    nameOf = new Map(data.nodes.map((node) => [node.key, node.name]));
    which.replaceChildren(...data.nodes.map((node) => make("option", { value: node.key }, node.name)));
    edge.replaceChildren(...data.edges.map((each) => make("option", { value: each.key }, each.words)));
    for (const key in hold) delete hold[key];
    cut.clear();
    list();
  }
  function list() {
    chips.textContent = "";
    chips.hidden = !Object.keys(hold).length && !cut.size;
    for (const key in hold)
      chips.append(button(`${nameOf.get(key)} held ${hold[key] === null ? "as it is" : `at ${hold[key]}`} ✕`, `Let ${nameOf.get(key)} go`, () => { delete hold[key]; list(); wish(); }));
    for (const key of cut) {
      const words = data.edges.find((each) => each.key === key).words;
      chips.append(button(`${words} cut ✕`, `Mend ${words}`, () => sever(key)));
    }
  }
  function back() {
    for (const reset of resets) reset();
    for (const key in hold) delete hold[key];
    cut.clear();
    list(); wish();
  }

  // -- answers ---------------------------------------------------------------------------------
  function receive(reply) {
    told.textContent = reply.words || "";
    panel.dataset.failed = String(!reply.runs);
    if (reply.picture) { renew(reply.picture); put(null, null, reply.picture); }
    if (!reply.runs) { put(null); return; }
    const base = reply.since && reply.since === known.number ? known : { runs: [] };
    known = { number: reply.number, runs: reply.runs.map((run, i) => merged(base.runs[i], run)), difference: reply.difference && merged(base.difference, reply.difference) };
    const [one, two] = known.runs, marks = { hold, cut };
    put(two || one, marks);
    const output = data.output, name = nameOf.get(output);
    if (!reply.words)
      told.textContent = two ? `what if: ${name} = ${two[output].value[0]} in place of ${one[output].value[0]}, a difference of ${known.difference[output].value[0]}`
        : `${name} = ${one[output].value[0]}`;
    if (written === null) write();  // a page that opens has its table from the first moment
    else if (later === null) later = setTimeout(write, Math.max(0, written + 150 - performance.now()));
  }
  function write() { later = null; written = performance.now(); rows(); }
  // What is known, and what a reply says anew; what stayed is the same object, so that it is not drawn.
  function merged(before, run) {
    const found = { ...before };
    for (const key in run) {
      found[key] = { ...found[key] };
      for (const kind in run[key]) {
        const told = run[key][kind];
        if (told === null) delete found[key][kind];
        else found[key][kind] = told[1] && told[1].numbers ? asTiles(told[0], told[1].numbers) : told;
      }
    }
    return found;
  }
  // The table follows a little later than the picture, and only its cells that changed.
  let cells = [], columns = "";
  function rows() {
    const [one, two] = known.runs, kinds = ["value", "adjoint", "tangent"], own = two ? [one, two, known.difference] : [one];
    if (columns !== `${own.length} ${data.nodes.map((node) => node.name)}`) {
      columns = `${own.length} ${data.nodes.map((node) => node.name)}`;
      table.textContent = "";
      cells = [];
      const head = add(make("tr"), make("th", { scope: "col" }, "name"));
      for (const kind of kinds) for (const run of two ? ["as it is", "what if", "difference"] : [""]) head.append(make("th", { scope: "col" }, run ? `${kind}, ${run}` : kind));
      const body = make("tbody");
      for (const node of data.nodes) {
        const line = add(make("tr"), make("th", { scope: "row" }, node.name));
        for (const kind of kinds) own.forEach((_, run) => { const cell = make("td"); cells.push([cell, run, node.key, kind]); line.append(cell); });
        body.append(line);
      }
      add(table, add(make("thead"), head), body);
    }
    for (const [cell, run, key, kind] of cells) {
      const told = (own[run][key] && own[run][key][kind]) || ["·", null], [words, array] = told;
      if (cell.adTold === told || (!array && cell.adTold && !cell.adTold[1] && cell.adTold[0] === words)) continue;
      if (array && cell.adTold && sameForm(cell.adTold[1], array)) retile(cell.firstChild, array);
      else { cell.textContent = ""; cell.append(array ? tiled(array) : words); }
      cell.adTold = told;
      cell.className = run === 2 && !["0", "·", "all 0"].includes(words) && !(array && array.zero) ? "ad-changed" : "";
    }
  }
  renew(data);
  return { panel, runs, wish, sever, choose: (key) => { which.value = key; at.focus(); } };
}
