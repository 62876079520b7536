// The console widget. It needs nothing but its model: get, on, off, send.
// State: texts, lang, personalities, personality, suggestions.
// It sends {type: "hello"}, {type: "command", line}, {type: "personality", name}; it gets {type: "log" | "more",
// exchanges, reading, personality, error}. What came over the wire is only ever set as text.

let consoles = 0;

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function replyLines(reply) {
  return reply.lines.map((parts) => {
    const line = element("div", { className: "wire" });
    for (const { kind, text } of parts) {
      if (kind !== "cr" && kind !== "lf") line.append(element("span", { className: `part-${kind}`, textContent: text }));
    }
    return line;
  });
}

function reading(reply) {
  const made = element("div", { className: "reading" });
  const name = element("span", { className: "tag" }, element("strong", { textContent: reply.code }), ` ${reply.name}`);
  made.append(name);
  for (const text of [reply.severity, reply.category]) {
    if (text) made.append(element("span", { className: "tag", textContent: text }));
  }
  for (const defect of reply.defects) {
    made.append(element("div", { className: "bad", textContent: `⚠ ${defect.text} (${defect.source})` }));
  }
  return made;
}

function exchangeNode(exchange, texts) {
  const made = element("div", { className: "exchange" });
  const row = (who, ...nodes) => made.append(element("div", { className: "who", textContent: who }), element("div", {}, ...nodes));
  if (exchange.sent !== null) {
    row(texts.console_client, element("div", { className: "wire sent", textContent: exchange.sent }));
  }
  if (exchange.reply) {
    row(texts.console_server, ...replyLines(exchange.reply), reading(exchange.reply));
  }
  if (exchange.partial) row(texts.console_server, element("div", { className: "wire", textContent: exchange.partial }));
  for (const remark of exchange.remarks) row("–", element("div", { className: "soft", textContent: remark }));
  return made;
}

function render({ model, el }) {
  const texts = model.get("texts");
  const id = `smtplab-console-${++consoles}`;
  el.classList.add("smtplab", "smtplab-console");
  el.lang = model.get("lang");
  el.dataset.lmSuppressShortcuts = "true";

  const personality = element("select", { id: `${id}-personality` });
  for (const name of model.get("personalities")) personality.append(element("option", { value: name, textContent: name }));
  personality.value = model.get("personality");
  const copy = element("button", { type: "button", textContent: texts.console_copy });
  const clear = element("button", { type: "button", textContent: texts.console_clear });
  const head = element("div", { className: "head" },
    element("span", { className: "title", textContent: texts.console_title }),
    element("label", { htmlFor: personality.id }, texts.console_personality, personality), copy, clear);

  const log = element("div", { className: "log", tabIndex: 0 });
  log.setAttribute("role", "log");
  log.setAttribute("aria-live", "polite");
  log.setAttribute("aria-label", texts.console_log);

  const input = element("input", { type: "text", className: "mono", autocomplete: "off", spellcheck: false });
  input.setAttribute("autocapitalize", "off");
  input.setAttribute("list", `${id}-suggestions`);
  const prompt = element("span", { textContent: texts.console_command });
  const suggestions = element("datalist", { id: `${id}-suggestions` });
  for (const value of model.get("suggestions")) suggestions.append(element("option", { value }));
  const form = element("form", {}, element("label", {}, prompt, input), suggestions,
    element("button", { type: "submit", className: "primary", textContent: texts.console_send }));
  const status = element("div", { className: "status" });
  status.setAttribute("role", "status");
  el.append(head, log, form, status);

  let exchanges = [];
  let history = [];
  let place = 0; // in history; its length is the line being written
  let draft = "";
  let asked = null; // the command whose reply is awaited by this view

  const say = (text, bad = false) => {
    status.className = bad ? "status bad" : "status soft";
    status.textContent = text;
  };
  const empty = () => log.replaceChildren(element("p", { className: "soft", textContent: texts.console_empty }));
  const append = (more) => {
    if (!exchanges.length && more.length) log.replaceChildren();
    for (const exchange of more) {
      if (exchange.sent === null) {
        const title = exchange.reply && exchange.reply.code !== "220" && exchanges.at(-1)?.session === exchange.session
          ? texts.console_unasked : texts.console_greeting;
        log.append(element("p", { className: "new-session", textContent: title }));
      } else if (exchange.sent && history.at(-1) !== exchange.sent) {
        history.push(exchange.sent);
      }
      log.append(exchangeNode(exchange, texts));
      exchanges.push(exchange);
    }
    place = history.length;
    log.scrollTop = log.scrollHeight;
  };
  const receive = (message) => {
    if (message.type !== "log" && message.type !== "more") return;
    if (message.type === "log") {
      exchanges = [];
      history = [];
      empty();
    }
    append(message.exchanges);
    prompt.textContent = message.reading ? texts.console_text : texts.console_command;
    personality.value = message.personality;
    say(message.error ?? "", Boolean(message.error));
    if (message.error && asked !== null && !input.value) {
      if (!message.exchanges.some((exchange) => exchange.sent !== null)) input.value = asked; // refused: nothing was sent
    }
    asked = null;
  };
  const submit = (event) => {
    event.preventDefault();
    if (!input.value && prompt.textContent === texts.console_command) {
      say(texts.console_nothing);
      return;
    }
    asked = input.value;
    input.value = "";
    model.send({ type: "command", line: asked });
  };
  const recall = (event) => {
    event.stopPropagation(); // the notebook has shortcuts of its own
    if (event.target !== input || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    event.preventDefault();
    const next = place + (event.key === "ArrowUp" ? -1 : 1);
    if (next < 0 || next > history.length) return;
    if (place === history.length) draft = input.value;
    place = next;
    input.value = place === history.length ? draft : history[place];
    input.setSelectionRange(input.value.length, input.value.length);
  };
  const copyText = async () => {
    const text = exchanges.map((exchange) => exchange.text).join("\n");
    try {
      await navigator.clipboard.writeText(text);
      say(texts.console_copied);
    } catch {
      const area = element("textarea", { className: "mono", value: text, readOnly: true });
      area.setAttribute("aria-label", texts.console_copy);
      area.addEventListener("keydown", (event) => {
        if (event.key === "Escape") {
          area.remove();
          copy.focus();
          say("");
        }
      });
      el.querySelector("textarea")?.remove();
      el.append(area);
      area.select();
      say(texts.console_copy_by_hand);
    }
  };
  const choose = () => model.send({ type: "personality", name: personality.value });
  const wipe = () => {
    exchanges = [];
    empty();
    input.focus();
  };

  form.addEventListener("submit", submit);
  el.addEventListener("keydown", recall);
  personality.addEventListener("change", choose);
  copy.addEventListener("click", copyText);
  clear.addEventListener("click", wipe);
  model.on("msg:custom", receive);
  empty();
  model.send({ type: "hello" });
  return () => {
    model.off("msg:custom", receive);
    el.removeEventListener("keydown", recall);
  };
}

export default { render };
