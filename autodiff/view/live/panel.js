// Inputs to drag or type, values to hold, edges to cut, and the two runs beside each other.  `data`
// has inputs, nodes, edges and output; `ask(request, answer)` has it run, `put(run)` shows a run in
// the picture.  One request is on its way at a time; the newest wish goes next.
function livePanel(data, ask, put) {
  const inputs = {}, hold = {}, cut = new Set();
  let nameOf = new Map();
  let along = 0, busy = false, more = false, timer = null;
  const panel = make("div", { class: "ad-live-panel" });

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
    ask({ inputs, hold, cut: [...cut], along }, (reply) => {
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
    const [one, two] = reply.runs, marks = { hold, cut };
    put(two || one, marks);
    const output = data.output, name = nameOf.get(output);
    if (!reply.words)
      told.textContent = two ? `what if: ${name} = ${two[output].value[0]} in place of ${one[output].value[0]}, a difference of ${reply.difference[output].value[0]}`
        : `${name} = ${one[output].value[0]}`;
    rows(one, two, reply.difference);
  }
  function rows(one, two, difference) {
    table.textContent = "";
    const head = add(make("tr"), make("th", { scope: "col" }, "name")), kinds = ["value", "adjoint", "tangent"];
    for (const kind of kinds) for (const run of two ? ["as it is", "what if", "difference"] : [""]) head.append(make("th", { scope: "col" }, run ? `${kind}, ${run}` : kind));
    table.append(add(make("thead"), head));
    const body = make("tbody");
    for (const node of data.nodes) {
      const line = add(make("tr"), make("th", { scope: "row" }, node.name));
      for (const kind of kinds)
        for (const run of two ? [one, two, difference] : [one]) {
          const cell = make("td"), [words, array] = run[node.key][kind] || ["·", null];
          if (array) cell.append(tiled(array)); else cell.textContent = words;
          if (run === difference && two && words !== "0" && words !== "·" && words !== "all 0") cell.className = "ad-changed";
          line.append(cell);
        }
      body.append(line);
    }
    table.append(body);
  }
  renew(data);
  return { panel, runs, wish, sever, choose: (key) => { which.value = key; at.focus(); } };
}
