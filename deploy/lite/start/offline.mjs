// Keeps a whole copy of the site in the browser, each file checked against the site's list of digests, or deletes it.

const KEPT = "smtplab-offline-";
const LIST = "smtplab-site.json";
const AT_ONCE = 6;
const site = new URL("../", import.meta.url).href;
const find = (id) => document.getElementById(id);
const say = (name, detail = "") => { find("said").textContent = find("said").dataset[name].replace("{detail}", detail); };

async function whole() {
  const names = (await caches.keys()).filter((name) => name.startsWith(KEPT));
  const found = await Promise.all(names.map(async (name) => (await (await caches.open(name)).match(site + LIST)) && name));
  return found.filter(Boolean);
}

async function show() {
  const kept = (await whole()).length > 0;
  document.documentElement.dataset.kept = String(kept);
  find("drop").hidden = !kept;
  say(kept ? "kept" : "none");
  const { active } = await navigator.serviceWorker.ready;
  active.postMessage("smtplab-look");
}

const base64 = (hex) => btoa(hex.replace(/../g, (pair) => String.fromCharCode(Number.parseInt(pair, 16))));

async function keep() {
  await navigator.serviceWorker.register(`${site}service-worker.js?enableCache=false`);
  await navigator.storage?.persist?.();
  const list = await fetch(site + LIST, { cache: "no-cache" });
  if (!list.ok) throw new Error(LIST);
  const text = await list.clone().text();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  const name = KEPT + [...digest.slice(0, 8)].map((octet) => octet.toString(16).padStart(2, "0")).join("");
  const cache = await caches.open(name);
  const waiting = Object.entries(JSON.parse(text).files);
  find("progress").max = waiting.length;
  find("progress").value = 0;
  const take = async () => {
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const [path, sha256] = next;
      const answer = await fetch(site + path, { cache: "no-cache", integrity: `sha256-${base64(sha256)}` }).catch(() => {});
      if (!answer?.ok) throw new Error(path);
      await cache.put(site + path, answer);
      find("progress").value += 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, take));
  await cache.put(site + LIST, list); // the last: with it the copy is whole
  for (const other of await caches.keys()) if (other.startsWith(KEPT) && other !== name) await caches.delete(other);
}

async function drop() {
  for (const name of await caches.keys()) if (name.startsWith(KEPT)) await caches.delete(name);
}

async function run(act) {
  for (const button of document.querySelectorAll("button")) button.disabled = true;
  find("doing").hidden = false;
  try {
    await act();
    await show();
  } catch (error) {
    say("failed", error.message);
  }
  find("doing").hidden = true;
  for (const button of document.querySelectorAll("button")) button.disabled = false;
}

find("keep").addEventListener("click", () => run(keep));
find("drop").addEventListener("click", () => run(drop));
try {
  if (!navigator.serviceWorker) throw new Error("no service worker");
  const kept = (await whole()).length > 0;
  find("drop").hidden = !kept;
  say(kept ? "kept" : "none");
  find("act").hidden = false;
} catch {
  say("unable");
}
