// The step player.  `data` is the record of autodiff.view.player.steps, plus `svg`, `alt` and `id`.
// Nothing global, no network, no eval; every text from the user goes in through textContent.
function play(data) {
  "use strict";
  if (data.layout) {  // Python has no Graphviz: the page lays the picture out
    layOut(data.layout, `${data.id}-`).then((svg) => play({ ...data, layout: null, svg: places(svg, data.layout).outerHTML }));
    return;
  }
  const root = document.querySelector(`[id="${data.id}"]:not([data-ready])`);
  if (!root) return;
  root.setAttribute("data-ready", "yes");
  root.tabIndex = 0;
  root.setAttribute("role", "group");
  root.setAttribute("aria-label", `Step player for ${data.title}`);

  // -- what is on the screen ------------------------------------------------------------------
  const nodes = new Map(data.nodes.map((node) => [node.key, node]));
  const quiet = window.matchMedia && matchMedia("(prefers-reduced-motion: reduce)").matches;
  let sweep = data.sweeps[0], position = 0, timer = null, asking = false, tries = 0;

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
  const predicting = add(make("label"), predict, " predict what comes next");
  const slider = make("input", { type: "range", class: "ad-slider", min: 0, value: 0, "aria-label": "Step" });
  slider.addEventListener("input", () => go(Number(slider.value)));
  const help = button("? help", "Keys (question mark)", () => { keys.hidden = !keys.hidden; });
  const bar = add(make("div", { class: "ad-bar" }), first, back, playing, next, last, slider, speed, predicting, help, count);
  const keys = make("p", { class: "ad-note" });
  keys.hidden = true;
  for (const [key, words] of [["←", "back"], ["→", "next"], ["Home", "first"], ["End", "last"],
    ["space", "play or pause"], ["[", "previous sweep"], ["]", "next sweep"], ["n", "next stop of the tour"], ["p", "previous stop"], ["?", "these keys"]])
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
  const product = make("div", { class: "ad-product" });
  const typed = make("input", { type: "text", "aria-label": "Your answer", size: "12", inputmode: "text" });
  const compare = button("compare", "Compare your answer", judge);
  const reveal = button("show me", "Show the answer", () => { asking = false; answer.textContent = ""; move(position + 1); });
  const asked = make("span");
  const question = add(make("div", { class: "ad-bar" }), asked, typed, compare, reveal);
  const answer = make("p", { class: "ad-note", "aria-live": "polite" });
  const table = make("table"), source = make("pre", { class: "ad-source" });
  const box = add(make("div", { class: "ad-table", tabindex: "0", role: "region", "aria-label": "State" }), table);
  const panel = add(make("div", { class: "ad-panel" }), source, box);

  root.textContent = "";
  const graph = data.svg ? picture : make("p", { class: "ad-note" }, data.note);
  add(root, make("style", {}, data.css), tabs, bar, keys, equation, question, answer, product);
  root.append(add(make("div", { class: "ad-sides" }), graph, panel));

  // -- a guided tour: stops with a sentence, and what to look at ----------------------------------
  let stop_ = -1;
  const said = make("p", { class: "ad-said", "aria-live": "polite" });
  const stopsCount = make("span", { class: "ad-count" });
  const guide = add(make("div", { class: "ad-bar ad-tour" }),
    button("◀ tour", "Previous stop of the tour (p)", () => visit(stop_ - 1)),
    button("tour ▶", "Next stop of the tour (n)", () => visit(stop_ + 1)), stopsCount);
  if (data.tour.length) root.insertBefore(add(make("div"), guide, said), equation);
  function visit(to) {
    if (to < 0 || to >= data.tour.length) return;
    stop_ = to;
    const at = data.tour[to];
    const wanted = data.sweeps.find((each) => each.name === at.sweep);
    if (wanted !== sweep) choose(wanted);
    go(at.position);
    point();
  }
  function point() {
    const at = stop_ >= 0 && data.tour[stop_];
    const here = at && at.sweep === sweep.name && at.position === position;
    said.textContent = here ? at.words : "";
    stopsCount.textContent = data.tour.length ? `stop ${stop_ + 1} of ${data.tour.length}` : "";
    for (const [key, shape] of shapes) if (shape) shape.classList.toggle("ad-pointed", Boolean(here && at.point.includes(key)));
  }

  // -- the table is built once a sweep; steps only change texts and classes ----------------------
  let cells = new Map(), lines = new Map();
  function build() {
    table.textContent = "";
    cells = new Map(); lines = new Map();
    const head = add(make("tr"), make("th", { scope: "col" }, "name"));
    const told = ["line", "rule", "program"].filter((column) => sweep.rows.some((row) => row[column]));
    for (const column of [...sweep.columns, ...told]) head.append(make("th", { scope: "col" }, column));
    table.append(add(make("thead"), head));
    const body = make("tbody");
    for (const row of sweep.rows) {
      const line = add(make("tr"), make("th", { scope: "row" }, row.name));
      for (const column of sweep.columns) {
        const cell = make("td");
        cells.set(`${row.key} ${column}`, cell);
        line.append(cell);
      }
      for (const column of told) line.append(make("td", { class: "ad-code" }, row[column] || ""));
      line.addEventListener("click", () => jump(row.key));
      lines.set(row.key, line);
      body.append(line);
    }
    table.append(body);
    slider.max = sweep.steps.length;
  }

  // To the next step of this sweep at a value, or to the first one.
  function jump(key) {
    const at = (step) => step.node === key || step.row === key;
    let to = sweep.steps.findIndex((step, place) => place >= position && at(step));
    if (to < 0) to = sweep.steps.findIndex(at);
    if (to >= 0) go(to + 1);
  }
  for (const node of data.nodes) {
    const shape = shapes.get(node.key);
    if (shape) shape.addEventListener("click", () => jump(node.key));
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
    const seen = new Set(), arrays = {};
    for (const each of sweep.steps.slice(0, position))
      if (each.tiles || each.product) arrays[each.row] = each.tiles || each.product[each.product.length - 1];
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
        const array = what === "derivative" ? arrays[key] : nodes.get(key).tiles;
        fill(text, whole === undefined ? none : cut(whole), whole === undefined ? null : array);
      }
    }
    symbolic.textContent = shown ? shown.symbolic : sweep.title;
    const filled = shown ? shown.numeric : "Press → or “next” for the first step.";
    numeric.textContent = asking ? `${filled.slice(0, filled.lastIndexOf("=") + 1)} ?` : shown && shown.product ? "" : filled;
    if (asking) asked.textContent = following.question ? `What is ${following.question.words}?` : "Your number:";
    words.textContent = shown ? shown.words : "";
    count.textContent = `step ${position} of ${sweep.steps.length}, ${sweep.title}`;
    first.disabled = back.disabled = position === 0 && !asking;
    last.disabled = next.disabled = position === sweep.steps.length;
    question.hidden = !asking;
    slider.value = position;
    slider.setAttribute("aria-valuetext", `step ${position} of ${sweep.steps.length}`);
    multiply(asking ? null : step && step.product);
    excerpt(shown && nodes.get(edgeEnd(shown)));
    const row = lines.get(shown && shown.row);
    if (row) box.scrollTop = Math.max(0, row.offsetTop - box.clientHeight / 2);
    follow(shapes.get(shown && shown.node));
    point();
  }

  function cut(text) { return text.length > data.room ? `${text.slice(0, data.room - 1)}…` : text; }

  // -- the factors of an array's contribution, and what a row and a column of them give -------------
  function multiply(parts) {
    product.textContent = "";
    product.hidden = !parts;
    if (!parts) return;
    const sum = make("div", { class: "ad-sum", "aria-live": "polite" }), boxes = [];
    for (const part of parts) {
      const box = add(make("div", { class: "ad-factor" }), make("div", { class: "ad-name" }, part.name), tiled(part), make("div", { class: "ad-note" }, part.shape));
      if (part.sign) product.append(make("span", { class: "ad-sign" }, { "*": "×", "@": "@" }[part.sign] || part.sign));
      product.append(box);
      boxes.push(box);
    }
    product.append(sum);
    const [left, right, result] = parts;
    const meets = parts.length > 2 && left.numbers && right.numbers && result.numbers && "@*".includes(right.sign) && result.sign === "=";
    if (!meets) return;
    const cell = (box, r, c) => { const row = box.querySelectorAll("tr")[r]; return row && row.children[c]; };
    const flat = (part) => part.numbers.length === 1 && part.shape.indexOf(",") === part.shape.length - 2;
    function entry(r, c) {
      for (const one of product.querySelectorAll(".ad-meet")) one.classList.remove("ad-meet");
      const met = [];
      if (right.sign === "*") {
        const a = [Math.min(r, left.numbers.length - 1), Math.min(c, left.numbers[0].length - 1)];
        const b = [Math.min(r, right.numbers.length - 1), Math.min(c, right.numbers[0].length - 1)];
        met.push([a, b]);
      } else {
        const n = left.numbers[0].length, column = flat(right);
        for (let k = 0; k < n; k++) met.push([[flat(left) ? 0 : flat(result) ? c : r, k], column ? [0, k] : [k, c]]);
      }
      const terms = [];
      for (const [a, b] of met) {
        const x = left.numbers[a[0]] && left.numbers[a[0]][a[1]], y = right.numbers[b[0]] && right.numbers[b[0]][b[1]];
        if (x === undefined || y === undefined) return;
        cell(boxes[0], ...a).classList.add("ad-meet");
        cell(boxes[1], ...b).classList.add("ad-meet");
        terms.push(`${x < 0 ? `(${x})` : x} × ${y < 0 ? `(${y})` : y}`);
      }
      cell(boxes[2], r, c).classList.add("ad-meet");
      sum.textContent = `${terms.join(" + ")} = ${result.numbers[r][c]}`;
    }
    boxes[2].querySelectorAll("tr").forEach((row, r) => [...row.children].forEach((one, c) => {
      one.tabIndex = 0;
      for (const kind of ["click", "focus", "mouseenter"]) one.addEventListener(kind, () => entry(r, c));
    }));
    entry(0, 0);
  }

  // A contribution belongs to the line of the operation that it passes through.
  function edgeEnd(step) {
    const edge = step.edge && data.edges.find((each) => each.key === step.edge);
    return edge ? edge.target : step.node;
  }

  function follow(shape) {
    if (!shape) return;
    const own = shape.getBoundingClientRect(), box = picture.getBoundingClientRect();
    if (own.left < box.left || own.right > box.right) picture.scrollLeft += (own.left + own.right - box.left - box.right) / 2;
    if (own.top < box.top || own.bottom > box.bottom) picture.scrollTop += (own.top + own.bottom - box.top - box.bottom) / 2;
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

  // -- an input is dragged, a value held, an edge cut: all numbers follow --------------------------
  if (data.live && data.svg) {
    const lively = make("details", { class: "ad-live" });
    const own = livePanel(data.live, (request, answer) => answer(answerHere(data.live, request)), alive);
    add(lively, make("summary", {}, "Drag an input, hold a value, cut an edge: every number follows"), own.panel, own.runs);
    lively.addEventListener("toggle", () => { root.dataset.live = lively.open ? "yes" : ""; if (lively.open) own.wish(); else show(); });
    root.insertBefore(lively, equation);
  }
  function alive(run, marks) {
    if (!root.dataset.live) return;
    const kind = sweep.columns.includes("tangent") ? "tangent" : "adjoint";
    for (const [slot, place] of slots) {
      const [key, what] = slot.split(":");
      if (what === "word") place.textContent = kind;
      else fill(place, ...((run && run[key] && run[key][what === "value" ? "value" : kind]) || ["·", null]));
    }
    for (const [key, shape] of shapes) {
      if (!shape) continue;
      shape.classList.remove("ad-later", "ad-now");
      shape.classList.toggle("ad-held", Boolean(marks && key in marks.hold));
      shape.classList.toggle("ad-cut", Boolean(marks && marks.cut.has(key)));
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
    if (predict.checked && (following.answer !== null || following.question)) {
      stop();
      asking = true;
      tries = 0;
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

  // -- predict, compare, say what is wrong about the first try ----------------------------------------
  function near(one, other) { return Math.abs(one - other) <= 0.006 * Math.max(Math.abs(one), Math.abs(other)) + 1e-12; }
  function wrongAbout(given, right, term, before) {
    if (term !== null && term !== undefined && near(given, term) && !near(term, right)) return "that is this contribution alone; it is added to what had arrived before (+=)";
    if (before !== undefined && near(given, before)) return "that is what had arrived before; this contribution is forgotten";
    if (near(given, -right)) return "the size is right, the sign is not";
    if (right === 0) return "it is smaller";
    if (given * right < 0) return "the sign is not right";
    const ratio = given / right;
    for (const factor of [2, 3, 4, 10]) { if (near(ratio, factor)) return `it is ${factor} times too large`; if (near(ratio, 1 / factor)) return `a factor of ${factor} is missing`; }
    if (near(given * right, 1)) return "that is one over it";
    return Math.abs(given) > Math.abs(right) ? "it is too large" : "it is too small";
  }
  function judge() {
    const step = sweep.steps[position], asks = step.question, text = typed.value.trim();
    let verdict = "", about = "", right = false;
    if (asks && asks.kind === "shape") {
      const given = (text.match(/\d+/g) || []).map(Number), wanted = asks.answer;
      if (!text) { answer.textContent = "Type a shape, e.g. (3, 2)."; return; }
      right = String(given) === String(wanted);
      const shape = `(${wanted.join(", ")}${wanted.length === 1 ? "," : ""})`;
      about = given.length !== wanted.length ? `it has ${wanted.length} ax${wanted.length === 1 ? "is" : "es"}`
        : String(given.slice().reverse()) === String(wanted) ? "that is the shape of its transpose" : "the number of axes is right, a length is not";
      verdict = `${shape}: an adjoint has the shape of its value.`;
      if (sweep.name === "forward") verdict = `${shape}.`;
    } else {
      const given = Number(text.replace(",", ".").replace("−", "-"));
      if (!text || Number.isNaN(given)) { answer.textContent = "Type a number, e.g. -0.5."; return; }
      const wanted = asks ? asks.answer : step.answer;
      right = near(given, wanted);
      about = wrongAbout(given, wanted, asks ? asks.term : step.term, asks ? asks.before : undefined);
      verdict = asks ? `${asks.told}.` : `${step.numeric}.`;
    }
    if (!right && tries === 0) {
      tries = 1;
      answer.textContent = `Not yet: ${about}. Try again.`;
      typed.select();
      return;
    }
    answer.textContent = right ? `Right: ${verdict}` : `Not this time: ${about}. ${verdict}`;
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
    if (target === speed || target.type === "range" || target.closest(".ad-live")) return;
    const native = target.tagName === "BUTTON" || target.tagName === "INPUT";
    const place = data.sweeps.indexOf(sweep);
    const actions = {
      ArrowRight: forward, ArrowLeft: () => go(position - 1), Home: () => go(0),
      End: () => go(sweep.steps.length), "[": () => choose(data.sweeps[place - 1]),
      "]": () => choose(data.sweeps[place + 1]), n: () => visit(stop_ + 1), p: () => visit(stop_ - 1), "?": () => { keys.hidden = !keys.hidden; },
    };
    if (!native) actions[" "] = toggle;
    if (actions[event.key]) { event.preventDefault(); actions[event.key](); }
  });

  followTheme(root);
  if (window.ResizeObserver)
    new ResizeObserver(() => { const now = sweep.steps[position - 1]; if (now) follow(shapes.get(now.node)); }).observe(picture);
  const opening = data.open && data.sweeps.find((each) => each.name === data.open.sweep);
  stop();
  choose(opening || sweep);
  if (opening) move(data.open.position);
}
