// On the landing page and, once its kernel is there, on a lesson's page: when nothing else is to be done, have a worker keep
// what shortens the next start, and fetch what JupyterLab begins with.

const site = new URL("../", import.meta.url);
const onLanding = () => document.documentElement.dataset.ready === "true";
const settled = () => (onLanding() ? 1_500 : 10_000); // milliseconds that the page has for itself: a lesson is worked with

function ready() {
  const { documentElement } = document;
  const there = () => documentElement.dataset.ready || document.querySelector("#smtplab-bar summary");
  return new Promise((resolve) => {
    const look = () => (there() ? resolve() : setTimeout(look, 200));
    look();
  });
}

async function prefetch() {
  for (const path of await (await fetch(new URL("ahead.json", import.meta.url))).json()) {
    const href = new URL(path, site).href;
    document.head.append(Object.assign(document.createElement("link"), { rel: "prefetch", href }));
  }
}

await ready();
if (onLanding()) await prefetch(); // the landing page
setTimeout(() => {
  const worker = new Worker(new URL("keep.mjs", import.meta.url), { type: "module" });
  worker.addEventListener("message", ({ data }) => {
    document.documentElement.dataset.kept = String(data.kept);
    if (!data.kept) console.info("nothing is kept for the next start:", data.why);
    worker.terminate();
  });
}, settled());
