// A live picture: the panel, and the picture that follows it.  `ask` is how the run is done: given
// by a widget, by the page's own Python, or by the formulas that came along.
function live(data, given) {
  "use strict";
  if (data.layout) {  // Python has no Graphviz: the page lays the picture out
    layOut(data.layout, `${data.prefix}-`).then((svg) => live({ ...data, graphviz: data.layout.graphviz, layout: null, svg: places(svg, data.layout).outerHTML }, given));
    return;
  }
  const root = data.root || document.querySelector(`[id="${data.id}"]:not([data-ready])`);
  if (!root) return;
  root.setAttribute("data-ready", "yes");
  root.setAttribute("role", "group");
  root.setAttribute("aria-label", `Live run of ${data.title}`);
  const elsewhere = document.body.dataset.autodiffPython && ((request, answer) =>
    document.dispatchEvent(new CustomEvent("autodiff-ask", { detail: { session: data.session, request, answer } })));
  const ask = given || elsewhere;
  if (!ask && !data.trees) return;  // the still picture and its sentence stay
  const box = make("div", { class: "ad-graph", tabindex: "0", role: "region", "aria-label": "Graph" });
  let picture, slots;
  const shape = (key) => box.querySelector(`[id="${data.prefix}-${key}"]`);
  function show(made) {
    picture = made;
    box.innerHTML = picture.svg;
    const drawn = box.querySelector("svg");
    if (drawn) drawn.style.minWidth = `${0.75 * drawn.width.baseVal.value}px`;  // still readable
    if (picture.note) box.append(make("p", { class: "ad-note" }, picture.note));
    slots = [...box.querySelectorAll("[data-slot]")].map((place) => [place, ...place.dataset.slot.split(":")]);
    for (const [list, act] of [[picture.nodes, "choose"], [picture.edges, "sever"]])
      for (const each of list) { const at = shape(each.key); if (at) at.addEventListener("click", () => own[act](each.key)); }
  }
  function put(run, marks, made) {
    if (made && made.layout) {  // the next answer fills it
      layOut({ ...made.layout, graphviz: data.graphviz }, `${data.prefix}-`).then((svg) => { show({ ...made, layout: null, svg: places(svg, made.layout).outerHTML }); own.wish(); });
      return;
    }
    if (made) show(made);
    for (const [place, key, kind] of slots) fill(place, ...((run && run[key] && run[key][kind]) || ["·", null]));
    for (const node of picture.nodes) { const at = shape(node.key); if (at) at.classList.toggle("ad-held", Boolean(marks && node.key in marks.hold)); }
    for (const edge of picture.edges) { const at = shape(edge.key); if (at) at.classList.toggle("ad-cut", Boolean(marks && marks.cut.has(edge.key))); }
  }
  const own = livePanel(data, (request, answer) => {
    if (ask) ask({ ...request, prefix: data.prefix }, answer); else answer(answerHere(picture, request));
  }, put);
  root.addEventListener("keydown", (event) => { if (event.key !== "Tab" && !event.ctrlKey && !event.metaKey) event.stopPropagation(); });
  root.textContent = "";
  show(data);
  add(root, make("style", {}, data.css), own.panel, box, own.runs);
  followTheme(root);
  own.wish();
}
