/**
 * Look up: a code, two codes, or a reply or log lines of one's own. It sends {type: "look", entry}.
 * @typedef {{shown: string, reply: ReplyView, parts: PartKind[]}} Said
 * @typedef {{title: string, items: string[]}} List
 * @typedef {{entry: string, kind: string, title?: string, head?: string[], rows?: string[][], lists?: List[],
 *   replies?: Said[], more?: string, address?: string}} Found
 * @typedef {SharedState & {found: Found, error: string}} State
 */

/** @param {import("@anywidget/types").RenderProps<State>} props */
function render({ model, el }) {
  const texts = model.get("texts");
  const entry = attributes(element("textarea", { className: "mono", rows: 2, spellcheck: false }), { autocapitalize: "off" });
  const form = element("form", {}, element("label", {}, texts.lookup_entry, entry),
    element("button", { type: "submit", className: "primary", textContent: texts.lookup_look }));
  const hint = element("p", { className: "soft", textContent: `${texts.lookup_hint} ${texts.lookup_private}` });
  const status = statusLine("div", "status");
  const body = element("div", { className: "found" });
  el.append(headOf(texts.lookup_title), element("div", { className: "body" }, form, hint, status, body));

  const look = () => {
    if (entry.value.trim()) model.send({ type: "look", entry: entry.value });
    else entry.focus();
  };
  /** @param {Found} found */
  const rowsTable = ({ head = [], rows = [] }) => element("div", { className: "scroll", tabIndex: 0 }, element("table", {},
    ...(head.length ? [element("thead", {}, element("tr", {}, element("td"),
      ...head.map((text) => element("th", { scope: "col", textContent: text }))))] : []),
    element("tbody", {}, ...rows.map(([first, ...rest]) => element("tr", {},
      element("th", { scope: "row", textContent: first }), ...rest.map((text) => element("td", { textContent: text })))))));
  /** @param {Said} said */
  const saidNode = ({ shown, reply, parts }) => element("div", { className: "said" },
    element("div", { className: "wire", textContent: shown }),
    element("div", {}, element("strong", { textContent: reply.code }), ` ${reply.name}`),
    element("div", { textContent: reply.meaning }), ...defectNodes(reply.defects),
    partTable(parts, [texts.lookup_part, texts.lookup_octets, texts.lookup_what]));
  const show = () => {
    const found = model.get("found");
    const error = model.get("error");
    if (document.activeElement !== entry || !entry.value) entry.value = found.entry;
    status.classList.toggle("bad", Boolean(error));
    const replies = found.replies ?? [];
    const done = found.title ? fill(texts.lookup_done, { title: found.title }) : fill(texts.lookup_count, { number: replies.length });
    status.textContent = error ? `⚠ ${error}` : found.kind ? done : "";
    body.replaceChildren(
      ...(found.rows ? [rowsTable(found)] : []), ...replies.map(saidNode),
      ...(found.more ? [element("p", { className: "soft", textContent: found.more })] : []),
      ...(found.lists ?? []).flatMap(({ title: name, items }) => [element("div", { className: "heading", textContent: name }),
        element("ul", {}, ...items.map((text) => element("li", { textContent: text })))]));
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    look();
  });
  /** @param {KeyboardEvent} event */
  const press = (event) => { // one line is looked up at Enter; in a text of more lines Enter is one more
    const { key, target, shiftKey, ctrlKey, altKey, metaKey, isComposing } = event;
    if (target !== entry || key !== "Enter" || shiftKey || ctrlKey || altKey || metaKey || isComposing) return;
    if (entry.value.includes("\n")) return;
    event.preventDefault();
    look();
  };

  const release = begin(el, "lookup", model.get("lang"), press);
  const unfollow = follow(model, { "change:found": show, "change:error": show });
  show();
  return () => {
    unfollow();
    release();
  };
}

export default { render };
