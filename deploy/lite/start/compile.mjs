// Run by Node.js while the site is built: node compile.mjs PYODIDE TREE. Writes bytecode for the Python files in TREE,
// by the very Python that will read it. Files named in TREE's first level that are in KEEP stay as source as well.

import path from "node:path";
import { pathToFileURL } from "node:url";

const [, , pyodideFolder, tree, ...keep] = process.argv;
const { loadPyodide } = await import(pathToFileURL(path.join(pyodideFolder, "pyodide.mjs")));
// without a fixed seed the order of sets, and with it the bytecode, would differ between two builds
const python = await loadPyodide({ indexURL: pyodideFolder + path.sep, env: { PYTHONHASHSEED: "0" } });
python.FS.mkdirTree("/tree");
python.mountNodeFS("/tree", tree);
python.globals.set("keep", python.toPy(keep));
python.runPython(`
import py_compile
from importlib.util import cache_from_source
from pathlib import Path

top = Path("/tree")
for source in sorted(top.rglob("*.py")):
    path = source.relative_to(top)
    # unchecked: no import looks for the date of a source
    stays = path.parts[0] in keep
    target = cache_from_source(str(source)) if stays else str(source) + "c"
    installed = f"/lib/python3.14/site-packages/{path}"
    try:
        py_compile.compile(str(source), target, installed, doraise=True, optimize=0,
                           invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
    except py_compile.PyCompileError:
        continue  # a template or a test of somebody's parser: it stays as it is
    if not stays:
        source.unlink()
`);
