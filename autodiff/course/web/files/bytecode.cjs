// node bytecode.cjs PYODIDE_FOLDER ARCHIVE OUT: the modules that a page starts with, compiled by
// the very Python that will run them; a zip of .pyc files, each to stand in its source's place.
"use strict";
const fs = require("fs");
const path = require("path");
const [folder, archive, out] = process.argv.slice(2).map((own) => path.resolve(own));
const { loadPyodide } = require(path.join(folder, "pyodide.js"));

loadPyodide({ indexURL: folder }).then((python) => {
  const home = python.runPython("import sysconfig; sysconfig.get_path('purelib')");
  python.unpackArchive(new Uint8Array(fs.readFileSync(archive)).buffer, "zip", { extractDir: home });
  const made = python.runPython(`
import io, py_compile, sys, zipfile
import autodiff.course.web.later, autodiff.course.web.runner

buffer = io.BytesIO()
with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
    for name, module in sorted(sys.modules.items()):
        path = getattr(module, "__file__", None) or ""
        if name.split(".")[0] in ("autodiff", "numpy") and path.endswith(".py"):
            mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
            py_compile.compile(path, "made.pyc", doraise=True, invalidation_mode=mode)
            file.write("made.pyc", path.partition("site-packages/")[2] + "c")
buffer.getvalue()
`);
  fs.writeFileSync(out, made.toJs());
}).catch((error) => {
  console.error(String(error.message || error).slice(-1500));
  process.exit(1);
});
