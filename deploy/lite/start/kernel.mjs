// Stands where JupyterLite's kernel looks for Pyodide. It begins as soon as this module is loaded, not when it is asked:
// Python starts, all packages come in one archive, and what a lesson needs first is imported, while JupyterLab is still
// being drawn. The learner's folder is joined later, by JupyterLite, so that nothing of this asks for anything there.

import { forget, recall, start } from "./python.mjs";

const plain = { stdout: (text) => console.log(text), stderr: (text) => console.error(text) };
let told = plain;

async function begin() {
  const streams = { stdout: (text) => told.stdout(text), stderr: (text) => told.stderr(text) };
  const kept = await recall();
  if (!kept) return await start(streams);
  try {
    return await start(streams, kept);
  } catch (error) {
    console.warn("Python starts from the beginning:", error);
    await forget();
    return await start(streams);
  }
}

const started = begin();
started.catch((error) => { postMessage({ smtplabFailed: String(error.message ?? error).trim().split("\n").at(-1) }); });

/** Return the Python that has been started; takes what JupyterLite hands to Pyodide's own function of this name. */
export async function loadPyodide(options) {
  told = { ...plain, ...options };
  return await started;
}
