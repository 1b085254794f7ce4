// A graph that unfolds by a click.  `data` is the record of autodiff.view.pictures.explorer.
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

  // -- layout: layers of boxes, each unfolded group by itself, inside out --------------------------
  const GAP = 26, STEP = 46, TITLE = 22, PAD = 12;
  function links() {  // edges between what is on the screen, those of one pair as one
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
    return [...found.values()];
  }
  function boxSize(key) {
    if (nodes.has(key)) return { w: nodes.get(key).w, h: nodes.get(key).h };
    const group = groups.get(key);
    return { w: Math.max(measure(`▸ ${group.title}`) * 1.1, measure(words(group))) + 22, h: 44 };
  }
  const words = (group) => `${group.count} operation${group.count === 1 ? "" : "s"}`;
  const measure = (text) => text.length * 7.4;

  function layout(key, all) {
    const members = inside.get(key).slice().sort((a, b) => rank.get(a) - rank.get(b));
    const own = new Set(members), depth = key ? chain(key).length + 1 : 0;
    const lift = (end) => (own.has(end) ? end : chain(end)[depth]);  // the member that holds it
    const boxes = new Map();
    for (const member of members)
      boxes.set(member, open.has(member) ? layout(member, all) : { key: member, ...boxSize(member) });
    const local = [], pairs = new Set();
    for (const link of all) {
      const source = lift(link.source), target = lift(link.target);
      if (!own.has(source) || !own.has(target) || source === target) continue;
      const name = `${source} ${target}`;
      if (!pairs.has(name) && rank.get(source) !== undefined) { pairs.add(name); local.push([source, target]); }
    }
    // Layers: below everything that is read; what only feeds in stands close to its first reader.
    const into = new Map(members.map((m) => [m, []])), out = new Map(members.map((m) => [m, []]));
    for (const [source, target] of local)
      if (rank.get(source) < rank.get(target) || !reaches(out, target, source)) { into.get(target).push(source); out.get(source).push(target); }
    const layer = new Map();
    const order = sorted(members, into, out);
    for (const member of order) layer.set(member, Math.max(-1, ...into.get(member).map((m) => layer.get(m))) + 1);
    for (const member of order.slice().reverse())
      if (!into.get(member).length && out.get(member).length)
        layer.set(member, Math.min(...out.get(member).map((m) => layer.get(m))) - 1);
    // Long links pass through empty places, one a layer.
    const rows = [], places = new Map();
    const put = (place) => { (rows[place.layer] = rows[place.layer] || []).push(place); return place; };
    for (const member of order) places.set(member, put({ key: member, layer: layer.get(member), w: boxes.get(member).w, h: boxes.get(member).h, up: [], down: [], x: 0 }));
    const routes = new Map();
    for (const [source, targets] of out)
      for (const target of targets) {
        let before = places.get(source);
        const route = [];
        for (let l = before.layer + 1; l < layer.get(target); l++) {
          const empty = put({ layer: l, w: 8, h: 0, up: [before], down: [], x: 0 });
          before.down.push(empty); route.push(empty); before = empty;
        }
        places.get(target).up.push(before); before.down.push(places.get(target));
        routes.set(`${source} ${target}`, route);
      }
    for (let l = 0; l < rows.length; l++) rows[l] = rows[l] || [];
    arrange(rows);
    let y = 0, w = 0;
    for (const row of rows) {
      const h = Math.max(0, ...row.map((place) => place.h));
      for (const place of row) { place.y = y + (h - place.h) / 2; w = Math.max(w, place.x + place.w / 2); }
      y += h + STEP;
    }
    const top = key ? TITLE + PAD : PAD;
    for (const [member, place] of places) Object.assign(boxes.get(member), { x: place.x - place.w / 2 + PAD, y: place.y + top });
    for (const route of routes.values()) for (const place of route) { place.px = place.x + PAD; place.py = place.y + top; }
    const title = key ? measure(groups.get(key).title) * 1.1 + 40 : 0;
    return { key, boxes, routes, w: Math.max(w + 2 * PAD, title), h: Math.max(0, y - STEP) + top + PAD };
  }
  function reaches(out, from, to) {
    const seen = new Set([from]), todo = [from];
    while (todo.length) { const at = todo.pop(); if (at === to) return true; for (const next of out.get(at) || []) if (!seen.has(next)) { seen.add(next); todo.push(next); } }
    return false;
  }
  function sorted(members, into, out) {
    const open = new Map(members.map((m) => [m, into.get(m).length])), ready = members.filter((m) => !open.get(m)), found = [];
    while (ready.length) {
      const at = ready.shift(); found.push(at);
      for (const next of out.get(at)) { open.set(next, open.get(next) - 1); if (!open.get(next)) ready.push(next); }
    }
    return found;
  }
  function arrange(rows) {  // few crossings, then short lines, without overlap
    const number = () => rows.forEach((row) => row.forEach((place, i) => { place.i = i; }));
    number();
    for (let sweep = 0; sweep < 8; sweep++) {
      const side = sweep % 2 ? "down" : "up";
      for (const row of sweep % 2 ? rows.slice().reverse() : rows)  {
        for (const place of row) { const near = place[side]; place.wish = near.length ? near.reduce((s, n) => s + n.i, 0) / near.length : place.i; }
        row.sort((a, b) => a.wish - b.wish || a.i - b.i);
        row.forEach((place, i) => { place.i = i; });
      }
    }
    for (const row of rows) { let x = 0; for (const place of row) { place.x = x + place.w / 2; x += place.w + GAP; } }
    for (let sweep = 0; sweep < 40; sweep++)
      for (const row of sweep % 2 ? rows.slice().reverse() : rows) {
        for (const place of row) {
          const near = place.up.concat(place.down);
          place.wish = near.length ? near.reduce((s, n) => s + n.x, 0) / near.length : place.x;
        }
        spread(row);
      }
    const least = Math.min(...rows.flat().map((place) => place.x - place.w / 2));
    for (const place of rows.flat()) place.x -= least;
  }
  function spread(row) {  // nearest places to the wishes in this order: from the left and the right, halved
    let edge = -Infinity;
    for (const place of row) { place.l = Math.max(place.wish, edge + place.w / 2); edge = place.l + place.w / 2 + GAP; }
    edge = Infinity;
    for (const place of row.slice().reverse()) { place.r = Math.min(place.wish, edge - place.w / 2); edge = place.r - place.w / 2 - GAP; }
    for (const place of row) place.x = (place.l + place.r) / 2;
  }

  // -- drawing ------------------------------------------------------------------------------------
  const map = draw("svg", { class: "ad-map", role: "group", "aria-label": "Map of the graph" });
  const small = draw("svg", { class: "ad-small", "aria-hidden": "true" });
  let view = { x: 0, y: 0, w: 100, h: 100 }, size = { w: 100, h: 100 }, spots = new Map(), chosen = null, hits = [], hit = -1;

  function paint(keep) {
    const all = links(), whole = layout("", all);
    size = { w: whole.w, h: whole.h };
    map.textContent = "";
    spots = new Map();
    const frames = draw("g"), lines = draw("g"), boxes = draw("g");
    add(map, frames, lines, boxes);
    const parts = new Map();
    (function walk(part, x, y) {
      parts.set(part.key, { part, x, y });
      for (const [key, box] of part.boxes) {
        const at = { x: x + box.x, y: y + box.y, w: box.w, h: box.h };
        spots.set(key, at);
        if (box.boxes) { frames.append(frame(key, at)); walk(box, at.x, at.y); } else boxes.append(boxed(key, at));
      }
    })(whole, 0, 0);
    for (const link of all) line(link, lines, parts);
    if (!keep) begin(); else window_();
    overview();
  }
  function frame(key, at) {
    const g = draw("g", { class: "ad-open", tabindex: "0", role: "button", "aria-expanded": "true", "aria-label": `${groups.get(key).title}, unfolded` });
    add(g, draw("rect", { x: at.x, y: at.y, width: at.w, height: at.h, rx: 8 }), draw("text", { x: at.x + 10, y: at.y + 17 }, `▾ ${groups.get(key).title}`));
    g.querySelector("text").addEventListener("click", () => fold(key));
    key_(g, () => fold(key));
    return g;
  }
  function boxed(key, at) {
    const group = groups.get(key), node = nodes.get(key);
    const lines = group ? [`▸ ${group.title}`, words(group)] : node.lines;
    const g = draw("g", { class: `ad-box ${group ? "ad-folded" : `ad-${node.role}`}`, tabindex: "0", role: "button", "data-key": key,
      "aria-label": group ? `${group.title}, ${words(group)}, folded` : lines.join(", ") });
    if (group) g.setAttribute("aria-expanded", "false");
    g.append(draw("rect", { x: at.x, y: at.y, width: at.w, height: at.h, rx: node && node.role === "input" ? 10 : 3 }));
    lines.forEach((text, i) => g.append(draw("text", { x: at.x + 9, y: at.y + 18 + 16 * i, class: i === 0 ? "ad-head" : group ? "" : i === 1 ? "ad-number" : "ad-derivative" }, text)));
    const act = () => (group ? fold(key) : choose(key));
    g.addEventListener("click", () => { if (!moved) act(); });
    key_(g, act);
    return g;
  }
  function key_(g, act) {
    g.addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); act(); } });
  }
  function line(link, into, parts) {
    const a = spots.get(link.source), b = spots.get(link.target);
    if (!a || !b) return;
    const ca = [...chain(link.source), link.source], cb = [...chain(link.target), link.target];
    let level = 0;
    while (ca[level] === cb[level]) level++;
    const { part, x, y } = parts.get(level ? ca[level - 1] : "");
    const route = part.routes.get(`${ca[level]} ${cb[level]}`) || [];
    const points = [[a.x + a.w / 2, a.y + a.h], ...route.map((p) => [x + p.px, y + p.py]), [b.x + b.w / 2, b.y]];
    let d = `M${points[0]}`;
    for (let i = 1; i < points.length; i++) {
      const [px, py] = points[i - 1], [qx, qy] = points[i], bend = Math.max(12, Math.abs(qy - py) / 2);
      d += `C${px},${py + bend} ${qx},${qy - bend} ${qx},${qy}`;
    }
    const flow = Math.sqrt(link.squares), thick = flow > 0 ? Math.min(6, Math.max(1, 4.5 + 0.6 * Math.log10(flow))) : 1;
    into.append(draw("path", { d, class: `ad-line ${link.sized ? "ad-flow" : link.told ? "ad-none" : ""}`, "stroke-width": thick }));
    const [tx, ty] = points[points.length - 1];
    into.append(draw("path", { d: `M${tx - 4},${ty - 8}L${tx},${ty}L${tx + 4},${ty - 8}`, class: "ad-line" }));
    const told = link.count > 1 || !link.told ? (link.sized ? String(Number(flow.toPrecision(3))) : "") : link.told;
    if (told) {
      const [mx, my] = points[Math.floor((points.length - 1) / 2)], [nx, ny] = points[Math.floor((points.length - 1) / 2) + 1];
      into.append(draw("text", { x: (mx + nx) / 2 + 4, y: (my + ny) / 2 + 4, class: "ad-told" }, `${data.forward ? "↓" : "↑"} ${told}`));
    }
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
  function begin() {  // all of it where one can read it then, else the upper end
    fit();
    const least = (map.getBoundingClientRect().width || 900) / 0.7;
    if (view.w > least && size.h > view.h * least / view.w) {
      const ratio = view.h / view.w;
      view = { x: (size.w - least) / 2, y: 0, w: least, h: least * ratio };
      window_();
    }
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
    add(head, make("strong", {}, node.formula ? `${node.name} = ${node.formula}` : node.lines[0]));
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
    hits = wanted ? data.nodes.filter((node) => node.lines[0].toLowerCase().includes(wanted)).map((node) => node.key)
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
