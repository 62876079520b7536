// Over JupyterLab, as it stands: how far the lesson's start is, and then a menu to download it or to begin it afresh.
// What is begun afresh is renamed first: JupyterLite then shows the lesson as it came with the site.

const base = new URL("../", import.meta.url);
const query = new URLSearchParams(location.search);
const languages = document.querySelector('script[src$="page/bar.mjs"]').dataset.languages.split(" ");
const asked = query.get("path") ?? "";
const folder = asked.split("/")[0];
const lang = languages.includes(folder) ? folder : languages[0];
const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

function element(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

async function until(condition) {
  for (;;) {
    const value = condition();
    if (value) return value;
    await pause(100);
  }
}

const style = element("link", { rel: "stylesheet", href: new URL("page/bar.css", base).href });
const progress = element("progress", { max: 4 });
const words = element("label", {}, progress);
const strip = element("div", { id: "smtplab-bar", lang }, words);
strip.setAttribute("role", "status");

async function begin() {
  const texts = await (await fetch(new URL(`page/bar.${lang}.json`, base))).json();
  const stage = (number, text) => {
    progress.value = number;
    words.replaceChildren(`${text} … `, progress);
  };
  document.head.append(style);
  document.body.append(strip);
  stage(1, texts.bar_lab);
  const app = await until(() => globalThis.jupyterapp);
  await app.restored;
  stage(2, texts.bar_notebook);
  // in a window without the focus no widget is the current one
  const notebook = () => [app.shell.currentWidget, ...app.shell.widgets("main")].find((widget) => widget?.sessionContext);
  await until(notebook);
  // JupyterLite opens the lesson that was asked for before it lays out the tabs of the last visit, which may drop it
  if (asked.endsWith(".ipynb") && notebook().context.path !== asked) {
    await app.commands.execute("docmanager:open", { path: asked, factory: "Notebook" }).catch(() => {});
  }
  stage(3, texts.bar_kernel);
  const slow = setTimeout(() => {
    stage(3, texts.bar_no_kernel);
    globalThis.dispatchEvent(new Event("smtplab-slow")); // early.js looks whether a file is missing
  }, 60_000);
  await until(() => notebook()?.sessionContext.session?.kernel?.status === "idle");
  clearTimeout(slow);
  strip.replaceChildren(menu(app, notebook, texts));
  strip.removeAttribute("role");
}

function menu(app, notebook, texts) {
  const status = element("p", { className: "said" });
  status.setAttribute("role", "status");
  const button = (text, act) => {
    const node = element("button", { type: "button", textContent: text });
    node.addEventListener("click", act);
    return node;
  };
  const home = element("a", { href: new URL(lang === languages[0] ? "./" : `${lang}/`, base).href, textContent: texts.bar_home });
  return element("details", {}, element("summary", { textContent: texts.bar_menu }), element("div", { className: "menu" }, home,
    button(texts.bar_download, () => app.commands.execute("docmanager:download")),
    button(texts.bar_reset, async () => {
      const copy = await afresh(app, notebook().context.path);
      status.textContent = copy ? texts.bar_kept.replace("{name}", copy.split("/").at(-1)) : texts.bar_fresh;
    }), status));
}

// Keep the learner's version under a name of its own, and show the lesson as it came. Return that name, "" for no change.
async function afresh(app, path) {
  const contents = app.serviceManager.contents;
  await app.commands.execute("docmanager:save");
  const [mine, shipped] = await Promise.all([contents.get(path, { content: true }), fetch(new URL(`files/${path}`, base))]);
  if (!shipped.ok) return "";
  const sources = ({ cells }) => JSON.stringify(cells.map(({ source }) => [source].flat().join("")));
  if (sources(mine.content) === sources(await shipped.json())) return "";
  const stem = path.replace(/\.ipynb$/, ".mine");
  const names = new Set((await contents.get(path.split("/").slice(0, -1).join("/"), { content: true })).content.map((each) => each.path));
  let copy = `${stem}.ipynb`;
  for (let number = 2; names.has(copy); number += 1) copy = `${stem}-${number}.ipynb`;
  await contents.save(copy, { type: "notebook", format: "json", content: mine.content });
  await app.commands.execute("application:close");
  await contents.delete(path);
  await app.commands.execute("docmanager:open", { path, factory: "Notebook" });
  return copy;
}

begin();
