// The first script of JupyterLite's pages: it starts the kernel's worker at once, and hands it over when JupyterLite
// makes one. Without it the kernel starts when the page has been drawn, and the lesson is opened.

(() => {
  const script = document.currentScript;
  const address = new URL(script.dataset.worker, script.src).href;
  const path = new URLSearchParams(location.search).get("path") || "";
  if (!path.endsWith(".ipynb") || typeof DecompressionStream === "undefined") return;
  let spare = new Worker(new URL("worker.mjs", script.src), { type: "module" });
  const PlainWorker = globalThis.Worker;
  globalThis.Worker = new Proxy(PlainWorker, {
    construct(target, [url, ...options]) {
      const taken = spare;
      if (!taken || String(url) !== address) return new target(url, ...options);
      spare = undefined;
      return taken;
    },
  });
})();
