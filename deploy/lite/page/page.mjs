// The landing page: it starts Python in a worker and mounts the notebook widgets' own modules over small models.

const base = new URL("./", import.meta.url);
const worker = new Worker(new URL("worker.mjs", base), { type: "module" });
const find = (id) => document.getElementById(id);
const models = {};
const REST = 5000; // milliseconds after which what nobody has scrolled to is made
const note = find("note");

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
    send: (content) => tell(name, content),
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
  widget.render({ model, el });
  if (wanted === name) {
    wanted = "";
    come(name);
  }
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
  else if (type === "message") models[to].receive(value);
  else {
    models[to].change(value);
    addressOf[to]?.(value);
  }
  if (to === "console" && type === "made") ready();
  if (to === "anatomy") haveReply();
}

function ready() {
  find("loading").hidden = true;
  document.documentElement.dataset.ready = "true";
  const now = document.activeElement;
  if (!now || now === document.body) find("console").querySelector("input")?.focus({ preventScroll: true });
  route();
  // What stands side by side, and what one looks up in, is made when it comes into sight, after the first reply or a
  // scroll: never before them. Where nobody scrolls it is made once the page has been at rest, or is to be printed: a
  // picture of the whole page has it too.
  const making = { side_by_side: { type: "compare" }, lookup: { type: "lookup" } };
  const make = (name) => {
    if (making[name]) page(making[name]);
    delete making[name];
  };
  const makeAll = () => Object.keys(making).map(make);
  const observer = globalThis.IntersectionObserver && new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) if (isIntersecting) make(target.id);
  }, { rootMargin: "200px" });
  const watch = () => {
    if (!observer) makeAll();
    else for (const name of Object.keys(making)) observer.observe(find(name));
  };
  addEventListener("scroll", watch, { once: true });
  addEventListener("beforeprint", makeAll);
  firstReply.then(watch);
  setTimeout(makeAll, REST);
}

// --- addresses: #code=554, #compare=211-214, #round=12

const addressOf = { // what is shown → its address; what was pasted has none
  lookup: ({ found }) => found && show(found.address ?? ""),
  game: ({ round }) => round?.number && show(`round=${round.number}`),
};
let wanted = ""; // the widget to come into sight when it is there

function show(address) {
  const place = address ? `#${address}` : location.pathname + location.search;
  if (location.hash !== `#${address}`) history.replaceState(null, "", place);
}

function come(name) {
  find(`${name}-title`).scrollIntoView({ block: "start" });
}

// What is told before Python is there waits for it.
function tell(to, content) {
  worker.postMessage({ text: JSON.stringify({ to, content }) });
}

function page(content) {
  tell("page", content);
}

function want(name, content) {
  if (models[name]) come(name);
  else wanted = name;
  page(content);
}

function route() {
  const [, name, value] = /^#(code|compare|round)=([\d-]{1,9})$/.exec(location.hash) ?? [];
  if (name === "round") want("game", { type: "game", number: value });
  else if (name) want("lookup", { type: "lookup", entry: value });
}

addEventListener("hashchange", route);

function failed(why) {
  bar.hidden = true;
  find("failed").hidden = false;
  find("why").textContent = why;
}

worker.addEventListener("message", ({ data }) => {
  if (data.stage) stage(data.stage);
  else if (data.failed) failed(data.failed);
  else turn = turn.then(() => take(JSON.parse(data.text))).catch(reportError); // one widget's fault stops no other
});
worker.addEventListener("error", (event) => failed(event.message || event.type));
for (const button of document.querySelectorAll("[data-command]")) {
  button.addEventListener("click", () => tell("console", { type: "command", line: button.dataset.command }));
}
for (const button of document.querySelectorAll("[data-experiment]")) {
  button.addEventListener("click", () => {
    page({ type: "experiment", name: button.dataset.experiment });
    const title = Object.assign(document.createElement("strong"), { textContent: button.textContent });
    const look = button.parentElement.querySelector(".look").cloneNode(true);
    look.hidden = false;
    look.prepend(`${note.dataset.lookfor} `);
    note.replaceChildren(title, look);
    note.hidden = false;
    find("back").hidden = false;
    find("console-title").scrollIntoView({ block: "start" });
    note.focus({ preventScroll: true });
  });
}
find("reset").addEventListener("click", () => {
  page({ type: "reset" });
  note.hidden = true;
  find("back").hidden = true;
  find("console").querySelector("input")?.focus();
});
find("play").addEventListener("click", () => want("game", { type: "game", number: 1 }));
worker.postMessage({ lang: document.documentElement.lang });
