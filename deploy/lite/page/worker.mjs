// Python in a worker: the page stays alive while it loads. Takes {lang} once, then text for the page's Python side;
// posts {stage} while it loads and {text} afterwards, {failed} where Python cannot be started.

import "../start/any-type.mjs";
import { loadPyodide } from "../static/pyodide/pyodide.mjs";

let page;
const waiting = [];

// Pyodide waits for ever for a file that cannot be had, so what fails is heard here.
const missing = new Promise((_, reject) => {
  const plain = globalThis.fetch;
  globalThis.fetch = async (...request) => {
    const response = await plain(...request).catch((error) => {
      reject(error);
      throw error;
    });
    if (!response.ok) reject(new Error(`${response.status} ${response.url}`));
    return response;
  };
});

async function begin(lang) {
  postMessage({ stage: 1 });
  const [pyodide, packages] = await Promise.all([
    loadPyodide({ indexURL: new URL("../static/pyodide/", import.meta.url).href }),
    fetch(new URL("python.zip", import.meta.url)).then((response) => response.arrayBuffer()),
  ]);
  pyodide.unpackArchive(packages, "zip", { extractDir: pyodide.runPython("import site; site.getsitepackages()[0]") });
  postMessage({ stage: 2 });
  const { Page } = pyodide.pyimport("smtplab.widgets.page");
  page = Page(lang, (text) => postMessage({ text }));
  postMessage({ stage: 3 });
  for (const text of waiting.splice(0)) page.received(text);
}

addEventListener("message", ({ data }) => {
  if (data.lang) Promise.race([begin(data.lang), missing]).catch((error) => postMessage({ failed: String(error) }));
  else if (page) page.received(data.text);
  else waiting.push(data.text);
});
