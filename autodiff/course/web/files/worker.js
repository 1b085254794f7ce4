// Python lives here, beside the page, so that a long cell does not freeze the tab.
"use strict";
const say = (message) => self.postMessage(message);
const started = performance.now();
let python, runner, folder, archives;
const bytes = (path) => fetch(path).then((answer) => answer.arrayBuffer());
const unpack = (archive) => python.unpackArchive(archive, "zip", { extractDir: folder });
const START = ["numpy", "autodiff"];
const BEGIN = `
import os, sys
os.environ["MPLBACKEND"] = "agg"  # a worker has no window to draw in
from autodiff.course.web.later import Later
sys.meta_path.append(Later(bring))
from autodiff.course.web.runner import Runner
Runner()`;

async function boot(settings) {
  importScripts(settings.index + "pyodide.js");
  say({ kind: "status", text: "Python is coming ..." });
  archives = settings.archives;
  const begun = Promise.all([
    loadPyodide({ indexURL: settings.index, packages: START.filter((name) => !archives[name]) }),
    ...START.filter((name) => archives[name]).map((name) => bytes(archives[name])),
  ]);
  importScripts(settings.viz);  // while Python is on its way
  const graphviz = Viz.instance();
  const [made, ...zips] = await begun;
  python = made;
  mark("python");
  folder = python.runPython("import sysconfig; sysconfig.get_path('purelib')");
  zips.forEach(unpack);
  if (archives.numpy) python.loadedPackages.numpy = settings.index;
  mark("unpacked");
  python.globals.set("bring", bringLater);
  runner = python.runPython(BEGIN);
  const viz = await graphviz;
  self.autodiffGraphviz = (dot) => viz.renderString(dot, { format: "svg" });
  mark("imported");
  say({ kind: "ready", seconds: (performance.now() - started) / 1000, marks });
  setTimeout(() => need("later"), 1000);  // the rest of the package, once nobody waits
}

const marks = {};  // what the start took, part by part: milliseconds since the worker began
function mark(name) {
  performance.mark(`autodiff:${name}`);
  marks[name] = Math.round(performance.now() - started);
}

// Python asks for a module of the rest before the rest is there: it waits, as for any import.
function bringLater() {
  if (brought) return false;
  const request = new XMLHttpRequest();
  request.open("GET", archives.later, false);
  request.responseType = "arraybuffer";
  request.send();
  unpackLater(request.response);
  return true;
}
let brought = false;
function unpackLater(archive) {
  if (!brought) unpack(archive);
  brought = true;
}

const coming = new Map();  // what is loaded, or on its way: the package's name and its promise
function need(name) {
  if (!coming.has(name)) {
    coming.set(name, name in archives
      ? bytes(archives[name]).then(name === "later" ? unpackLater : unpack)
      : python.loadPackage(name, { messageCallback: () => {} }));
  }
  return coming.get(name);
}

async function run({ cell, source, needs, files }) {
  if (!runner) return;
  const lacking = needs.filter((name) => !coming.has(name));
  if (lacking.length) say({ kind: "status", text: `loading ${lacking.join(", ")} ...` });
  await Promise.all(needs.map(need));
  if (/^\s*(import|from)\s/m.test(source)) {  // what Pyodide has besides; the rest Python refuses
    await python.loadPackagesFromImports(source, {
      messageCallback: () => {}, errorCallback: () => {},
    }).catch(() => {});
  }
  for (const [name, text] of Object.entries(files)) python.FS.writeFile(name, text);
  say({ kind: "running", cell });
  const shown = runner.run(source, cell + 1);
  say({ kind: "shown", cell, shown: shown.toJs({ dict_converter: Object.fromEntries }) });
  shown.destroy();
}

function answer({ number, session, request }) {  // to a live picture of the page
  if (runner) say({ kind: "answered", number, reply: runner.answer(session, JSON.stringify(request)) });
}

let turn;  // the first message says where the files are, each later one is a cell
self.onmessage = ({ data }) => {
  if (!turn) {
    turn = boot(data).catch((error) => say({ kind: "failed", text: String(error) }));
    return;
  }
  turn = turn.then(() => (data.session ? answer(data) : run(data))).catch((error) => say({
    kind: "shown", cell: data.cell, shown: [{ kind: "error", data: String(error) }],
  }));
};
