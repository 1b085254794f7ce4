// A graph that unfolds by a click.  `data` is the record of autodiff.view.pictures.map.explorer.
function explore(data) {
  "use strict";
  const root = document.querySelector(`[id="${data.id}"]:not([data-ready])`);
  if (!root) return;
  root.setAttribute("data-ready", "yes");
  root.setAttribute("role", "group");
  root.setAttribute("aria-label", `Graph of ${data.title}, groups unfold`);

  // -- the tree: what is inside what ------------------------------------------------------------
  const groups = new Map(), nodes = new Map(), inside = new Map([["", []]]);
  for (const group of data.groups) { groups.set(group.key, group); inside.set(group.key, []); }
  for (const group of data.groups) inside.get(group.outer).push(group.key);
  for (const node of data.nodes) { nodes.set(node.key, node); inside.get(node.group).push(node.key); }
  const rank = new Map(data.nodes.map((node, place) => [node.key, place]));
  for (const group of [...data.groups].reverse()) // a group stands where its first member does
    rank.set(group.key, Math.min(...inside.get(group.key).map((key) => rank.get(key) ?? Infinity)));
  const open = new Set(data.open);
  const outerOf = (key) => (groups.has(key) ? groups.get(key).outer : nodes.get(key).group);
  function chain(key) {  // the groups around something, from outside
    const found = [];
    for (let at = outerOf(key); at; at = groups.get(at).outer) found.unshift(at);
    return found;
  }
  function shown(key) {  // what stands for a node on the screen: itself, or the outermost folded group
    return chain(key).find((group) => !open.has(group)) || key;
  }

  // -- links: edges between what is on the screen, those of one pair as one -------------------------
  function links() {
    const found = new Map();
    for (const edge of data.edges) {
      const source = shown(edge.source), target = shown(edge.target);
      if (source === target) continue;
      const name = `${source} ${target}`;
      const link = found.get(name) || { source, target, count: 0, squares: 0, told: edge.told, sized: false };
      link.count += 1;
      if (typeof edge.size === "number") { link.squares += edge.size ** 2; link.sized = true; }
      found.set(name, link);
    }
    for (const link of found.values()) {
      link.flow = Math.sqrt(link.squares);
      const told = link.count > 1 || !link.told ? (link.sized ? String(Number(link.flow.toPrecision(4))) : "") : link.told;
      link.words = told && `${data.forward ? "↓" : "↑"} ${told}`;
      link.label = [...link.words].reduce((wide, c) => wide + (data.widths[c] || 1) * TOLD, 0);
    }
    return [...found.values()];
  }
  const TOLD = 11;
  const tree = { members: (key) => inside.get(key), rank: (key) => rank.get(key), chain, isOpen: (key) => open.has(key),
    boxSize: (key) => { const { w, h } = nodes.get(key) || groups.get(key); return { w, h }; }, title: (key) => groups.get(key).w };

  // -- drawing ------------------------------------------------------------------------------------
  const map = draw("svg", { class: "ad-map", role: "group", "aria-label": "Map of the graph" });
  const small = draw("svg", { class: "ad-small", "aria-hidden": "true" });
  let view = { x: 0, y: 0, w: 100, h: 100 }, size = { w: 100, h: 100 }, spots = new Map(), chosen = null, hits = [], hit = -1;

  function paint(keep) {
    const all = links(), whole = layers(tree, all);
    size = { w: whole.w, h: whole.h };
    map.textContent = "";
    spots = whole.spots;
    const frames = draw("g"), lines = draw("g"), labels = draw("g"), boxes = draw("g");
    add(map, frames, lines, labels, boxes);
    for (const [key, at] of spots) if (open.has(key)) frame(key, at, frames, labels); else boxes.append(boxed(key, at));
    all.forEach((link, i) => line(link, whole.lines[i], lines, labels));
    if (!keep) begin(); else window_();
    overview();
  }
  function frame(key, at, frames, titles) {
    const g = draw("g", { class: "ad-open", tabindex: "0", role: "button", "aria-expanded": "true", "aria-label": `${groups.get(key).title}, unfolded` });
    const own = groups.get(key), title = exact("text", { x: at.x + 10, y: at.y + 17, class: "ad-title" }, `▾ ${own.title}`, own.widths[0]);
    g.append(draw("rect", { x: at.x, y: at.y, width: at.w, height: at.h, rx: 8 }));
    title.addEventListener("click", () => fold(key));
    key_(g, () => fold(key));
    frames.append(g);
    titles.append(title);
  }
  const KINDS = ["ad-head", "", "ad-number", "ad-derivative"];
  function boxed(key, at) {
    const group = groups.get(key), node = nodes.get(key);
    const { lines, widths } = node || group;
    const g = draw("g", { class: `ad-box ${group ? "ad-folded" : `ad-${node.role}`}`, tabindex: "0", role: "button", "data-key": key,
      "aria-label": group ? `${lines.join(", ")}, folded` : lines.join(", ") });
    if (group) g.setAttribute("aria-expanded", "false");
    g.append(draw("rect", { x: at.x, y: at.y, width: at.w, height: at.h, rx: node && node.role === "input" ? 10 : 3 }));
    lines.forEach((text, i) => g.append(exact("text", { x: at.x + 9, y: at.y + 18 + 16 * i, class: KINDS[i < (node ? node.heads : 1) ? 0 : group ? 1 : i - node.heads + 2] }, text, widths[i])));
    const act = () => (group ? fold(key) : choose(key));
    g.addEventListener("click", () => { if (!moved) act(); });
    key_(g, act);
    return g;
  }
  const headOf = (node) => node.lines.slice(0, node.heads).join(" ");
  function key_(g, act) {
    g.addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); act(); } });
  }
  function line(link, { points, label, turned }, into, labels) {
    let d = `M${points[0]}`;
    for (let i = 1; i < points.length; i++) {
      const [px, py] = points[i - 1], [qx, qy] = points[i], bend = Math.max(12, Math.abs(qy - py) / 2);
      d += px === qx && py <= qy ? `L${qx},${qy}` : `C${px},${py + bend} ${qx},${qy - bend} ${qx},${qy}`;
    }
    const thick = link.flow > 0 ? Math.min(6, Math.max(1, 4.5 + 0.6 * Math.log10(link.flow))) : 1;
    into.append(draw("path", { d, class: `ad-line ${link.sized ? "ad-flow" : link.told ? "ad-none" : ""}`, "stroke-width": thick }));
    const head = ([x, y], high, look) => into.append(draw("path", { d: `M${x - 4},${y + high}L${x},${y}L${x + 4},${y + high}`, ...look }));
    const [first, last] = [points[0], points[points.length - 1]], [from, to] = turned ? [last, first] : [first, last], high = turned ? 8 : -8;
    head(to, high, { class: "ad-line" });
    if (link.sized && !data.forward) head(from, -high, { class: "ad-line ad-flow", "stroke-width": 1.5 });
    if (label) labels.append(exact("text", { ...label, class: "ad-told" }, link.words, link.label));
  }
  function exact(tag, look, words, wide) {  // a text as wide as it was laid out, with any font
    return draw(tag, { ...look, textLength: wide.toFixed(1), lengthAdjust: "spacingAndGlyphs" }, words);
  }

  // -- moving about ---------------------------------------------------------------------------------
  function window_() {
    map.setAttribute("viewBox", `${view.x} ${view.y} ${view.w} ${view.h}`);
    const mark = small.querySelector(".ad-window");
    if (mark) for (const [name, value] of [["x", view.x], ["y", view.y], ["width", view.w], ["height", view.h]]) mark.setAttribute(name, value);
  }
  function fit() {
    const box = map.getBoundingClientRect(), ratio = (box.height || 600) / (box.width || 900);
    const w = Math.max(size.w, size.h / ratio, (box.width || 900) / 1.6);
    view = { x: (size.w - w) / 2, y: Math.min(0, (size.h - w * ratio) / 2), w, h: w * ratio };
    window_();
  }
  function begin() {  // all of it where one can read it then, else the upper end, in its whole width if that can be read
    fit();
    const wide = map.getBoundingClientRect().width || 900, readable = wide / 0.7, small = wide / 0.5;
    if (view.w <= readable || size.h <= view.h * readable / view.w) return;
    const w = size.w > readable && size.w <= small ? size.w : readable, ratio = view.h / view.w;
    if (view.w > w) view = { x: (size.w - w) / 2, y: 0, w, h: w * ratio };
    window_();
  }
  function zoom(by, cx = view.x + view.w / 2, cy = view.y + view.h / 2) {
    by = Math.min(Math.max(by, 80 / view.w), 4 * Math.max(size.w, size.h, 900) / view.w);
    view = { x: cx - (cx - view.x) * by, y: cy - (cy - view.y) * by, w: view.w * by, h: view.h * by };
    window_();
  }
  function centre(key, closer) {
    const at = spots.get(key);
    if (!at) return;
    if (closer && view.w > 1400) zoom(1100 / view.w);
    view.x = at.x + at.w / 2 - view.w / 2; view.y = at.y + at.h / 2 - view.h / 2;
    window_();
  }
  function overview() {
    small.textContent = "";
    small.setAttribute("viewBox", `${-0.05 * size.w} ${-0.05 * size.h} ${1.1 * size.w} ${1.1 * size.h}`);
    const thin = { "stroke-width": Math.max(size.w, size.h) / 150 };
    for (const [key, at] of spots) if (!open.has(key)) small.append(draw("rect", { x: at.x, y: at.y, width: at.w, height: at.h, ...thin }));
    small.append(draw("rect", { class: "ad-window", "stroke-width": Math.max(size.w, size.h) / 60 }));
    window_();
  }
  function place(event, of) {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(of.getScreenCTM().inverse());
    return [point.x, point.y];
  }
  let held = null, moved = false;
  map.addEventListener("pointerdown", (event) => { held = place(event, map); moved = false; });
  map.addEventListener("pointermove", (event) => {
    if (!held || !(event.buttons & 1)) { held = null; return; }
    const [x, y] = place(event, map);
    if (Math.hypot(x - held[0], y - held[1]) * map.getScreenCTM().a < 4 && !moved) return;
    moved = true; map.classList.add("ad-drag");
    view.x -= x - held[0]; view.y -= y - held[1];
    window_();
  });
  map.addEventListener("pointerup", () => { held = null; map.classList.remove("ad-drag"); });
  map.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    zoom(event.deltaY > 0 ? 1.15 : 1 / 1.15, ...place(event, map));
  }, { passive: false });
  small.addEventListener("click", (event) => { const [x, y] = place(event, small); view.x = x - view.w / 2; view.y = y - view.h / 2; window_(); });

  function fold(key) {
    if (open.has(key)) {
      for (const other of [...open]) if (other === key || chain(other).includes(key)) open.delete(other);
    } else open.add(key);
    paint(true);
    const at = spots.get(key);
    view.x = at.x + at.w / 2 - view.w / 2;
    view.y = at.y + Math.min(at.h / 2 - view.h / 2, -0.05 * view.h);
    window_();
    const again = map.querySelector(`[data-key="${key}"]`) || [...map.querySelectorAll(".ad-open")].find((g) => g.getAttribute("aria-label").startsWith(groups.get(key).title));
    if (again) again.focus({ preventScroll: true });
    say(open.has(key) ? `${groups.get(key).title} is unfolded.` : `${groups.get(key).title} is folded.`);
  }
  function foldAll(unfold) {
    open.clear();
    if (unfold) { let count = inside.get("").length; for (const group of data.groups) { count += inside.get(group.key).length; if (count > 250) { say("Unfolded as far as 250 boxes."); break; } open.add(group.key); } }
    paint();
  }

  // -- what is chosen, and what is searched ------------------------------------------------------------
  const details = make("div", { class: "ad-details", "aria-live": "polite" });
  function say(text) { details.textContent = ""; details.append(make("div", {}, text)); }
  function choose(key) {
    const node = nodes.get(key);
    chosen = key;
    for (const box of map.querySelectorAll(".ad-chosen")) box.classList.remove("ad-chosen");
    const box = map.querySelector(`[data-key="${key}"]`);
    if (box) box.classList.add("ad-chosen");
    details.textContent = "";
    const head = make("div");
    add(head, make("strong", {}, node.formula ? `${node.name} = ${node.formula}` : headOf(node)));
    if (node.line) add(head, make("div", { class: "ad-note" }, node.line));
    const uses = data.edges.filter((edge) => edge.target === key && edge.rule);
    if (uses.length) {
      const list = make("ul");
      for (const edge of uses) list.append(make("li", {}, `from ${nodes.get(edge.source).name}: ${edge.rule}`));
      head.append(list);
    }
    details.append(head);
    for (const [label, text, array] of [["value", node.value, node.tiles], [node.symbol, node.derivative, node.tilesOfDerivative]]) {
      if (!text) continue;
      const part = make("div");
      add(part, make("div", { class: "ad-note" }, `${label}  ${text}`));
      if (array) part.append(tiled(array));
      details.append(part);
    }
  }
  const search = make("input", { type: "search", placeholder: "search", "aria-label": "Search names and formulas" });
  function find(step) {
    const wanted = search.value.trim().toLowerCase();
    hits = wanted ? data.nodes.filter((node) => headOf(node).toLowerCase().includes(wanted)).map((node) => node.key)
      .concat(data.groups.filter((group) => group.title.toLowerCase().includes(wanted)).map((group) => group.key)) : [];
    if (!hits.length) { say(wanted ? `Nothing is called ${search.value}.` : ""); return; }
    hit = (hit + step + hits.length) % hits.length;
    const key = hits[hit];
    let fresh = false;
    for (const group of chain(key)) if (!open.has(group)) { open.add(group); fresh = true; }
    if (fresh) paint();
    for (const box of map.querySelectorAll(".ad-found")) box.classList.remove("ad-found");
    const box = map.querySelector(`[data-key="${key}"]`);
    if (box) box.classList.add("ad-found");
    centre(key, true);
    if (nodes.has(key)) choose(key); else say(groups.get(key).title);
    count.textContent = `${hit + 1} of ${hits.length}`;
  }
  search.addEventListener("input", () => { hit = -1; count.textContent = ""; });
  const count = make("span", { class: "ad-note" });

  const bar = add(make("div", { class: "ad-bar" }),
    button("fold all", "Fold all groups", () => foldAll(false)), button("unfold", "Unfold all groups", () => foldAll(true)),
    button("+", "Closer (plus)", () => zoom(1 / 1.3)), button("−", "Further away (minus)", () => zoom(1.3)),
    button("fit", "Fit all of it (0)", fit), search, button("next", "Next hit (Enter)", () => find(1)), count);
  root.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target === search) {
      if (event.key === "Enter") { event.preventDefault(); find(event.shiftKey ? -1 : 1); }
      event.stopPropagation();
      return;
    }
    const by = view.w / 8;
    const actions = { "+": () => zoom(1 / 1.3), "=": () => zoom(1 / 1.3), "-": () => zoom(1.3), 0: fit, "/": () => search.focus(),
      ArrowLeft: () => { view.x -= by; window_(); }, ArrowRight: () => { view.x += by; window_(); },
      ArrowUp: () => { view.y -= by; window_(); }, ArrowDown: () => { view.y += by; window_(); } };
    if (event.key !== "Tab") event.stopPropagation();
    if (actions[event.key]) { event.preventDefault(); actions[event.key](); }
  });

  root.textContent = "";
  add(root, make("style", {}, data.css), ...data.notes.map((note) => make("p", { class: "ad-note" }, note)), bar,
    add(make("div", { class: "ad-map-frame" }), map, small), details);
  followTheme(root);
  say("Click a group to unfold it, its title to fold it; drag to move, Ctrl and the wheel to zoom, / to search.");
  paint();
  if (window.ResizeObserver) { let wide = 0; new ResizeObserver(() => { const now = map.clientWidth; if (now !== wide) { wide = now; begin(); } }).observe(map); }
}
