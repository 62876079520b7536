/**
 * The console: type a command, see the reply taken apart and explained.
 * It sends {type: "hello"}, {type: "command", line}, {type: "personality", name}, {type: "start"}; every view of the model gets a Log:
 * `start` is the place of its first exchange in the lab's transcript, so a view takes what it does not have yet and asks
 * for all where it missed something.
 * @typedef {{sent: string | null, session: number, reply: ReplyView | null, partial: string, remarks: string[],
 *   text: string}} Exchange
 * @typedef {{type: string, start: number, exchanges: Exchange[], reading: boolean, personality: string,
 *   error: string | null}} Log
 * @typedef {SharedState & {personalities: string[], personality: string, suggestions: string[],
 *   home: string, running: boolean}} State
 */

/** @param {ReplyView} reply */
function reading(reply) {
  const name = element("span", { className: "tag" }, element("strong", { className: digitClass(reply.code), textContent: reply.code }), ` ${reply.name}`);
  const classes = [reply.severity, reply.category].filter(Boolean);
  return element("div", { className: "reading" }, name,
    ...classes.map((text) => element("span", { className: "tag", textContent: text })), ...defectNodes(reply.defects));
}

/**
 * @param {Exchange} exchange
 * @param {State["texts"]} texts
 */
function exchangeNode({ sent, reply, partial, remarks }, texts) {
  const node = element("div", { className: "exchange" });
  /** @param {string} who @param {...Node} nodes */
  const row = (who, ...nodes) => node.append(element("div", { className: "who", textContent: who }), element("div", {}, ...nodes));
  if (sent !== null) row(texts.console_client, element("div", { className: "wire sent", textContent: sent }));
  if (reply) row(texts.console_server, ...lineNodes(reply.lines), reading(reply));
  if (partial) row(texts.console_server, element("div", { className: "wire", textContent: partial }));
  for (const remark of remarks) row("–", element("div", { className: "soft", textContent: remark }));
  return node;
}

/**
 * The list of suggestions under an input: the page decides when it opens, the input keeps the focus (ARIA combobox).
 * @param {HTMLInputElement} input
 * @param {string} id
 * @param {string} label
 * @param {string[]} values
 */
function suggestionList(input, id, label, values) {
  const list = attributes(element("ul", { id, className: "suggestions", hidden: true }), { role: "listbox", "aria-label": label });
  let active = -1;
  /** @param {number} which */
  const mark = (which) => {
    list.children[active]?.setAttribute("aria-selected", "false");
    active = which;
    const option = list.children[active];
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
  };
  /** @param {string[]} entries */
  const show = (entries) => {
    list.replaceChildren(...entries.map((value, which) => attributes(
      element("li", { id: `${id}-${which}`, textContent: value }), { role: "option", "aria-selected": "false" })));
    active = -1;
    input.removeAttribute("aria-activedescendant");
    list.hidden = !entries.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
  };
  /** @param {number} which */
  const take = (which) => {
    input.value = list.children[which].textContent ?? "";
    show([]);
  };
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the input keeps the focus
  list.addEventListener("click", ({ target }) => {
    const which = [...list.children].indexOf(/** @type {Element} */ (target));
    if (which >= 0) take(which);
  });
  attributes(input, { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": id });
  return {
    list,
    openAll: () => show(values),
    /** @param {string} text */
    match: (text) => {
      const start = text.toUpperCase();
      show(start ? values.filter((value) => value.toUpperCase().startsWith(start) && value.length > start.length) : []);
    },
    close: () => show([]),
    isOpen: () => !list.hidden,
    /** @param {number} step */
    move: (step) => mark(Math.max(-1, Math.min(list.children.length - 1, active + step))),
    chosen: () => active,
    take,
  };
}

/** @param {import("@anywidget/types").RenderProps<State>} props */
function render({ model, el }) {
  const texts = model.get("texts");
  const id = uniqueId("console");
  const whose = element("p", { id: `${id}-whose`, className: "whose soft", textContent: texts.console_personality_is });
  const personality = attributes(element("select", { id: `${id}-personality`, title: texts.console_personality_is }),
    { "aria-describedby": whose.id });
  const servers = () => {
    personality.replaceChildren(...model.get("personalities").map((name) => element("option", { value: name, textContent: name })));
    personality.value = model.get("personality");
  };
  const copy = element("button", { type: "button", textContent: texts.console_copy });
  const clear = element("button", { type: "button", textContent: texts.console_clear });
  const head = headOf(texts.console_title,
    element("label", { htmlFor: personality.id }, texts.console_personality, personality), copy, clear);

  const log = attributes(element("div", { className: "log", tabIndex: 0 }),
    { role: "log", "aria-live": "polite", "aria-label": texts.console_log });
  const nothing = element("p", { className: "soft", textContent: texts.console_empty });
  log.append(nothing);

  const input = attributes(lineInput(), { autocapitalize: "off", placeholder: texts.console_hint });
  const prompt = element("span", { textContent: texts.console_command });
  const suggestions = suggestionList(input, `${id}-suggestions`, texts.console_suggestions, model.get("suggestions"));
  const form = element("form", {},
    element("div", { className: "field" }, element("label", {}, prompt, input), suggestions.list),
    element("button", { type: "submit", className: "primary", textContent: texts.console_send }));
  const status = statusLine("div", "status soft");
  const said = attributes(element("span"), { "aria-live": "polite" });
  const act = element("button", { type: "button" });
  const bar = element("div", { className: "bar", hidden: true }, said, act);
  el.append(head, whose, bar, log, form, status);

  /** @type {Exchange[]} */
  const exchanges = []; // all of the lab's, from its first: a cleared view can still be copied whole
  /** @type {string[]} */
  const history = [];
  let place = 0; // in history; its length is the line being written
  let draft = "";
  /** @type {string | null} */
  let pending = null; // the command whose reply is awaited by this view
  let inMessage = false; // the server reads message text

  let isThere = true; // is Python
  const meet = () => {
    const running = model.get("running");
    const [name, home] = [model.get("personality"), model.get("home")];
    const isUsual = running && name === home;
    bar.hidden = isUsual || !isThere; // without Python its button does nothing
    said.textContent = running ? (isUsual ? "" : fill(texts.console_plays, { name })) : texts.console_stopped;
    act.textContent = running ? fill(texts.console_reset, { name: home }) : texts.console_start;
    if (personality.value !== name) personality.value = name;
  };
  /** @param {string} text */
  const say = (text) => { status.textContent = text; };
  const python = watchPython(/** @type {import("@anywidget/types").AnyModel} */ (/** @type {unknown} */ (model)), el, (now) => {
    say(now === "live" ? "" : texts[`console_python_${now === "none" && !el.closest(".jp-Notebook") ? "page" : now}`]);
    isThere = now === "live" || now === "busy";
    meet();
    if (now === "gone" && pending !== null && !input.value) input.value = pending; // nobody has read it
  });
  /** @param {Exchange[]} more */
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
  /** @param {Log} message */
  const receive = (message) => {
    if (message.type !== "log" && message.type !== "more") return;
    python.answered();
    if (message.start > exchanges.length) python.ask({ type: "hello" });
    else append(message.exchanges.slice(exchanges.length - message.start));
    inMessage = message.reading;
    prompt.textContent = inMessage ? texts.console_text : texts.console_command;
    input.placeholder = inMessage ? "" : texts.console_hint;
    if (personality.value !== message.personality) personality.value = message.personality;
    if (message.error) {
      nothing.remove();
      log.append(element("p", { className: "refused bad", textContent: `⚠ ${message.error}` }));
      const refused = !message.exchanges.some((exchange) => exchange.sent !== null);
      if (refused && pending !== null && !input.value) input.value = pending; // nothing was sent
    }
    log.scrollTop = log.scrollHeight;
    pending = null;
  };
  /** @param {SubmitEvent} event */
  const submit = (event) => {
    event.preventDefault();
    suggestions.close();
    if (!input.value && !inMessage) {
      say(texts.console_nothing);
      return;
    }
    say("");
    pending = input.value;
    input.value = "";
    python.ask({ type: "command", line: pending });
  };
  /** @param {number} step */
  const recall = (step) => {
    const next = place + step;
    if (next < 0 || next > history.length) return;
    if (place === history.length) draft = input.value;
    place = next;
    input.value = place === history.length ? draft : history[place];
    input.setSelectionRange(input.value.length, input.value.length);
  };
  /** @type {Record<string, (event: KeyboardEvent) => boolean>} each returns whether it did something */
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
  /** @param {KeyboardEvent} event */
  const press = (event) => {
    if (event.target === input && !event.isComposing && keys[event.key]?.(event)) event.preventDefault();
  };
  const copyText = async () => {
    const text = exchanges.map((exchange) => exchange.text).join("\n");
    try {
      await navigator.clipboard.writeText(text);
      say(texts.console_copied);
    } catch {
      const area = attributes(element("textarea", { className: "mono", value: text, readOnly: true }),
        { "aria-label": texts.console_copy });
      area.addEventListener("keydown", (event) => {
        if (event.key === "Escape") {
          event.preventDefault(); // it closes this, and nothing else
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
  /** @param {string} name */
  const choose = (name) => {
    say(fill(texts.console_changed, { name }));
    python.ask({ type: "personality", name });
  };
  const perform = () => {
    if (model.get("running")) choose(model.get("home"));
    else python.ask({ type: "start" });
    input.focus(); // the button goes away
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
  personality.addEventListener("change", () => choose(personality.value));
  act.addEventListener("click", perform);
  copy.addEventListener("click", copyText);
  clear.addEventListener("click", wipe);
  const release = begin(el, "console", model.get("lang"), press);
  const unfollow = follow(model, {
    "msg:custom": receive, "change:personalities": servers, "change:personality": meet, "change:running": meet,
  });
  meet();
  if (python.isThere()) model.send({ type: "hello" });
  return () => {
    unfollow();
    python.end();
    release();
  };
}

export default { render };
