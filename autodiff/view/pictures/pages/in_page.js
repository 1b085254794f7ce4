// Lays a graph out in the page, by Graphviz for browsers; the result is what autodiff.view.pictures.layout.svg
// makes of Graphviz's own: texts as wide as they were laid out, titles, the page's colours.
let loaded = null;
function graphviz(packed) {
  loaded = loaded || unpack(packed);
  return loaded;
}
async function unpack(packed) {
  const bytes = Uint8Array.from(atob(packed), (c) => c.charCodeAt(0));
  const code = await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
  const before = globalThis.Viz, define = globalThis.define;
  globalThis.define = undefined;  // a page's module loader must not take it
  const script = make("script", {}, code);
  document.head.append(script);
  script.remove();
  const found = globalThis.Viz;
  globalThis.define = define;
  globalThis.Viz = before;
  return found.instance();
}
async function layOut(data, prefix) {
  const svg = (await graphviz(data.graphviz)).renderSVGElement(data.dot);
  const wide = (words, size, bold) => {
    const table = bold ? data.widths.bold : data.widths.regular;
    if (!table.known) table.known = new Map(Object.entries(table).flatMap(([units, all]) => [...all].map((c) => [c, Number(units)])));
    return [...words.replace(/\u00a0/g, " ")].reduce((sum, c) => sum + (table.known.get(c) || data.widths.unknown), 0) * size / 40;
  };
  for (const title of svg.querySelectorAll("title")) title.remove();
  for (const link of svg.querySelectorAll("a")) link.parentElement.replaceWith(...link.childNodes);
  for (const part of [...svg.querySelectorAll('[id$=".stop"], [id$=".rest"]')]) {  // see boxes/stops.py
    const edge = svg.querySelector(`[id="${part.id.slice(0, -5)}"]`), own = part.id.endsWith(".stop") ? add(draw("g"), ...part.children) : null;
    edge.append(...(own ? [own] : part.children));
    part.remove();
  }
  for (const [key, words] of Object.entries(data.titles)) {
    const group = svg.querySelector(`[id="${key}"]`);
    if (group) group.prepend(draw("title", {}, words));
  }
  for (const text of svg.querySelectorAll("text")) {
    const size = Number(text.getAttribute("font-size") || 14) / data.smaller, bold = text.getAttribute("font-weight") === "bold";
    if (text.textContent.trim()) { text.setAttribute("textLength", wide(text.textContent, size, bold).toFixed(1)); text.setAttribute("lengthAdjust", "spacingAndGlyphs"); }
    text.removeAttribute("font-family");
    text.setAttribute("font-size", size.toFixed(1));
    text.setAttribute("y", Number(text.getAttribute("y")) + 0.12 * size);
    const tile = text.previousElementSibling;  // without fonts Graphviz centres a number by a guess
    if (tile && tile.tagName === "polygon" && ["none", "transparent"].includes(tile.getAttribute("stroke"))) {
      const corners = tile.getAttribute("points").trim().split(/\s+/).map((pair) => pair.split(",").map(Number));
      const xs = corners.map(([x]) => x), ys = corners.map(([, y]) => y), y = Number(text.getAttribute("y"));
      if (Math.min(...ys) < y && y < Math.max(...ys) && Math.max(...xs) - Math.min(...xs) > 7) text.setAttribute("x", (Math.min(...xs) + Math.max(...xs) - wide(text.textContent, size, bold)) / 2);
    }
  }
  const paper = svg.querySelector("polygon[fill=white]");
  if (paper) paper.remove();
  for (const part of svg.querySelectorAll("*"))
    for (const kind of ["fill", "stroke"]) {
      const now = part.getAttribute(kind), colour = kind === "stroke" && now === "black" ? "currentColor" : data.colours[now];
      if (colour) part.setAttribute(kind, colour);
    }
  for (const text of svg.querySelectorAll("text")) text.style.fill = text.getAttribute("fill");
  for (const part of [svg, ...svg.querySelectorAll("[id]")]) if (part.id) part.id = `${prefix}${part.id}`;
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", data.alt);
  svg.setAttribute("font-family", "DejaVu Sans,Verdana,sans-serif");
  return svg;
}
// The empty places of a picture (see autodiff.view.pictures.stage), found by their marks.
function places(svg, { kinds, hole }) {
  for (const text of [...svg.querySelectorAll("text")]) {
    const mark = /^\|(\w)(\w+)\|$/.exec(text.textContent);
    if (!mark) continue;
    const slot = `${mark[2]}:${kinds[mark[1]]}`, box = text.previousElementSibling;
    if (box && box.getAttribute("fill") === hole) {
      const corners = box.getAttribute("points").trim().split(/\s+/).map((pair) => pair.split(",").map(Number));
      const xs = corners.map(([x]) => x), ys = corners.map(([, y]) => y), left = Math.min(...xs), top = Math.min(...ys);
      const place = draw("g", { class: "ad-slot ad-grid", "data-slot": slot, "data-box": `${left} ${top} ${Math.max(...xs) - left} ${Math.max(...ys) - top}` });
      box.remove();
      text.replaceWith(place);
    } else {
      for (const name of ["fill", "textLength", "lengthAdjust"]) text.removeAttribute(name);
      text.style.fill = "";
      text.setAttribute("class", `ad-slot ad-slot-${kinds[mark[1]]}`);
      text.dataset.slot = slot;
      text.textContent = "";
    }
  }
  return svg;
}
function picture(data) {
  const root = document.querySelector(`[id="${data.id}"]:not([data-ready])`);
  if (!root) return;
  root.setAttribute("data-ready", "yes");
  layOut(data.layout, `${data.id}-`).then((svg) => {
    const box = add(make("div", { class: "ad-graph", tabindex: "0", role: "region", "aria-label": "Graph" }), svg);
    svg.style.minWidth = `${0.6 * svg.width.baseVal.value}px`;
    root.textContent = "";
    add(root, make("style", {}, data.css), box);
    followTheme(root);
  });
}
