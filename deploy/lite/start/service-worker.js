// The site's service worker. JupyterLite's own, which hands the kernel's files over, is loaded as it is; before it stands
// what keeps the site for offline use. Whatever neither of the two needs goes the browser's own way, at full speed.

const KEPT = "smtplab-offline-";
const LIST = "smtplab-site.json";
const top_ = new URL("./", location.href).href;
let kept; // the name of the whole copy, "" where there is none, undefined until it is known

async function look() {
  kept = "";
  for (const name of await caches.keys()) {
    if (name.startsWith(KEPT) && await (await caches.open(name)).match(top_ + LIST)) kept = name;
  }
}
const looked = look();

async function answer(request) {
  await looked;
  try {
    return await fetch(request);
  } catch (away) {
    if (!kept) throw away;
    const address = request.url.split(/[?#]/)[0];
    const name = address.endsWith("/") ? `${address}index.html` : address;
    return await (await caches.open(kept)).match(name) ?? new Response("", { status: 404 });
  }
}

addEventListener("message", ({ data }) => { if (data === "smtplab-look") look(); });

addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  if (/\/api\/(service-worker-heartbeat$|drive|stdin\/)/.test(new URL(url).pathname)) return; // JupyterLite's
  event.stopImmediatePropagation();
  if (kept !== "" && method === "GET" && url.startsWith(top_)) event.respondWith(answer(event.request));
});

importScripts("start/jupyterlite-service-worker.js");
