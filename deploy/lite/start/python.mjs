// Python for the kernel, with the site's packages: either from the beginning, or from what an earlier visit kept of it.
// What is kept is the interpreter's memory as it stands when all imports are done, and before it has seen anything of the
// learner's; the files come from the archive each time. It is kept by this browser for itself.

import "./any-type.mjs";
import { loadPyodide as load } from "../static/pyodide/pyodide.mjs";

const packages = new URL("packages.data", import.meta.url);
const integrity = ""; // the build writes the archive's digest here
const gzip = [0x1f, 0x8b];

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
import importlib, sys
from importlib.machinery import PathFinder

importlib.invalidate_caches()

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
smtplab.start, smtplab.set_language
`;

// What a kept heap has besides: all of smtplab, which is imported name by name when it is first used.
const FILL = "import smtplab; [getattr(smtplab, name) for name in smtplab.__all__]";

// What a restored heap lacks: folders that were made on the way, and chance.
const RESUME = `
import importlib, os, random
importlib.invalidate_caches()
random.seed()
import pyodide_kernel
profile = pyodide_kernel.ipython_shell.profile_dir
os.makedirs(profile.location, exist_ok=True)
profile.check_dirs()
`;


const PAGE = 65_536; // octets of WebAssembly's memory that grow at once

// Pyodide makes its memory as large as a fresh one, and then has no room for a larger one that was kept: make it.
async function withRoom(octets, act) {
  const { instantiate, instantiateStreaming } = WebAssembly;
  const roomy = (plain) => async (...given) => {
    const made = await plain.apply(WebAssembly, given);
    const memory = made.instance?.exports.memory;
    if (memory && memory.buffer.byteLength < octets) memory.grow(Math.ceil((octets - memory.buffer.byteLength) / PAGE));
    return made;
  };
  WebAssembly.instantiate = roomy(instantiate);
  WebAssembly.instantiateStreaming = roomy(instantiateStreaming);
  try {
    return await act();
  } finally {
    Object.assign(WebAssembly, { instantiate, instantiateStreaming });
  }
}

// The JavaScript objects that Python holds, and that Pyodide cannot name for itself: it is named here, and found again.
function serializer(python) {
  return (held) => {
    if (held === python) return { api: true };
    const name = Object.keys(Object.getOwnPropertyDescriptors(python)).find((each) => python[each] === held);
    if (!name) throw new Error("Python holds an object that has no name");
    return { name };
  };
}

function deserializer(python) {
  const api = new Proxy({}, { get: (_, name) => python()[name], has: (_, name) => name in python() });
  return ({ name }) => (name ? (...given) => python()[name](...given) : api);
}

/** Start Python with all packages. options: loadPyodide's. kept: the memory that was kept, if any. */
export async function start(options, kept) {
  let python;
  const indexURL = new URL("../static/pyodide/", import.meta.url).href;
  const given = { ...options, indexURL };
  const restored = { _loadSnapshot: kept, _snapshotDeserializer: deserializer(() => python) };
  const begun = kept ? withRoom(kept.length, () => load({ ...given, ...restored })) : load(given);
  const shipped = fetched(new URL("packages.json", import.meta.url)).then((response) => response.json());
  const unpacked = archive();
  const all = await Promise.all([begun, unpacked, shipped]);
  python = all[0];
  unpack(all[1], python.FS, python._api.sitepackages);
  python.runPython(kept ? RESUME : PREPARE, { globals: python.toPy({ shipped: all[2] }) });
  return python;
}

// --- what is kept

const CACHE = "smtplab-start";
const address = () => new URL(`kept?${encodeURIComponent(`${integrity} ${navigator.userAgent}`)}`, import.meta.url).href;

/** Return what an earlier visit kept for this very site and browser, or undefined. */
export async function recall() {
  try {
    const answer = await (await caches.open(CACHE)).match(address());
    return answer && new Uint8Array(await answer.arrayBuffer());
  } catch {
    return undefined; // a browser that keeps nothing
  }
}

/** Forget it. */
export async function forget() {
  await caches.delete(CACHE).catch(() => {});
}

/** Keep Python as it is after the imports, for later visits. Does nothing where that is done. */
export async function keep() {
  const cache = await caches.open(CACHE);
  if (await cache.match(address())) return;
  const python = await start({ _makeSnapshot: true });
  python.runPython(FILL);
  const octets = python.makeMemorySnapshot({ serializer: serializer(python) });
  await forget();
  await (await caches.open(CACHE)).put(address(), new Response(octets));
}
