// A lesson's page: editable cells, their outputs, and what a reader has done, kept in the browser.
"use strict";
const settings = JSON.parse(document.getElementById("settings").textContent);
const place = (path) => new URL(path, document.baseURI).href;
const cells = [...document.querySelectorAll(".cell")];
const status = document.getElementById("status");
const key = `autodiff:${settings.lesson}`;
const kept = Object.assign({ sources: {}, passed: [] }, JSON.parse(localStorage.getItem(key) || "{}"));
function keep() {
  kept.name = settings.name;
  kept.cells = cells.map((cell) => cell.querySelector("textarea").value);
  localStorage.setItem(key, JSON.stringify(kept));
}
const TABLE = /^ *-+( +-+)+ *$/m;
const DRAWS = /plot|Chart|film|show_digits|matplotlib/;
let worker = null;
let ran = new Set();  // the cells that were run since Python started
let draws = false;  // whether a cell that was run since Python started may draw by matplotlib

// A live picture asks, and Python in the worker answers: `autodiff.view.live.widget`.
const asked = new Map();
document.body.dataset.autodiffPython = "yes";
document.addEventListener("autodiff-ask", ({ detail: { session, request, answer } }) => {
  const number = asked.size ? Math.max(...asked.keys()) + 1 : 1;
  asked.set(number, answer);
  worker.postMessage({ number, session, request });
});

function start() {
  const archives = Object.fromEntries(settings.archives.map((name) => [name, place(`${name}.zip`)]));
  const options = { index: place(settings.index), viz: place(settings.viz), archives };
  draws = false;
  ran = new Set();
  worker = new Worker(place("worker.js"));
  worker.postMessage(options);
  worker.onmessage = ({ data }) => heard[data.kind](data);
}

const heard = {
  status: ({ text }) => { status.textContent = text; },
  ready: ({ seconds, marks }) => {
    status.textContent = `Python is ready (${seconds.toFixed(1)} s)`;
    document.body.dataset.marks = JSON.stringify(marks);
    document.body.dataset.ready = seconds.toFixed(2);
    keepForLater();
  },
  failed: ({ text }) => { status.textContent = `Python did not start: ${text}`; },
  answered: ({ number, reply }) => { const answer = asked.get(number); asked.delete(number); if (answer) answer(JSON.parse(reply)); },
  running: ({ cell }) => { status.textContent = `running cell ${cell + 1} ...`; },
  shown: ({ cell, shown }) => {
    show(cells[cell], shown);
    cells[cell].dataset.state = shown.some((own) => own.kind === "error") ? "failed" : "done";
    if (!cells.some((own) => own.dataset.state === "waiting")) status.textContent = "ready";
  },
};

function show(cell, shown) {
  const out = cell.querySelector(".out");
  out.replaceChildren();
  delete cell.dataset.check;
  for (const own of shown) {
    if (own.kind === "check") {
      cell.dataset.check = own.passed ? "passed" : "open";
      if (own.passed) pass(own.exercise);
      continue;
    }
    const part = document.createElement(own.kind === "html" ? "div" : "pre");
    part.className = own.kind;
    if (own.kind === "html") {
      part.innerHTML = own.data;
      for (const old of part.querySelectorAll("script")) {  // innerHTML does not run them
        const fresh = document.createElement("script");
        for (const { name, value } of old.attributes) fresh.setAttribute(name, value);
        fresh.textContent = old.textContent;
        old.replaceWith(fresh);
      }
    } else part.textContent = own.data;
    if (own.kind === "text" && TABLE.test(own.data)) part.classList.add("table");
    out.append(part);
    if (own.kind === "error" && own.data.startsWith("NameError")) out.append(...offer(cell));
  }
}

// After a reload Python knows nothing, and the page looks as it did.
function offer(cell) {
  const above = cells.slice(0, cells.indexOf(cell)).filter((own) => !ran.has(own));
  if (!above.length) return [];
  const said = document.createElement("p"), button = document.createElement("button");
  said.textContent = "Cells above this one have not been run since Python started. ";
  button.textContent = "Run them, then this cell";
  button.addEventListener("click", () => [...above, cell].forEach(run));
  said.append(button);
  return [said];
}

function pass(exercise) {
  if (!kept.passed.includes(exercise)) kept.passed.push(exercise);
  keep();
  mark();
}

function mark() {
  document.getElementById("passed").textContent = settings.exercises
    .map((own) => `${own} ${kept.passed.includes(own) ? "✓" : "○"}`).join("   ");
}

function run(cell) {
  if (!worker) start();
  cell.dataset.state = "waiting";
  ran.add(cell);
  const source = cell.querySelector("textarea").value;
  draws ||= DRAWS.test(source);
  const needs = [
    ...(draws ? ["matplotlib"] : []),
    ...Object.keys(settings.asked).filter((name) => RegExp(settings.asked[name]).test(source)),
  ];
  const files = source.includes("course.collect") ? written() : {};
  worker.postMessage({ cell: cells.indexOf(cell), source, needs, files });
}

// What was written in the lessons, as files with cells: lesson 8 collects an engine from them.
function written() {
  const lessons = Object.keys(localStorage).filter((own) => own.startsWith("autodiff:"))
    .map((own) => JSON.parse(localStorage.getItem(own))).filter((own) => own.cells);
  return Object.fromEntries(lessons.map((own) => [`${own.name}.py`, own.cells.map((cell) => `# %%\n${cell}\n`).join("\n")]));
}

cells.forEach((cell, number) => {
  const area = cell.querySelector("textarea");
  const original = area.value;
  if (kept.sources[number] !== undefined) area.value = kept.sources[number];
  const fit = () => { area.rows = area.value.split("\n").length; };
  fit();
  area.addEventListener("input", () => {
    fit();
    if (area.value === original) delete kept.sources[number];
    else kept.sources[number] = area.value;
    keep();
  });
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.shiftKey || event.ctrlKey)) { event.preventDefault(); run(cell); }
    else if (event.key === "Enter") {  // the next line begins where this one does
      const before = area.value.slice(0, area.selectionStart);
      const line = before.slice(before.lastIndexOf("\n") + 1);
      const indent = line.match(/^ */)[0] + (/:\s*(#.*)?$/.test(line) ? "    " : "");
      if (indent && !event.isComposing) { event.preventDefault(); document.execCommand("insertText", false, `\n${indent}`); }
    }
    if (event.key === "Tab" && !event.shiftKey) {
      event.preventDefault();
      area.setRangeText("    ", area.selectionStart, area.selectionEnd, "end");
      area.dispatchEvent(new Event("input"));
    }
  });
  cell.querySelector("button").addEventListener("click", () => run(cell));
});

document.getElementById("all").addEventListener("click", () => cells.forEach(run));
document.getElementById("stop").addEventListener("click", () => {
  if (worker) worker.terminate();
  cells.forEach((cell) => { delete cell.dataset.state; });  // nothing that they made is left
  start();
});
document.getElementById("reset").addEventListener("click", () => {
  if (confirm("Forget your changes and your passed exercises of this lesson?")) {
    localStorage.removeItem(key);
    location.reload();
  }
});
// Only now, so that what is kept for later does not stand in the way of what is needed first.
function keepForLater() {
  if (!("serviceWorker" in navigator)) return;
  navigator.serviceWorker.register("offline.js").catch(() => {});
  navigator.serviceWorker.ready.then(() => { document.body.dataset.offline = "ready"; });
}
mark();
start();
