// Python lives here, beside the page, so that a long cell does not freeze the tab.
"use strict";
const say = (message) => self.postMessage(message);
const started = performance.now();
let python, runner;
const packages = new Set();

async function boot(settings) {
  importScripts(settings.index + "pyodide.js", settings.viz);
  say({ kind: "status", text: "Python is coming ..." });
  const [made, viz, archive] = await Promise.all([
    loadPyodide({ indexURL: settings.index }),
    Viz.instance(),
    fetch(settings.archive).then((answer) => answer.arrayBuffer()),
  ]);
  python = made;
  self.autodiffGraphviz = (dot) => viz.renderString(dot, { format: "svg" });
  await need(["numpy"]);
  python.unpackArchive(archive, "zip", { extractDir: "/lib/python3.12/site-packages" });
  runner = python.runPython("from autodiff.course.web.runner import Runner\nRunner()");
  say({ kind: "ready", seconds: (performance.now() - started) / 1000 });
}

async function need(names) {
  const fresh = names.filter((name) => !packages.has(name));
  if (!fresh.length) return;
  await python.loadPackage(fresh, { messageCallback: () => {}, checkIntegrity: false });
  fresh.forEach((name) => packages.add(name));
}

let turn;  // the first message says where the files are, each later one is a cell
self.onmessage = ({ data }) => {
  if (!turn) {
    turn = boot(data).catch((error) => say({ kind: "failed", text: String(error) }));
    return;
  }
  turn = turn.then(async () => {
    if (!runner) return;
    if (data.session) {
      say({ kind: "answered", number: data.number, reply: runner.answer(data.session, JSON.stringify(data.request)) });
      return;
    }
    if (data.needs.length) {
      say({ kind: "status", text: `loading ${data.needs.join(", ")} ...` });
      await need(data.needs);
    }
    say({ kind: "running", cell: data.cell });
    const shown = runner.run(data.source, data.cell + 1);
    say({ kind: "shown", cell: data.cell, shown: shown.toJs({ dict_converter: Object.fromEntries }) });
    shown.destroy();
  }).catch((error) => say({
    kind: "shown", cell: data.cell, shown: [{ kind: "error", data: String(error) }],
  }));
};
