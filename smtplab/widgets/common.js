// What all widgets share. It is joined in front of each widget's module, as common.css is in front of each stylesheet:
// nothing is imported or exported here, and a widget's module uses what stands here freely.
// A widget needs nothing but its model: get, on, off, send. Text that came over the wire is only ever set as text.

/**
 * What every widget's state has: its texts by key, and their language.
 * @typedef {{texts: Record<string, string>, lang: string}} SharedState
 * A piece of a reply's line, and what it is: code, separator, enhanced, text, cr, lf.
 * @typedef {{kind: string, text: string}} Piece
 * A rule that a reply breaks, and where.
 * @typedef {{line: number, start: number, end: number, rule: string, text: string, source: string}} Defect
 * What a code means.
 * @typedef {{name: string, meaning: string, severity: string, category: string}} CodeView
 * A kind of part that a reply has: its name, the octets where it first stands, and what it is.
 * @typedef {{name: string, text: string, explained: string}} PartKind
 * A reply: each line as its pieces, what its code means, and its defects.
 * @typedef {CodeView & {code: string, lines: Piece[][], defects: Defect[]}} ReplyView
 */

/**
 * Return a new element with properties and children.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Partial<HTMLElementTagNameMap[Tag]>} properties
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
function element(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

/**
 * Set attributes that are no properties, and return the element.
 * @template {Element} Node
 * @param {Node} node
 * @param {Record<string, string>} values
 * @returns {Node}
 */
function attributes(node, values) {
  for (const [name, value] of Object.entries(values)) node.setAttribute(name, value);
  return node;
}

/**
 * Return a text with each {name} in it filled in.
 * @param {string} text
 * @param {Record<string, string | number>} fields
 */
function fill(text, fields) {
  return text.replace(/\{(\w+)\}/g, (field, name) => String(fields[name] ?? field));
}

/**
 * Return an id that no other widget on the page has: each widget's module may be loaded many times.
 * @param {string} kind
 */
function uniqueId(kind) {
  const page = /** @type {{smtplabWidgets?: number}} */ (globalThis);
  page.smtplabWidgets = (page.smtplabWidgets ?? 0) + 1;
  return `smtplab-${kind}-${page.smtplabWidgets}`;
}

// What edits text where Ctrl, Cmd or Alt is held: a text field keeps these, or Ctrl+Z would undo a cell.
const EDITING = new Set(["a", "c", "v", "x", "y", "z", "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End",
  "Backspace", "Delete"]);

/**
 * Make a page's element the root of a widget. The notebook's own shortcuts do not see what is typed in it; keys with
 * modifiers pass, and Esc leaves, unless `press` has taken it.
 * @param {HTMLElement} el
 * @param {string} name the widget's class, without "smtplab-"
 * @param {string} lang
 * @param {(event: KeyboardEvent) => void} press is told each key
 * @returns {() => void} what undoes the hold on the keys
 */
function begin(el, name, lang, press = () => {}) {
  // JupyterLab's MathJax leaves alone what stands here: a dollar from the wire is a dollar
  el.classList.add("smtplab", `smtplab-${name}`, "mathjax_ignore", "tex2jax_ignore");
  el.lang = lang;
  const suppress = () => { el.dataset.lmSuppressShortcuts = "true"; };
  const release = () => { delete el.dataset.lmSuppressShortcuts; };
  /** @param {KeyboardEvent} event */
  const isForNotebook = (event) => {
    const { key, target } = event;
    if (key === "Enter" && event.shiftKey) return true;
    if (!(event.ctrlKey || event.metaKey || event.altKey) || event.getModifierState("AltGraph")) return false;
    const text = target instanceof HTMLTextAreaElement || (target instanceof HTMLInputElement && target.type === "text");
    return !(text && EDITING.has(key.length === 1 ? key.toLowerCase() : key));
  };
  const leave = () => /** @type {HTMLElement | null} */ (el.closest(".jp-Cell"))?.focus();
  /** @param {KeyboardEvent} event */
  const hear = (event) => {
    press(event);
    const escapes = event.key === "Escape" && !event.defaultPrevented && !event.isComposing;
    if (!escapes && !isForNotebook(event)) {
      event.stopPropagation(); // the notebook has shortcuts of its own
      return;
    }
    // JupyterLab runs no cell while a text field has the focus
    if (escapes || event.key === "Enter") leave();
    release();
    setTimeout(suppress); // when the notebook has heard it
  };
  suppress();
  el.addEventListener("keydown", hear);
  return () => {
    el.removeEventListener("keydown", hear);
    release();
  };
}

/**
 * Have the model call functions, each at its event.
 * @param {Pick<import("@anywidget/types").AnyModel, "on" | "off">} model
 * @param {Record<string, (...values: any[]) => void>} calls
 * @returns {() => void} what undoes it
 */
function follow(model, calls) {
  for (const [event, call] of Object.entries(calls)) model.on(event, call);
  return () => {
    for (const [event, call] of Object.entries(calls)) model.off(event, call);
  };
}

/**
 * Return a widget's head.
 * @param {string} title
 * @param {...Node} nodes
 */
function headOf(title, ...nodes) {
  return element("div", { className: "head" }, element("span", { className: "title", textContent: title }), ...nodes);
}

/**
 * Return a place whose text is announced when it changes.
 * @param {"div" | "span"} tag
 * @param {string} className
 */
function statusLine(tag, className) {
  return attributes(element(tag, { className }), { role: "status" });
}

/**
 * Make an element that scrolls a place that the keyboard reaches.
 * @template {HTMLElement} Node
 * @param {Node} node
 * @param {string} label
 */
function region(node, label) {
  node.tabIndex = 0;
  return attributes(node, { role: "region", "aria-label": label });
}

/** Return an input for one line of text that is taken as it is. */
function lineInput() {
  return element("input", { type: "text", className: "mono", autocomplete: "off", spellcheck: false });
}

/**
 * Return what is shown when it is unfolded.
 * @param {string} title
 * @param {...Node} nodes
 */
function folded(title, ...nodes) {
  return element("details", {}, element("summary", { textContent: title }), ...nodes);
}

/**
 * Return the class that colours a reply by its code's first digit: what is refused looks like no success.
 * @param {string} code
 */
function digitClass(code) {
  return `digit-${code[0]}`;
}

/**
 * Return the node of a piece, coloured by what it is; a code, by its class.
 * @param {string} kind
 * @param {string} text
 * @param {string} className what else it is
 */
function pieceNode(kind, text, className = "") {
  const digit = kind === "code" ? digitClass(text) : "";
  return element("span", { className: [className, `part-${kind}`, digit].filter(Boolean).join(" "), textContent: text });
}

/**
 * Return the nodes of a line's pieces; its CR and LF are among them where `ends` is true.
 * @param {Piece[]} pieces
 */
function pieceNodes(pieces, ends = false) {
  return pieces.flatMap(({ kind, text }) => {
    if (kind !== "cr" && kind !== "lf") return [pieceNode(kind, text)];
    return ends ? [element("span", { className: "soft", textContent: ` ${text}` })] : [];
  });
}

/**
 * Return the nodes of a reply's lines.
 * @param {Piece[][]} lines
 */
function lineNodes(lines) {
  return lines.map((pieces) => element("div", { className: "wire" }, ...pieceNodes(pieces)));
}

/**
 * Return a reply's kinds of parts as a table.
 * @param {PartKind[]} parts
 * @param {string[]} head
 */
function partTable(parts, head) {
  return element("div", { className: "scroll", tabIndex: 0 }, element("table", { className: "parts" },
    element("thead", {}, element("tr", {}, ...head.map((text) => element("th", { scope: "col", textContent: text })))),
    element("tbody", {}, ...parts.map(({ name, text, explained }) => element("tr", {},
      element("th", { scope: "row", textContent: name }), element("td", { className: "wire", textContent: text }),
      element("td", { textContent: explained }))))));
}

/**
 * Return a node that says what is wrong.
 * @param {string} text
 */
function warning(text) {
  return element("div", { className: "bad", textContent: `⚠ ${text}` });
}

/**
 * Return the nodes of a reply's defects.
 * @param {Defect[]} defects
 */
function defectNodes(defects) {
  return defects.map(({ text, source }) => warning(`${text} (${source})`));
}

/**
 * Watch whether Python still stands behind a model, and tell it: "live", "busy" (it has not come to the message yet),
 * "gone", or "none" where there was none from the beginning. JupyterLab marks the view of a model that has no kernel,
 * and its kernel says when it starts again. Where neither is told, a message stays without an answer though the kernel
 * is idle.
 * @typedef {{status?: string, statusChanged?: {connect: (call: (kernel: unknown, status: string) => void) => void,
 *   disconnect: (call: (kernel: unknown, status: string) => void) => void}}} Kernel
 * @typedef {"live" | "busy" | "gone" | "none"} Python
 * @param {import("@anywidget/types").AnyModel} model
 * @param {HTMLElement} el
 * @param {(python: Python) => void} tell
 */
function watchPython(model, el, tell) {
  /** @type {Python} */
  let python = "live";
  let idle = 0; // how often the kernel had nothing to do, and had not answered
  let waited = 0;
  let timer = 0;
  /** @param {Python} now */
  const become = (now) => {
    if (now === python) return;
    python = now;
    tell(now);
  };
  const rest = () => {
    clearInterval(timer);
    timer = 0;
  };
  const look = () => {
    if (!el.classList.contains("jupyter-widgets-disconnected")) return;
    rest();
    become("gone");
  };
  const kernel = (() => {
    try {
      return /** @type {{kernel?: Kernel} | undefined} */ (/** @type {unknown} */ (model.widget_manager))?.kernel;
    } catch {
      return undefined; // it was shut down
    }
  })();
  /** @param {unknown} _kernel @param {string} status */
  const hear = (_kernel, status) => {
    if (!["restarting", "autorestarting", "terminating", "dead"].includes(status)) return;
    rest();
    if (python !== "none") become("gone");
  };
  const tick = () => {
    waited += 1;
    idle = kernel?.status === "idle" ? idle + 1 : 0;
    if (idle > 2) rest();
    if (idle > 2) become("gone");
    else if (waited > 2) become("busy");
  };
  const answered = () => {
    rest();
    if (python === "busy" || python === "gone") become("live");
  };
  /** @param {unknown} content */
  const ask = (content) => {
    if (python === "gone" || python === "none") {
      tell(python);
      return;
    }
    try {
      model.send(content);
    } catch {
      become("gone");
      return;
    }
    waited = 0;
    idle = 0;
    if (!timer) timer = setInterval(tick, 1000);
  };
  model.on("comm_live_update", look);
  kernel?.statusChanged?.connect(hear);
  if (el.classList.contains("jupyter-widgets-disconnected")) become("none");
  return {
    ask,
    answered,
    isThere: () => python === "live" || python === "busy",
    end: () => {
      rest();
      model.off("comm_live_update", look);
      kernel?.statusChanged?.disconnect(hear);
    },
  };
}
