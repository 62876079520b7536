// The console widget. It needs nothing but its model: get, on, off, send.
// State: texts, lang, personalities, personality, suggestions.
// It sends {type: "hello"}, {type: "command", line}, {type: "personality", name}; every view of the model gets
// {type: "log" | "more", start, exchanges, reading, personality, error}: start is the place of the first exchange in
// the lab's transcript, so a view takes what it does not have yet and asks for all where it missed something.
// What came over the wire is only ever set as text.

let consoles = 0;

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function attributes(node, named) {
  for (const [name, value] of Object.entries(named)) node.setAttribute(name, value);
  return node;
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

// The list of suggestions under an input: the page decides when it opens, the input keeps the focus (ARIA combobox).
function suggestionList(input, id, label, values) {
  const list = attributes(element("ul", { id, className: "suggestions", hidden: true }), { role: "listbox", "aria-label": label });
  let active = -1;
  const mark = (which) => {
    list.children[active]?.setAttribute("aria-selected", "false");
    active = which;
    const option = list.children[active];
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
  };
  const show = (found) => {
    list.replaceChildren(...found.map((value, which) => attributes(
      element("li", { id: `${id}-${which}`, textContent: value }), { role: "option", "aria-selected": "false" })));
    active = -1;
    input.removeAttribute("aria-activedescendant");
    list.hidden = !found.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
  };
  const take = (which) => {
    input.value = list.children[which].textContent;
    show([]);
  };
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the input keeps the focus
  list.addEventListener("click", ({ target }) => {
    const which = [...list.children].indexOf(target);
    if (which >= 0) take(which);
  });
  attributes(input, { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": id });
  return {
    list,
    openAll: () => show(values),
    match: (typed) => {
      const begun = typed.toUpperCase();
      show(begun ? values.filter((value) => value.toUpperCase().startsWith(begun) && value.length > begun.length) : []);
    },
    close: () => show([]),
    isOpen: () => !list.hidden,
    move: (step) => mark(Math.max(-1, Math.min(list.children.length - 1, active + step))),
    chosen: () => active,
    take,
  };
}

function render({ model, el }) {
  const texts = model.get("texts");
  const id = `smtplab-console-${++consoles}`;
  el.classList.add("smtplab", "smtplab-console");
  el.lang = model.get("lang");
  el.dataset.lmSuppressShortcuts = "true";

  const personality = element("select", { id: `${id}-personality` });
  const servers = () => {
    personality.replaceChildren(...model.get("personalities").map((name) => element("option", { value: name, textContent: name })));
    personality.value = model.get("personality");
  };
  const copy = element("button", { type: "button", textContent: texts.console_copy });
  const clear = element("button", { type: "button", textContent: texts.console_clear });
  const head = element("div", { className: "head" },
    element("span", { className: "title", textContent: texts.console_title }),
    element("label", { htmlFor: personality.id }, texts.console_personality, personality), copy, clear);

  const log = attributes(element("div", { className: "log", tabIndex: 0 }),
    { role: "log", "aria-live": "polite", "aria-label": texts.console_log });
  const nothing = element("p", { className: "soft", textContent: texts.console_empty });
  log.append(nothing);

  const input = element("input", { type: "text", className: "mono", autocomplete: "off", spellcheck: false });
  attributes(input, { autocapitalize: "off", placeholder: texts.console_hint });
  const prompt = element("span", { textContent: texts.console_command });
  const suggestions = suggestionList(input, `${id}-suggestions`, texts.console_suggestions, model.get("suggestions"));
  const form = element("form", {},
    element("div", { className: "field" }, element("label", {}, prompt, input), suggestions.list),
    element("button", { type: "submit", className: "primary", textContent: texts.console_send }));
  const status = attributes(element("div", { className: "status soft" }), { role: "status" });
  el.append(head, log, form, status);

  const exchanges = []; // all of the lab's, from its first: a cleared view can still be copied whole
  const history = [];
  let place = 0; // in history; its length is the line being written
  let draft = "";
  let asked = null; // the command whose reply is awaited by this view
  let inMessage = false; // the server reads message text

  const say = (text) => { status.textContent = text; };
  const append = (more) => {
    for (const exchange of more) {
      nothing.remove();
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
    if (more.length) place = history.length;
  };
  const receive = (message) => {
    if (message.type !== "log" && message.type !== "more") return;
    if (message.start > exchanges.length) model.send({ type: "hello" });
    else append(message.exchanges.slice(exchanges.length - message.start));
    inMessage = message.reading;
    prompt.textContent = inMessage ? texts.console_text : texts.console_command;
    input.placeholder = inMessage ? "" : texts.console_hint;
    if (personality.value !== message.personality) personality.value = message.personality;
    if (message.error) {
      nothing.remove();
      log.append(element("p", { className: "refused bad", textContent: `⚠ ${message.error}` }));
      const refused = asked !== null && !message.exchanges.some((exchange) => exchange.sent !== null);
      if (refused && !input.value) input.value = asked; // nothing was sent
    }
    log.scrollTop = log.scrollHeight;
    asked = null;
  };
  const submit = (event) => {
    event.preventDefault();
    suggestions.close();
    if (!input.value && !inMessage) {
      say(texts.console_nothing);
      return;
    }
    say("");
    asked = input.value;
    input.value = "";
    model.send({ type: "command", line: asked });
  };
  const recall = (step) => {
    const next = place + step;
    if (next < 0 || next > history.length) return;
    if (place === history.length) draft = input.value;
    place = next;
    input.value = place === history.length ? draft : history[place];
    input.setSelectionRange(input.value.length, input.value.length);
  };
  const keys = {
    ArrowDown: ({ altKey }) => {
      if (suggestions.isOpen()) suggestions.move(1);
      else if (!inMessage && (altKey || (place === history.length && !input.value))) {
        suggestions.openAll();
        suggestions.move(1);
      } else recall(1);
      return true;
    },
    ArrowUp: () => {
      if (suggestions.chosen() >= 0) suggestions.move(-1);
      else {
        suggestions.close();
        recall(-1);
      }
      return true;
    },
    Enter: () => {
      if (suggestions.chosen() < 0) return false;
      suggestions.take(suggestions.chosen());
      return true;
    },
    Escape: () => {
      const open = suggestions.isOpen();
      suggestions.close();
      return open;
    },
  };
  const press = (event) => {
    event.stopPropagation(); // the notebook has shortcuts of its own
    if (event.target === input && !event.isComposing && keys[event.key]?.(event)) event.preventDefault();
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
  const choose = () => {
    say(texts.console_changed.replace("{name}", () => personality.value));
    model.send({ type: "personality", name: personality.value });
  };
  const wipe = () => {
    nothing.textContent = exchanges.length ? texts.console_cleared : texts.console_empty;
    log.replaceChildren(nothing);
    input.focus();
  };

  servers();
  form.addEventListener("submit", submit);
  input.addEventListener("input", () => (inMessage ? suggestions.close() : suggestions.match(input.value)));
  input.addEventListener("blur", suggestions.close);
  el.addEventListener("keydown", press);
  personality.addEventListener("change", choose);
  copy.addEventListener("click", copyText);
  clear.addEventListener("click", wipe);
  model.on("msg:custom", receive);
  model.on("change:personalities", servers);
  model.send({ type: "hello" });
  return () => {
    model.off("msg:custom", receive);
    model.off("change:personalities", servers);
    el.removeEventListener("keydown", press);
  };
}

export default { render };
