// Layers of boxes: each unfolded group is laid out by itself, inside out.  Boxes stand on even rows;
// on the odd rows between them each link has a place for its label, just above the box that it ends
// at.  What one box gives to several readers goes down as one trunk, which keeps a place in every
// row that it passes, also inside of groups; so no line lies behind a box, and no label on anything.
//
// `tree` answers members(key), rank(key), chain(key) (the groups around something, from outside),
// isOpen(key), boxSize(key) and title(key); a link has source, target and `label`, its width, or 0.
function layers(tree, links) {
  const GAP = 26, NEAR = 12, STEP = 16, TEXT = 14, TITLE = 22, PAD = 12, THIN = 6;
  const back = new Map();

  function part(key, own) {
    const members = tree.members(key).slice().sort((a, b) => tree.rank(a) - tree.rank(b));
    const depth = key ? tree.chain(key).length + 1 : 0, known = new Set(members);
    const lift = (end) => (known.has(end) ? end : known.has(tree.chain(end)[depth]) ? tree.chain(end)[depth] : null);
    const pairs = own.map((link) => [lift(link.source), lift(link.target)]).filter(([from, to]) => from && to && from !== to);
    const layer = layersOf(members, pairs);
    const ends = own.map((link) => {
      let from = lift(link.source), to = lift(link.target);
      if (from && to && layer.get(from) > layer.get(to)) {  // against the rows: laid out the other way round
        const turned = { source: link.target, target: link.source, label: link.label };
        back.set(link, turned);
        [link, from, to] = [turned, to, from];
      }
      return { link, from, to };
    });
    const through = ends.filter((end) => end.from !== end.to);
    const touching = new Map(members.map((member) => [member, []]));
    for (const { link, from, to } of ends) for (const end of new Set([from, to])) if (end) touching.get(end).push(link);
    const boxes = new Map();
    for (const member of members)
      boxes.set(member, tree.isOpen(member) ? part(member, touching.get(member)) : { key: member, ...tree.boxSize(member) });

    const rowOf = (member) => 2 * layer.get(member) + 1, last = Math.max(1, ...members.map(rowOf)), rows = [];
    for (let l = 0; l <= last; l++) rows.push([]);
    const put = (row, place) => { rows[row].push(place); return Object.assign(place, { row, up: [], down: [], x: 0 }); };
    const join = (a, b, out = 0, into = 0) => { a.down.push([b, out, into]); b.up.push([a, into, out]); };
    const places = new Map();
    for (const member of members) places.set(member, put(rowOf(member), { key: member, w: boxes.get(member).w, h: boxes.get(member).h }));
    const middle = (member, x) => (x === undefined ? 0 : x - boxes.get(member).w / 2);  // where a line meets a box
    const out = (member, source) => middle(member, boxes.get(member).leaves && boxes.get(member).leaves.get(source));

    // A trunk a source: from its box, or from the upper border of the group, as far as it is read.
    const trunks = new Map(), joined = new Set();
    function trunk(source, from, row) {
      if (!trunks.has(source)) trunks.set(source, []);
      const way = trunks.get(source), start = from ? rowOf(from) : -1;
      while (way.length < row - start) {
        const place = put(start + way.length + 1, { w: THIN, h: 0, thin: true });
        if (way.length) join(way[way.length - 1], place);
        else if (from) join(places.get(from), place, out(from, source));
        way.push(place);
      }
      return way.slice(0, Math.max(0, row - start));
    }
    const routes = new Map();
    for (const { link, from, to } of through) {
      if (!to) { routes.set(link, trunk(link.source, from, last)); continue; }
      const row = rowOf(to);
      if (tree.isOpen(to)) {  // its label stands inside
        const route = trunk(link.source, from, row - 1), name = `${link.source} ${to}`;
        if (route.length && !joined.has(name)) join(route[route.length - 1], places.get(to), 0, middle(to, boxes.get(to).enters.get(link.source)));
        joined.add(name);
        routes.set(link, route);
        continue;
      }
      const route = trunk(link.source, from, row - 2);
      const label = put(row - 1, { w: link.label ? link.label + 10 : THIN, h: link.label ? TEXT : 0, thin: true });
      label.line = link.label ? 3 - label.w / 2 : 0;
      if (route.length) join(route[route.length - 1], label, 0, label.line);
      else if (from) join(places.get(from), label, out(from, link.source), label.line);
      join(label, places.get(to), label.line);
      routes.set(link, [...route, label]);
    }

    arrange(rows);
    const top = key ? TITLE + PAD : PAD;
    let y = top, w = 0;
    for (const row of rows.filter((row) => row.length)) {
      const h = Math.max(0, ...row.map((place) => place.h));
      for (const place of row) {
        place.x += PAD;
        Object.assign(place, place.thin ? { top: y, bottom: y + h } : { y: y + (h - place.h) / 2 });
        w = Math.max(w, place.x + place.w / 2);
      }
      y += h + STEP;
    }
    for (const [member, place] of places) Object.assign(boxes.get(member), { x: place.x - place.w / 2, y: place.y });
    const leaves = new Map(), enters = new Map();
    for (const { link, from, to } of through) {
      const route = routes.get(link), [trunk] = trunks.get(link.source) || [], box = boxes.get(from);
      if (!to) leaves.set(link.source, route.length ? route[route.length - 1].x : box.leaves ? box.x + box.leaves.get(link.source) : places.get(from).x);
      if (!from) enters.set(link.source, trunk ? trunk.x : route[0].x + (route[0].line || 0));
    }
    return { key, boxes, routes, leaves, enters, w: Math.max(w + PAD, key ? tree.title(key) : 0), h: y - STEP + PAD };
  }

  // Below everything that is read; what only feeds in stands close to its first reader.
  function layersOf(members, pairs) {
    const into = new Map(members.map((m) => [m, new Set()])), out = new Map(members.map((m) => [m, new Set()]));
    for (const [from, to] of pairs)
      if (tree.rank(from) < tree.rank(to) || !reaches(out, to, from)) { into.get(to).add(from); out.get(from).add(to); }
    const open = new Map(members.map((m) => [m, into.get(m).size])), order = members.filter((m) => !open.get(m)), layer = new Map();
    for (let i = 0; i < order.length; i++)
      for (const next of out.get(order[i])) { open.set(next, open.get(next) - 1); if (!open.get(next)) order.push(next); }
    for (const member of members) if (open.get(member)) order.push(member);
    for (const member of order) layer.set(member, Math.max(-1, ...[...into.get(member)].map((m) => layer.get(m) ?? -1)) + 1);
    for (const member of order.slice().reverse())
      if (!into.get(member).size && out.get(member).size) layer.set(member, Math.min(...[...out.get(member)].map((m) => layer.get(m))) - 1);
    return layer;
  }
  function reaches(out, from, to) {
    const seen = new Set([from]), todo = [from];
    while (todo.length) { const at = todo.pop(); if (at === to) return true; for (const next of out.get(at)) if (!seen.has(next)) { seen.add(next); todo.push(next); } }
    return false;
  }

  // Few crossings, then short and straight lines, without overlap.
  function arrange(rows) {
    const number = (row) => row.forEach((place, i) => { place.i = i; });
    rows.forEach(number);
    for (let sweep = 0; sweep < 8; sweep++) {
      const side = sweep % 2 ? "down" : "up";
      for (const row of sweep % 2 ? rows.slice().reverse() : rows) {
        for (const place of row) { const near = place[side]; place.wish = near.length ? near.reduce((s, [n]) => s + (n.i + 0.5) / rows[n.row].length, 0) / near.length * row.length : place.i + 0.5; }
        row.sort((a, b) => a.wish - b.wish || a.i - b.i);
        number(row);
      }
    }
    for (const row of rows) { let x = 0; row.forEach((place, i) => { place.x = x + place.w / 2; x += place.w + between(place, row[i + 1]); }); }
    // First each stands in the middle of what it reads, or of what reads it; then it moves only as far
    // as makes its lines shorter, so that chains and trunks become straight.
    const MIDDLE = 6, SWEEPS = 30, straight = (a, b) => (a.thin && b.thin && a.line === undefined && b.line === undefined ? 3 : 1);
    for (let sweep = 0; sweep < SWEEPS; sweep++)
      for (const row of sweep % 2 ? rows.slice().reverse() : rows) {
        for (const place of row) {
          const one = sweep % 2 ? place.down : place.up, both = place.up.concat(place.down), aims = [];
          for (const [other, mine, its] of sweep >= MIDDLE || !one.length ? both : one) for (let k = straight(place, other); k > 0; k--) aims.push(other.x + its - mine);
          aims.sort((a, b) => a - b);
          const half = aims.length / 2;
          if (!aims.length) place.wish = place.x;
          else if (sweep < MIDDLE) place.wish = aims.reduce((s, x) => s + x, 0) / aims.length;
          else place.wish = Math.min(Math.max(place.x, aims[Math.ceil(half) - 1]), aims[Math.floor(half)]);
        }
        spread(row);
      }
    const all = rows.flat(), least = all.reduce((so, place) => Math.min(so, place.x - place.w / 2), Infinity);
    for (const place of all) place.x -= least;
  }
  const between = (a, b) => (b && (a.thin || b.thin) ? NEAR : GAP);
  function spread(row) {  // nearest places to the wishes in this order: from the left and the right, halved
    let edge = -Infinity;
    row.forEach((place, i) => { place.l = Math.max(place.wish, edge + place.w / 2); edge = place.l + place.w / 2 + between(place, row[i + 1]); });
    edge = Infinity;
    for (let i = row.length - 1; i >= 0; i--) { const place = row[i]; place.r = Math.min(place.wish, edge - place.w / 2); edge = place.r - place.w / 2 - (i ? between(row[i - 1], place) : 0); }
    for (const place of row) place.x = (place.l + place.r) / 2;
  }

  const whole = part("", links), spots = new Map(), offsets = new Map();
  (function walk(at, x, y) {
    offsets.set(at, [x, y]);
    for (const [key, box] of at.boxes) {
      spots.set(key, { x: x + box.x, y: y + box.y, w: box.w, h: box.h });
      if (box.boxes) walk(box, x + box.x, y + box.y);
    }
  })(whole, 0, 0);

  // The line of a link: down out of the groups around its source, over, down into those of its target.
  function line(link) {
    const turned = back.get(link), way = turned || link, a = spots.get(way.source), b = spots.get(way.target);
    const points = [[a.x + a.w / 2, a.y + a.h]];
    let label = null;
    const inside = (end) => { const found = [whole]; for (const key of tree.chain(end)) found.push(found[found.length - 1].boxes.get(key)); return found; };
    const up = inside(way.source), down = inside(way.target);
    let level = 0;
    while (level + 1 < up.length && level + 1 < down.length && up[level + 1] === down[level + 1]) level++;
    for (const at of [...up.slice(level + 1).reverse(), ...down.slice(level)]) {
      const [x, y] = offsets.get(at);
      for (const place of at.routes.get(way) || []) {
        const px = x + place.x + (place.line || 0);
        points.push([px, y + place.top], [px, y + place.bottom]);
        if (way.label && place.line !== undefined) label = { x: px + 5, y: y + place.top + 11 };
      }
    }
    points.push([b.x + b.w / 2, b.y]);
    return { points, label, turned: Boolean(turned) };
  }
  return { w: whole.w, h: whole.h, spots, lines: links.map(line) };
}
