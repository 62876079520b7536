// The gallery widget. It needs nothing but its model: get, on, off, send.
// State: texts, lang, commands, servers [{name, about, codes}], names {code: text}.
// It sends {type: "open", server, command}; it gets {type: "details", …}. Wire text is only ever set as text.

let galleries = 0;

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function replyNode(reply) {
  const made = element("div", { className: "wire" });
  for (const parts of reply.lines) {
    const line = element("div");
    for (const { kind, text } of parts) {
      const shown = kind === "cr" || kind === "lf" ? ` ${text}` : text;
      line.append(element("span", { className: shown === text ? `part-${kind}` : "soft", textContent: shown }));
    }
    made.append(line);
  }
  return made;
}

function render({ model, el }) {
  const texts = model.get("texts");
  const id = `smtplab-gallery-${++galleries}`;
  el.classList.add("smtplab", "smtplab-gallery");
  el.lang = model.get("lang");
  el.dataset.lmSuppressShortcuts = "true";

  const servers = model.get("servers");
  const commands = model.get("commands");
  const names = model.get("names");
  const helpAt = commands.indexOf("HELP");
  const helpCodes = [...new Set(servers.map(({ codes }) => codes[helpAt]))].filter((code) => code !== "-").sort();

  const filter = element("select", {}, element("option", { value: "", textContent: texts.gallery_all }));
  for (const code of helpCodes) filter.append(element("option", { value: code, textContent: `${code} ${names[code]}` }));
  const predict = element("input", { type: "checkbox" });
  const score = element("span", { className: "soft" });
  score.setAttribute("role", "status");
  const head = element("div", { className: "head" },
    element("span", { className: "title", textContent: texts.gallery_title }),
    element("div", { className: "controls" }, element("label", {}, texts.gallery_filter, filter),
      element("label", {}, predict, texts.gallery_predict), score));
  const grid = element("div", { className: "grid", tabIndex: 0 });
  grid.setAttribute("role", "region");
  grid.setAttribute("aria-label", texts.gallery_title);
  const details = element("div", { className: "details" }, element("p", { className: "soft", textContent: texts.gallery_hint }));
  details.setAttribute("aria-live", "polite");
  el.append(head, grid, details);

  const revealed = new Set(); // cells predicted, as "server\ncommand"
  const tally = { right: 0, all: 0 };
  let open = null;

  const key = (server, command) => `${server}\n${command}`;
  const hidden = (server, command) => predict.checked && !revealed.has(key(server, command));
  const label = (server, command, code) => hidden(server, command)
    ? `${server}, ${command}: ${texts.gallery_hidden}` : `${server}, ${command}: ${code} ${names[code]}`;

  const cell = (server, command, code) => {
    if (code === "-") return element("td", {}, element("span", { className: "soft", textContent: texts.gallery_none }));
    const unseen = hidden(server.name, command);
    const button = element("button", { type: "button", className: unseen ? "" : `is-${code[0]}` },
      element("span", { className: "mono", textContent: unseen ? "?" : code }),
      element("span", { className: "word", textContent: unseen ? "" : ` ${texts[`gallery_word_${code[0]}`] ?? ""}` }));
    button.dataset.cell = key(server.name, command);
    button.setAttribute("aria-label", label(server.name, command, code));
    button.title = unseen ? "" : names[code];
    button.addEventListener("click", () => choose(server.name, command, code));
    return element("td", {}, button);
  };
  const draw = () => {
    const header = element("tr", {}, element("th", { scope: "col", textContent: texts.gallery_server }));
    for (const command of commands) header.append(element("th", { scope: "col", textContent: command }));
    const rows = servers.filter(({ codes }) => !filter.value || codes[helpAt] === filter.value).map((server) => element("tr", {},
      element("th", { scope: "row", textContent: server.name, title: server.about }),
      ...commands.map((command, at) => cell(server, command, server.codes[at]))));
    grid.replaceChildren(element("table", {}, element("thead", {}, header), element("tbody", {}, ...rows)));
    mark();
  };
  const mark = () => {
    for (const button of grid.querySelectorAll("button")) button.classList.toggle("is-open", button.dataset.cell === open);
  };
  const ask = (server, command) => model.send({ type: "open", server, command });
  const choose = (server, command, code) => {
    open = key(server, command);
    mark();
    if (!hidden(server, command)) {
      ask(server, command);
      return;
    }
    const options = [...new Set(["211", "214", "250", "500", "502", "504", ...helpCodes])].sort();
    const group = element("fieldset", {}, element("legend", { textContent: `${server}: ${command}. ${texts.gallery_which}` }));
    for (const option of options) {
      group.append(element("label", {}, element("input", { type: "radio", name: `${id}-guess`, value: option }), option));
    }
    const form = element("form", {}, group, element("button", { type: "submit", className: "primary", textContent: texts.gallery_reveal }));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const guess = group.querySelector("input:checked")?.value;
      if (!guess) {
        group.querySelector("input").focus();
        return;
      }
      tally.all += 1;
      tally.right += guess === code ? 1 : 0;
      revealed.add(open);
      score.textContent = texts.gallery_score.replace("{right}", tally.right).replace("{all}", tally.all);
      draw();
      ask(server, command);
      grid.querySelector("button.is-open")?.focus();
    });
    details.replaceChildren(form);
    group.querySelector("input").focus();
  };
  const receive = (message) => {
    if (message.type !== "details" || key(message.server, message.command) !== open) return;
    const item = ({ weight, words, text, source }) => element("li", { className: `weight-${weight}` },
      element("strong", { textContent: `${words}: ` }), `${text} (${source})`);
    const notable = message.verdicts.filter(({ weight }) => weight > 0).map(item);
    const kept = message.verdicts.filter(({ weight }) => weight === 0).map(item);
    const folded = element("details", {}, element("summary", { textContent: texts.gallery_kept.replace("{number}", kept.length) }),
      element("ul", {}, ...kept));
    details.replaceChildren(
      element("div", { className: "asked", textContent: `${message.server}: ${message.command}` }),
      element("div", { className: "soft", textContent: message.about }), replyNode(message.reply),
      element("div", {}, element("strong", { textContent: message.reply.code }), ` ${message.reply.name}`),
      ...(message.closed ? [element("div", { textContent: texts.gallery_closed })] : []),
      ...(notable.length ? [element("ul", {}, ...notable)] : []), folded);
  };
  const keep = (event) => event.stopPropagation(); // the notebook has shortcuts of its own

  filter.addEventListener("change", draw);
  predict.addEventListener("change", draw);
  el.addEventListener("keydown", keep);
  model.on("msg:custom", receive);
  draw();
  return () => {
    model.off("msg:custom", receive);
    el.removeEventListener("keydown", keep);
  };
}

export default { render };
