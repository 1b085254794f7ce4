"""What is in the way in a picture, as a real browser draws it: seen by the boxes of the letters."""

LOOK = """
const [within, boxed, frame, framed] = arguments, scale = 0.18, found = [];
const turned = (text) => Math.abs(text.getScreenCTM().b) > 0.1;
function core(text) {  // the box of the letters, without the font's leading
  const r = text.getBoundingClientRect(), lead = Math.min(r.height, r.width) * scale;
  if (turned(text)) return {left: r.left + lead, right: r.right - lead, top: r.top, bottom: r.bottom, words: text.textContent};
  return {left: r.left + 1, right: r.right - 1, top: r.top + lead, bottom: r.bottom - lead, words: text.textContent};
}
function meet(a, b) { return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom; }
const texts = [...document.querySelectorAll(`${within} text`)].filter((t) => t.textContent.trim());
const boxes = texts.map(core), sloping = texts.map(turned);
for (let i = 0; i < boxes.length; i++)
  for (let j = 0; j < i; j++)
    if (meet(boxes[i], boxes[j]) && !sloping[i] && !sloping[j])
      found.push(`"${boxes[j].words}" and "${boxes[i].words}" overlap`);
const whole = frame && document.querySelector(frame).getBoundingClientRect();
const nodes = [...document.querySelectorAll(boxed)].map((group) => {
  const shapes = [...group.querySelectorAll(":scope > polygon, :scope > path, :scope > ellipse, :scope > rect")]
    .map((s) => s.getBoundingClientRect());
  return {group, words: group.textContent, left: Math.min(...shapes.map((s) => s.left)), right: Math.max(...shapes.map((s) => s.right)),
    top: Math.min(...shapes.map((s) => s.top)), bottom: Math.max(...shapes.map((s) => s.bottom))};
});
texts.forEach((text, i) => {
  const own = text.closest(boxed), box = boxes[i], around = own ? nodes.find((n) => n.group === own) : whole;
  if (around && (box.left < around.left || box.right > around.right || box.top < around.top || box.bottom > around.bottom))
    found.push(`"${box.words}" leaves its ${own ? "box" : "picture"}`);
  if (!own) for (const node of nodes) if (meet(box, node)) found.push(`"${box.words}" lies on a box`);
});
const inside = (a, b) => a.left >= b.left && a.right <= b.right && a.top >= b.top && a.bottom <= b.bottom;
const frames = [...document.querySelectorAll(framed)].map((group) => {
  const r = group.querySelector("polygon, path, rect").getBoundingClientRect();
  return {words: group.textContent.trim() || group.getAttribute("aria-label"), left: r.left, right: r.right, top: r.top, bottom: r.bottom};
});
frames.forEach((own, i) => {
  const through = (what) => meet(what, own) && !inside(what, own);
  for (const box of boxes) if (through(box)) found.push(`the frame of ${own.words} runs through "${box.words}"`);
  for (const node of nodes) if (through(node)) found.push(`the frame of ${own.words} runs through the box ${node.words}`);
  for (const other of frames.slice(0, i))
    if (through(other) && !inside(own, other)) found.push(`the frames of ${own.words} and ${other.words} cross`);
});
nodes.forEach((node, i) => {
  for (const other of nodes.slice(0, i)) if (meet(node, other)) found.push(`the boxes ${other.words} and ${node.words} overlap`);
});
return found;
"""
PICTURE = "svg", "g.node", "svg", "g.cluster"
PLAYER = "svg", ".ad-node", "svg", "g.cluster"
MAP = ".ad-map", ".ad-box", None, ".ad-open"
"""Of a picture, of a player, and of a map that unfolds: where texts are, what is a box, what holds
all of it (of a map only a part is on the screen), and what is the frame of a group."""


def faults(browser, kind=PICTURE):
    """What overlaps, leaves its box, or lies on one, in words."""
    return browser.execute_script(LOOK, *kind)
