// Stands where JupyterLite's kernel looks for Pyodide. It begins as soon as this module is loaded, not when it is asked:
// Python starts, all packages come in one archive, and what a lesson needs first is imported, while JupyterLab is still
// being drawn. The learner's folder is joined later, by JupyterLite, so that nothing of this asks for anything there.

import { loadPyodide as load } from "../static/pyodide/pyodide.mjs";

const packages = new URL("packages.data", import.meta.url);
const integrity = ""; // the build writes the archive's digest here
const gzip = [0x1f, 0x8b];
const console_ = { stdout: (text) => console.log(text), stderr: (text) => console.error(text) };
let told = console_;

async function fetched(url, options) {
  const response = await fetch(url, options);
  if (!response.ok) throw new Error(`${response.status} ${response.url}`);
  return response;
}

// The archive's octets, unpacked; some servers unpack it on the way, for its look.
async function archive() {
  const octets = new Uint8Array(await (await fetched(packages, { integrity })).arrayBuffer());
  if (gzip.some((octet, at) => octets[at] !== octet)) return octets;
  const plain = new Blob([octets]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(plain).arrayBuffer());
}

// Write the files of a tar archive (POSIX ustar) below a folder.
function unpack(octets, FS, folder) {
  const text = new TextDecoder();
  const field = (at, start, length) => text.decode(octets.subarray(at + start, at + start + length)).split("\0")[0];
  const made = new Set();
  for (let at = 0; octets[at];) {
    const prefix = field(at, 345, 155);
    const path = `${folder}/${prefix ? `${prefix}/` : ""}${field(at, 0, 100)}`;
    const size = Number.parseInt(field(at, 124, 12), 8);
    const parent = path.slice(0, path.lastIndexOf("/"));
    if (!made.has(parent)) FS.mkdirTree(parent);
    made.add(parent);
    FS.writeFile(path, octets.slice(at + 512, at + 512 + size), { canOwn: true });
    at += 512 + Math.ceil(size / 512) * 512;
  }
}

// The site's own packages and the standard library are found without a look into the learner's folder, which would cost
// two messages to the page an import. A file there with such a name is not imported, as with Python's option -P.
const PREPARE = `
import sys
from importlib.machinery import PathFinder

class Shipped:
    """Finds the modules that come with the site where they are, and nothing else."""

    names = frozenset(shipped) | sys.stdlib_module_names | {"_pyodide", "pyodide"}
    path = [entry for entry in sys.path if entry]

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return PathFinder.find_spec(name, cls.path, target) if path is None and name in cls.names else None

sys.meta_path.insert(sys.meta_path.index(PathFinder), Shipped)

import pyodide_kernel
import anywidget, aiosmtpd.smtp, ipywidgets, smtplab
`;

async function begin() {
  const [python, octets, shipped] = await Promise.all([
    load({
      indexURL: new URL("../static/pyodide/", import.meta.url).href,
      stdout: (text) => told.stdout(text),
      stderr: (text) => told.stderr(text),
    }),
    archive(),
    fetched(new URL("packages.json", import.meta.url)).then((response) => response.json()),
  ]);
  unpack(octets, python.FS, python.runPython("import site; site.getsitepackages()[0]"));
  python.runPython("import importlib; importlib.invalidate_caches()");
  python.runPython(PREPARE, { globals: python.toPy({ shipped }) });
  return python;
}

const started = begin();
started.catch((error) => { postMessage({ smtplabFailed: String(error.message ?? error).trim().split("\n").at(-1) }); });

/** Return the Python that has been started; takes what JupyterLite hands to Pyodide's own function of this name. */
export async function loadPyodide(options) {
  told = { ...console_, ...options };
  return await started;
}
