/**
 * The sequence: who said what and when, as a diagram. It sends {type: "hello"} and gets Steps: those from `start` on
 * take the place of what it had from there. Each step's text stands over its arrow, so that it wraps as text does.
 * @typedef {{begins: string, sent: string[], sent_lines: number, is_message: boolean, lines: Piece[][],
 *   reply_lines: number, partial: string, unasked: string, notes: string[], at: number | null}} Step
 * @typedef {{type: string, start: number, steps: Step[], older: string}} Steps
 * @typedef {SharedState & {about: string, live: boolean}} State
 */

const SHOWN = 200; // how many exchanges stay in the page
const NEAR = 40; // pixels from the end within which one reads the newest

/**
 * Return an element of a drawing.
 * @param {string} tag
 * @param {Record<string, string>} values of its attributes
 */
function drawing(tag, values) {
  return attributes(document.createElementNS("http://www.w3.org/2000/svg", tag), values);
}

/**
 * Return an arrow as wide as its place.
 * @param {boolean} right
 */
function arrow(right) {
  const [at, tip] = right ? ["100%", "M-11 1 0 6-11 11z"] : ["0", "M11 1 0 6 11 11z"];
  const svg = drawing("svg", { class: "arrow", "aria-hidden": "true", height: "12", width: "100%" });
  const head = drawing("svg", { x: at, overflow: "visible" });
  head.append(drawing("path", { d: tip }));
  svg.append(drawing("line", { x1: "0", x2: "100%", y1: "6", y2: "6" }), head);
  return svg;
}

/**
 * Return a time in a unit that can be read at a glance: milliseconds, from one second on seconds, then minutes too.
 * @param {number} ms
 * @param {State["texts"]} texts
 * @param {string} lang
 */
function timeWords(ms, texts, lang) {
  /** @param {number} value */
  const shown = (value) => value.toLocaleString(lang, { maximumFractionDigits: value < 10 ? 1 : 0, useGrouping: false });
  if (Math.round(ms) < 1000) return fill(texts.seq_time, { ms: shown(ms) });
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return fill(texts.seq_seconds, { s: shown(ms / 1000) });
  return fill(texts.seq_minutes, { min: Math.floor(seconds / 60), s: seconds % 60 });
}

/** @param {import("@anywidget/types").RenderProps<State>} props */
function render({ model, el }) {
  const texts = model.get("texts");
  const about = element("div", { className: "about soft", textContent: model.get("about") });
  const older = element("div", { className: "about soft" });
  const list = element("ol");
  const nothing = element("p", { className: "soft empty", textContent: texts.seq_empty });
  const actors = element("div", { className: "actors" }, element("span", { textContent: texts.seq_client }),
    element("span", { textContent: texts.seq_server }));
  const scroll = region(element("div", { className: "scroll" }, actors, older, list, nothing), texts.seq_region);
  el.append(headOf(texts.seq_title), about, scroll);
  about.hidden = !about.textContent;

  /** @type {HTMLLIElement[][]} */
  let drawn = []; // the items of each exchange that is shown
  let first = 0; // the place in the transcript of the first that is shown

  /** @param {number | null} at */
  const time = (at) => element("span", { className: "time",
    textContent: at === null ? "" : timeWords(at, texts, model.get("lang")) });
  /**
   * One arrow, with what was said over it.
   * @param {boolean} isClient
   * @param {HTMLElement[]} lines
   * @param {number} count of all lines
   * @param {string} label
   * @param {number | null} at
   */
  const said = (isClient, lines, count, label, at) => {
    const [top, ...rest] = lines;
    const who = element("abbr", { textContent: isClient ? "C" : "S", title: isClient ? texts.seq_client : texts.seq_server });
    const words = element("div", { className: "words" }, who, ...(label ? [element("span", { className: "label", textContent: label })] : []));
    if (rest.length) {
      const summary = element("summary", {}, top, element("span", { className: "label", textContent: fill(texts.seq_more, { number: count }) }));
      const hidden = count - lines.length;
      words.append(element("details", {}, summary, ...rest,
        ...(hidden > 0 ? [element("div", { className: "soft", textContent: fill(texts.seq_cut, { number: hidden }) })] : [])));
    } else words.append(top);
    return element("li", { className: isClient ? "is-client" : "is-server" }, time(at),
      element("div", { className: "lane" }, words, arrow(isClient)));
  };
  /** @param {string} className @param {string} text */
  const note = (className, text) => element("li", { className }, time(null),
    element("div", { className: "lane" }, element("div", { className: "words", textContent: text })));

  /** @param {Step} step */
  const itemsOf = (step) => {
    const items = [];
    if (step.begins) items.push(note("is-heading", step.begins));
    const answered = step.lines.length > 0 || step.partial !== "";
    if (step.sent.length) {
      const lines = step.sent.map((text) => element("div", { className: "wire", textContent: text }));
      items.push(said(true, lines, step.sent_lines, step.is_message ? texts.seq_message : "", answered ? null : step.at));
    }
    const lines = lineNodes(step.lines);
    if (step.partial) lines.push(element("div", { className: "wire", textContent: step.partial }));
    if (answered) {
      const item = said(false, lines, step.reply_lines + (step.partial ? 1 : 0), step.unasked, step.at);
      const code = step.lines[0]?.find(({ kind }) => kind === "code");
      if (code) item.classList.add(digitClass(code.text));
      items.push(item);
    }
    items.push(...step.notes.map((text) => note("is-note", text)));
    return items;
  };
  let isFollowed = true; // until the reader scrolls away from the end
  scroll.addEventListener("scroll", () => {
    isFollowed = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR;
  });
  /** @param {Steps} message */
  const receive = (message) => {
    if (message.type !== "steps") return;
    const isBeginning = !drawn.length; // it is read from its beginning; what is added is followed
    const follows = model.get("live") && isFollowed && !isBeginning;
    if (message.start < first || message.start > first + drawn.length) {
      drawn = [];
      list.replaceChildren();
      first = message.start;
    }
    for (const items of drawn.splice(message.start - first)) for (const item of items) item.remove();
    for (const step of message.steps) {
      const items = itemsOf(step);
      drawn.push(items);
      list.append(...items);
    }
    for (const items of drawn.splice(0, Math.max(0, drawn.length - SHOWN))) {
      first += 1;
      for (const item of items) item.remove();
    }
    older.textContent = message.older;
    nothing.hidden = drawn.length > 0;
    actors.hidden = !drawn.length;
    if (follows) scroll.scrollTop = scroll.scrollHeight;
  };

  actors.hidden = true;
  const release = begin(el, "sequence", model.get("lang"));
  const unfollow = follow(model, { "msg:custom": receive });
  model.send({ type: "hello" });
  return () => {
    unfollow();
    release();
  };
}

export default { render };
