// The step player.  `data` is the record of autodiff.view.player.steps, plus `svg`, `alt` and `id`.
// Nothing global, no network, no eval; every text from the user goes in through textContent.
function play(data) {
  "use strict";
  const root = document.querySelector(`[id="${data.id}"]:not([data-ready])`);
  if (!root) return;
  root.setAttribute("data-ready", "yes");
  root.tabIndex = 0;
  root.setAttribute("role", "group");
  root.setAttribute("aria-label", `Step player for ${data.title}`);

  // -- what is on the screen ------------------------------------------------------------------
  const nodes = new Map(data.nodes.map((node) => [node.key, node]));
  const quiet = window.matchMedia && matchMedia("(prefers-reduced-motion: reduce)").matches;
  let sweep = data.sweeps[0], position = 0, timer = null, asking = false;

  const tabs = make("div", { class: "ad-bar", role: "group", "aria-label": "Sweeps" });
  const tabOf = new Map();
  for (const each of data.sweeps) {
    const tab = button(each.name, each.title, () => choose(each));
    tabOf.set(each, tab);
    tabs.append(tab);
  }
  const first = button("|◀ first", "First step (Home)", () => go(0));
  const back = button("◀ back", "One step back (left arrow)", () => go(position - 1));
  const playing = button("▶ play", "Play or pause (space)", toggle);
  const next = button("next ▶", "One step on (right arrow)", forward);
  const last = button("last ▶|", "Last step (End)", () => go(sweep.steps.length));
  const count = make("span", { class: "ad-count" });
  const speed = make("select", { "aria-label": "Steps a second" });
  for (const rate of [0.5, 1, 2, 4]) speed.append(make("option", { value: rate }, `${rate} a second`));
  speed.value = "1";
  speed.addEventListener("change", () => { if (timer) { stop(); start(); } });
  const predict = make("input", { type: "checkbox" });
  predict.addEventListener("change", () => { asking = false; show(); });
  const predicting = add(make("label"), predict, " predict the next number");
  const help = button("? help", "Keys (question mark)", () => { keys.hidden = !keys.hidden; });
  const bar = add(make("div", { class: "ad-bar" }), first, back, playing, next, last, speed, predicting, help, count);
  const keys = make("p", { class: "ad-note" });
  keys.hidden = true;
  for (const [key, words] of [["←", "back"], ["→", "next"], ["Home", "first"], ["End", "last"],
    ["space", "play or pause"], ["[", "previous sweep"], ["]", "next sweep"], ["?", "these keys"]])
    add(keys, make("kbd", {}, key), ` ${words}   `);

  const picture = make("div", { class: "ad-graph", tabindex: "0", role: "region", "aria-label": "Graph" });
  picture.innerHTML = data.svg;
  const drawn = picture.querySelector("svg");
  if (drawn) {
    const least = 0.75 * drawn.width.baseVal.value;  // still readable; the table goes below for it
    drawn.style.minWidth = `${least}px`;
    picture.style.flexBasis = `min(100%, ${Math.max(420, least + 12)}px)`;
  }
  const slots = new Map(), shapes = new Map();
  for (const slot of picture.querySelectorAll("[data-slot]")) slots.set(slot.dataset.slot, slot);
  for (const each of data.nodes.concat(data.edges))
    shapes.set(each.key, picture.querySelector(`[id="${data.id}-${each.key}"]`));

  const symbolic = make("div", { class: "ad-symbolic" });
  const numeric = make("div", { class: "ad-numeric" });
  const words = make("div", { class: "ad-words" });
  const equation = add(make("div", { class: "ad-equation", "aria-live": "polite" }), symbolic, numeric, words);
  const typed = make("input", { type: "text", "aria-label": "Your number", size: "12", inputmode: "text" });
  const compare = button("compare", "Compare your number", judge);
  const reveal = button("show me", "Show the number", () => { asking = false; move(position + 1); });
  const question = add(make("div", { class: "ad-bar" }), "Your number:", typed, compare, reveal);
  const answer = make("p", { class: "ad-note", "aria-live": "polite" });
  const table = make("table"), source = make("pre", { class: "ad-source" });
  const box = add(make("div", { class: "ad-table", tabindex: "0", role: "region", "aria-label": "State" }), table);
  const panel = add(make("div", { class: "ad-panel" }), source, box);

  root.textContent = "";
  const graph = data.svg ? picture : make("p", { class: "ad-note" }, data.note);
  add(root, make("style", {}, data.css), tabs, bar, keys, equation, question, answer);
  root.append(add(make("div", { class: "ad-sides" }), graph, panel));

  // -- the table is built once a sweep; steps only change texts and classes ----------------------
  let cells = new Map(), lines = new Map();
  function build() {
    table.textContent = "";
    cells = new Map(); lines = new Map();
    const head = add(make("tr"), make("th", { scope: "col" }, "name"));
    for (const column of sweep.columns) head.append(make("th", { scope: "col" }, column));
    table.append(add(make("thead"), head));
    const body = make("tbody");
    for (const row of sweep.rows) {
      const line = add(make("tr"), make("th", { scope: "row" }, row.name));
      for (const column of sweep.columns) {
        const cell = make("td");
        cells.set(`${row.key} ${column}`, cell);
        line.append(cell);
      }
      lines.set(row.key, line);
      body.append(line);
    }
    table.append(body);
  }

  function state() {
    const now = {};
    for (const changes of [sweep.start, ...sweep.steps.slice(0, position).map((step) => step.changes)])
      for (const row in changes) now[row] = Object.assign(now[row] || {}, changes[row]);
    return now;
  }

  function show() {
    const step = position ? sweep.steps[position - 1] : null;
    const following = sweep.steps[position];
    const now = state(), changed = step ? step.changes : {};
    const shown = asking ? following : step;
    root.dataset.sweep = sweep.name;
    for (const [each, tab] of tabOf) tab.setAttribute("aria-pressed", each === sweep);
    for (const row of sweep.rows)
      for (const column of sweep.columns) {
        const cell = cells.get(`${row.key} ${column}`);
        const text = (now[row.key] || {})[column];
        cell.textContent = text === undefined ? "·" : text;
        cell.className = (changed[row.key] || {})[column] === undefined ? "" : "ad-changed";
      }
    for (const [key, line] of lines) line.className = shown && shown.row === key ? "ad-row" : "";
    const carries = sweep.name === "reverse" || sweep.name === "dual";
    const derivative = sweep.columns.includes("tangent") ? "tangent" : "adjoint";
    const seen = new Set();
    for (const each of sweep.steps.slice(0, position)) { seen.add(each.node); if (each.edge) seen.add(each.edge); }
    for (const [key, shape] of shapes) {
      if (!shape) continue;
      const lit = shown && (shown.node === key || shown.edge === key);
      const settled = sweep.name === "check" || seen.has(key) || (sweep.name === "forward" && !nodes.has(key));
      shape.setAttribute("class", `${nodes.has(key) ? "ad-node" : "ad-edge"}${lit ? " ad-now" : ""}${settled ? "" : " ad-later"}`);
    }
    for (const [slot, text] of slots) {
      const [key, what] = slot.split(":");
      if (what === "word") text.textContent = carries ? derivative : "";
      else {
        const found = (now[key] || {})[what === "derivative" ? derivative : "value"];
        const none = what === "derivative" && !carries ? "" : "·";
        const whole = sweep.name === "check" && what === "value" ? nodes.get(key).value : found;
        text.textContent = whole === undefined ? none : cut(whole);
      }
    }
    symbolic.textContent = shown ? shown.symbolic : sweep.title;
    const filled = shown ? shown.numeric : "Press → or “next” for the first step.";
    numeric.textContent = asking ? `${filled.slice(0, filled.lastIndexOf("=") + 1)} ?` : filled;
    words.textContent = shown ? shown.words : "";
    count.textContent = `step ${position} of ${sweep.steps.length}, ${sweep.title}`;
    first.disabled = back.disabled = position === 0 && !asking;
    last.disabled = next.disabled = position === sweep.steps.length;
    question.hidden = !asking;
    excerpt(shown && nodes.get(edgeEnd(shown)));
    const row = lines.get(shown && shown.row);
    if (row) box.scrollTop = Math.max(0, row.offsetTop - box.clientHeight / 2);
    follow(shapes.get(shown && shown.node));
  }

  function cut(text) { return text.length > data.room ? `${text.slice(0, data.room - 1)}…` : text; }

  // A contribution belongs to the line of the operation that it passes through.
  function edgeEnd(step) {
    const edge = step.edge && data.edges.find((each) => each.key === step.edge);
    return edge ? edge.target : step.node;
  }

  function follow(shape) {
    if (!shape) return;
    const own = shape.getBoundingClientRect(), box = picture.getBoundingClientRect();
    if (own.left < box.left || own.right > box.right) picture.scrollLeft += own.left - box.left - box.width / 3;
    if (own.top < box.top || own.bottom > box.bottom) picture.scrollTop += own.top - box.top - box.height / 3;
  }

  function excerpt(node) {
    source.textContent = "";
    const place = node && node.place;
    source.hidden = !place || !data.files[place.file];
    if (source.hidden) return;
    source.append(`${place.file}\n`);
    for (let line = place.line - 2; line <= place.line + 2; line++) {
      const text = data.files[place.file][line];
      if (text === undefined) continue;
      const number = `${line === place.line ? "▶" : " "}${String(line).padStart(4)}  `;
      if (line === place.line) add(source, number, place.before, make("mark", {}, place.lit), `${place.after}\n`);
      else source.append(`${number}${text}\n`);
    }
  }

  // -- moving ----------------------------------------------------------------------------------
  function move(to) {
    position = Math.max(0, Math.min(to, sweep.steps.length));
    show();
  }
  function go(to) { stop(); asking = false; answer.textContent = ""; move(to); }
  function forward() {
    const following = sweep.steps[position];
    if (!following || asking) return;
    answer.textContent = "";
    if (predict.checked && following.answer !== null) {
      stop();
      asking = true;
      typed.value = "";
      show();
      typed.focus();
    } else move(position + 1);
  }
  function choose(other) {
    if (!other) return;
    stop();
    asking = false; answer.textContent = "";
    sweep = other; position = 0;
    build(); show();
  }
  function start() {
    equation.setAttribute("aria-live", "off");
    playing.textContent = "‖ pause";
    timer = setInterval(() => { if (position >= sweep.steps.length || asking || !root.isConnected) stop(); else forward(); }, 1000 / Number(speed.value));
  }
  function stop() {
    if (timer) clearInterval(timer);
    timer = null;
    equation.setAttribute("aria-live", "polite");
    playing.textContent = quiet ? "▶ step" : "▶ play";
  }
  function toggle() {
    if (quiet) forward();
    else if (timer) stop();
    else { if (position >= sweep.steps.length) move(0); start(); }
  }

  // -- predict, compare, say why -----------------------------------------------------------------
  function near(one, other) { return Math.abs(one - other) <= 0.006 * Math.max(Math.abs(one), Math.abs(other)) + 1e-12; }
  function judge() {
    const step = sweep.steps[position], given = Number(typed.value.replace(",", ".").replace("−", "-"));
    if (!typed.value.trim() || Number.isNaN(given)) {
      answer.textContent = "Type a number, e.g. -0.5.";
      return;
    }
    const result = step.numeric.slice(step.numeric.lastIndexOf("=") + 1).trim();
    let verdict = `Not this time: it is ${result}, because ${step.numeric}.`;
    if (near(given, step.answer)) verdict = `Right: ${step.numeric}.`;
    else if (step.term !== null && near(given, step.term))
      verdict = `That is this contribution alone; it is added to what had arrived before (+=): ${step.numeric}.`;
    else if (near(given, -step.answer)) verdict = `The size is right, the sign is not: ${step.numeric}.`;
    answer.textContent = verdict;
    asking = false;
    move(position + 1);
    root.focus();
  }

  root.addEventListener("keydown", (event) => {
    if (event.key === "Tab" || event.ctrlKey || event.metaKey || event.altKey) return;
    event.stopPropagation();
    const target = event.target;
    if (target === typed) {
      if (event.key === "Enter") { event.preventDefault(); judge(); }
      if (event.key === "Escape") { asking = false; show(); root.focus(); }
      return;
    }
    if (target === speed) return;
    const native = target.tagName === "BUTTON" || target.tagName === "INPUT";
    const place = data.sweeps.indexOf(sweep);
    const actions = {
      ArrowRight: forward, ArrowLeft: () => go(position - 1), Home: () => go(0),
      End: () => go(sweep.steps.length), "[": () => choose(data.sweeps[place - 1]),
      "]": () => choose(data.sweeps[place + 1]), "?": () => { keys.hidden = !keys.hidden; },
    };
    if (!native) actions[" "] = toggle;
    if (actions[event.key]) { event.preventDefault(); actions[event.key](); }
  });

  followTheme(root);
  const opening = data.open && data.sweeps.find((each) => each.name === data.open.sweep);
  stop();
  choose(opening || sweep);
  if (opening) move(data.open.position);
}
