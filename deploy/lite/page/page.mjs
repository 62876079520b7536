// The landing page: it starts Python in a worker and mounts the notebook widgets' own modules over small models.

const base = new URL("./", import.meta.url);
const worker = new Worker(new URL("worker.mjs", base), { type: "module" });
const find = (id) => document.getElementById(id);
const models = {};

// What a widget's module needs of its model: get, set, save_changes, on, off, send (anywidget's front-end contract).
function modelOf(name, state) {
  const listeners = new Map(); // event → functions
  const listening = (event) => listeners.get(event) ?? listeners.set(event, new Set()).get(event);
  const call = (event, ...values) => { for (const listener of listening(event)) listener(...values); };
  return {
    get: (key) => state[key],
    set: (key, value) => { state[key] = value; },
    save_changes: () => {},
    on: (event, listener) => listening(event).add(listener),
    off: (event, listener) => listening(event).delete(listener),
    send: (content) => worker.postMessage({ text: JSON.stringify({ to: name, content }) }),
    change(changes) {
      Object.assign(state, changes);
      for (const key of Object.keys(changes)) call(`change:${key}`);
    },
    receive: (content) => call("msg:custom", content),
  };
}

async function mount(name, state) {
  const { default: widget } = await import(new URL(`widgets/${name}.js`, base));
  const model = modelOf(name, state);
  models[name] = model;
  const place = find(name);
  const el = document.createElement("div");
  place.replaceChildren(el);
  place.closest("section").hidden = false;
  widget.render({ model, el });
}

const bar = find("progress");
const steps = find("steps");
function stage(number) {
  bar.value = number;
  for (const [at, step] of [...steps.children].entries()) step.dataset.done = String(at < number);
  steps.children[number]?.setAttribute("aria-current", "step");
  steps.children[number - 1]?.removeAttribute("aria-current");
}

// Messages are taken one after another: a widget must be mounted before it is told anything.
let turn = Promise.resolve();
let haveReply;
const firstReply = new Promise((resolve) => { haveReply = resolve; });
async function take({ to, type, value }) {
  if (type === "made") await mount(to, value);
  else if (type === "state") models[to].change(value);
  else models[to].receive(value);
  if (to === "console" && type === "made") ready();
  if (to === "anatomy") haveReply();
}

function ready() {
  find("loading").hidden = true;
  find("try").hidden = false;
  document.documentElement.dataset.ready = "true";
  const now = document.activeElement;
  if (!now || now === document.body) find("console").querySelector("input")?.focus({ preventScroll: true });
  // what stands side by side is made when it comes into sight, after the first reply or a scroll: never before them
  const observer = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    worker.postMessage({ text: JSON.stringify({ to: "page", content: { type: "compare" } }) });
  });
  const watch = () => observer.observe(find("side_by_side"));
  addEventListener("scroll", watch, { once: true });
  firstReply.then(watch);
}

function failed(why) {
  bar.hidden = true;
  find("failed").hidden = false;
  find("why").textContent = why;
}

worker.addEventListener("message", ({ data }) => {
  if (data.stage) stage(data.stage);
  else if (data.failed) failed(data.failed);
  else turn = turn.then(() => take(JSON.parse(data.text)));
});
worker.addEventListener("error", (event) => failed(event.message || event.type));
for (const button of document.querySelectorAll("[data-command]")) {
  button.addEventListener("click", () => models.console?.send({ type: "command", line: button.dataset.command }));
}
worker.postMessage({ lang: document.documentElement.lang });
