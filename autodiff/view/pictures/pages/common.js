// What every page of the product shares.  Nothing global: it stands inside the page's own function.
function make(tag, attributes, text) {
  const element = document.createElement(tag);
  for (const name in attributes || {}) element.setAttribute(name, attributes[name]);
  if (text !== undefined) element.textContent = text;
  return element;
}
function draw(tag, attributes, text) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const name in attributes || {}) element.setAttribute(name, attributes[name]);
  if (text !== undefined) element.textContent = text;
  return element;
}
function add(parent, ...children) {
  for (const child of children) parent.append(child);
  return parent;
}
function button(label, words, action) {
  const element = make("button", { type: "button", "aria-label": words, title: words }, label);
  element.addEventListener("click", action);
  return element;
}
// Light or dark: as the page behind the root is.
function followTheme(root) {
  function theme() {
    let colour = null;
    for (let at = root.parentElement; at && !colour; at = at.parentElement) {
      const found = getComputedStyle(at).backgroundColor.match(/[\d.]+/g);
      if (found && (found.length < 4 || Number(found[3]) > 0)) colour = found.map(Number);
    }
    const scheme = getComputedStyle(root).colorScheme || "";
    const prefers = window.matchMedia && matchMedia("(prefers-color-scheme: dark)").matches;
    const dark = colour ? 0.3 * colour[0] + 0.6 * colour[1] + 0.1 * colour[2] < 110
      : scheme.includes("dark") && (prefers || !scheme.includes("light"));
    root.dataset.theme = dark ? "dark" : "light";
  }
  theme();
  if (window.matchMedia) matchMedia("(prefers-color-scheme: dark)").addEventListener("change", theme);
  new MutationObserver(theme).observe(document.body, { attributes: true });
}
// The text and the colours of an entry of `words.tiles`, as `core.language.grids` gives them.
function look(entry) {
  const [words, share] = Array.isArray(entry) ? entry : ["", entry];
  if (share === "") return [words, "transparent", "inherit"];
  if (share === null) return [words, "#f7b9e4", "#15181c"];
  if (share === 0) return [words, "#f4f5f6", "#6a737d"];
  const hue = share > 0 ? [0x80, 0x73, 0xac] : [0xe0, 0x82, 0x14], strength = 0.75 * Math.sqrt(Math.min(Math.abs(share), 1));
  return [words, `rgb(${hue.map((part) => Math.round(255 - (255 - part) * strength)).join(", ")})`, "#15181c"];
}
// Whether an array has the form of another, so that its place can be written over.
function sameForm(a, b) {
  return Boolean(a && b) && a.small === b.small && a.panels.length === b.panels.length
    && a.panels.every((panel, i) => panel.length === b.panels[i].length && panel[0].length === b.panels[i][0].length);
}
// A place of a picture: a text, or the box of a grid that an array is drawn into.
function fill(place, words, array) {
  if (place.adWords === words && place.adArray === array) return;  // drawing costs more than looking
  const over = sameForm(place.adArray, array);
  place.adWords = words;
  place.adArray = array;
  if (place.tagName !== "g") { place.textContent = words; return; }
  if (over) {
    let at = 0;
    for (const panel of array.panels) for (const row of panel) for (const entry of row) place.adCells[at++](entry);
    return;
  }
  const [left, top, wide, high] = place.dataset.box.split(" ").map(Number);
  place.textContent = "";
  place.adCells = [];
  if (!array) {
    const at = { x: left, y: top + high / 2 + 4, "font-size": 10 }, most = wide - 2;  // beside its name
    place.append(draw("text", words.length * 6.6 > most ? { ...at, textLength: most, lengthAdjust: "spacingAndGlyphs" } : at, words));
    return;
  }
  const gap = 4, apart = 5, columns = array.panels.reduce((all, panel) => all + panel[0].length, 0);
  const side = (wide - gap * (array.panels.length - 1)) / columns;
  let x = left;
  for (const panel of array.panels) {
    const step = Math.min((high - apart) / panel.length, 15);
    panel.forEach((row, r) => row.forEach((entry, c) => {
      const box = draw("rect", { x: x + c * side, y: top + r * step, width: side - 1, height: step - 1 });
      const most = side - 3, text = array.small && draw("text", { x: x + (c + 0.5) * side - 0.5, y: top + (r + 0.75) * step, "font-size": 9, "text-anchor": "middle" });
      let before = [];
      const write = (entry) => {
        const [words, colour, ink] = look(entry);
        if (colour !== before[1]) box.setAttribute("fill", colour);
        if (text && words !== before[0]) {
          text.textContent = words;
          if (words.length * 5.9 > most) { text.setAttribute("textLength", most); text.setAttribute("lengthAdjust", "spacingAndGlyphs"); } else text.removeAttribute("textLength");
        }
        if (text && ink !== before[2]) text.style.fill = ink;
        before = [words, colour, ink];
      };
      write(entry);
      place.adCells.push(write);
      place.append(box);
      if (text) place.append(text);
    }));
    x += panel[0].length * side + gap;
  }
}
// An array as tiles: numbers where it is small, else patches of colour with the range in words.
function tiled(array) {
  const box = make("span", { class: "ad-tiles", role: "img" });
  box.adCells = [];
  for (const panel of array.panels) {
    const table = make("table", array.small ? {} : { class: "ad-bare" });
    for (const row of panel) {
      const line = make("tr");
      for (let i = row.length; i > 0; i--) { const cell = make("td"); box.adCells.push(cell); line.append(cell); }
      table.append(line);
    }
    box.append(table);
  }
  retile(box, array);
  return box;
}
// The same tiles with other numbers.
function retile(box, array) {
  let at = 0;
  for (const panel of array.panels) for (const row of panel) for (const entry of row) {
    const [words, colour, ink] = look(entry), cell = box.adCells[at++];
    if (cell.textContent !== words) cell.textContent = words;
    cell.style.setProperty("background", colour, "important");
    cell.style.setProperty("color", ink, "important");
  }
  box.setAttribute("aria-label", array.range);
}
