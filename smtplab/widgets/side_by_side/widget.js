/**
 * Side by side: two commands' replies, or two codes; what is the same and what differs.
 * It sends {type: "compare", first, second}.
 * @typedef {CodeView & {title: string, code: string, lines: Piece[][], defects?: Defect[]}} Side
 * One text, the other, and whether they are the same.
 * @typedef {[string, string, boolean]} Couple
 * @typedef {{claim: string, verdict: string, text: string, source: string}} Correction
 * @typedef {{sides: Side[], digits: Couple[], lines: Couple[], readings: [string, string][], same: string[],
 *   differences: string[], corrections: Correction[]}} Pair
 * @typedef {SharedState & {codes: boolean, pair: Pair, error: string}} State
 */

/**
 * @param {Side} side
 * @param {Couple[]} digits
 * @param {string} label of the lines
 */
function card(side, digits, label) {
  const code = element("div", { className: "code" }, ...digits.map(([, , same], place) =>
    element("span", { className: same ? "" : "differs", textContent: side.code[place] })));
  const node = element("div", { className: "card" },
    element("div", { className: "asked", textContent: side.title }), code,
    element("div", { className: "name", textContent: side.name }));
  if (side.meaning) node.append(element("div", { textContent: side.meaning }));
  if (side.lines.length) {
    const lines = element("div", { className: "lines" }, ...lineNodes(side.lines));
    node.append(region(lines, label), ...defectNodes(side.defects ?? []));
  }
  return node;
}

/**
 * @param {string[]} head
 * @param {HTMLTableRowElement[]} rows
 */
function table(head, rows) {
  const header = element("tr");
  for (const text of head) header.append(text ? element("th", { scope: "col", textContent: text }) : element("td"));
  return element("div", { className: "scroll" },
    element("table", {}, element("thead", {}, header), element("tbody", {}, ...rows)));
}

/**
 * @param {string} title
 * @param {string[]} entries
 */
function list(title, entries) {
  if (!entries.length) return [];
  const items = entries.map((text) => element("li", { textContent: text }));
  return [element("div", { className: "heading", textContent: title }), element("ul", {}, ...items)];
}

/** @param {Correction} correction */
function correctionNode({ claim, verdict, text, source }) {
  return element("li", {}, element("span", { className: "claim", textContent: claim }), " ",
    element("strong", { textContent: `${verdict}. ` }), source ? `${text} [${source}]` : text);
}

/** @param {import("@anywidget/types").RenderProps<State>} props */
function render({ model, el }) {
  const texts = model.get("texts");
  const body = element("div", { className: "body" });
  const status = statusLine("div", "bad");
  const keys = model.get("codes") ? ["side_first_code", "side_second_code"] : ["side_first", "side_second"];
  const inputs = keys.map(lineInput);
  const form = element("form", {}, ...inputs.map((input, which) => element("label", {}, texts[keys[which]], input)),
    element("button", { type: "submit", className: "primary", textContent: texts.side_compare }));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const [first, second] = inputs.map((input) => input.value);
    model.send({ type: "compare", first, second });
  });
  el.append(headOf(texts.side_title, form), status, body);

  /** @param {string} text @param {number} place */
  const number = (text, place) => element("th", { scope: "row", textContent: fill(text, { number: place + 1 }) });
  /** @param {boolean} same */
  const verdict = (same) => element("td", {
    className: `verdict ${same ? "is-same" : "is-different"}`,
    textContent: same ? `= ${texts.side_same}` : `≠ ${texts.side_differs}`,
  });
  /** @param {Pair} pair */
  const digitRows = ({ digits, readings }) => digits.map(([one, other, same], place) => {
    const [left, right] = readings[place] ?? ["", ""];
    return element("tr", {}, number(texts.side_digit, place),
      element("td", {}, element("b", { textContent: one }), left),
      element("td", {}, element("b", { textContent: other }), right), verdict(same));
  });
  /** @param {Pair} pair */
  const lineRows = ({ lines }) => lines.map(([one, other, same], place) => element("tr", {}, number(texts.side_line, place),
    element("td", { className: "mono", textContent: one }), element("td", { className: "mono", textContent: other }),
    verdict(same)));

  const show = () => {
    const pair = model.get("pair");
    const titles = pair.sides.map((side) => side.title);
    inputs.forEach((input, which) => { input.value = titles[which]; });
    const columns = ["", ...titles, ""];
    body.replaceChildren(
      element("div", { className: "cards" }, ...pair.sides.map((side, which) =>
        card(side, pair.digits, `${texts.side_lines}: ${side.title} (${which + 1})`))),
      element("div", { className: "heading", textContent: texts.side_digits }), table(columns, digitRows(pair)),
      ...list(texts.side_what_same, pair.same), ...list(texts.side_what_differs, pair.differences),
      ...(pair.lines.length ? [folded(texts.side_lines, table(columns, lineRows(pair)))] : []),
      ...(pair.corrections.length
        ? [folded(texts.side_corrections, element("ol", {}, ...pair.corrections.map(correctionNode)))] : []));
  };
  const complain = () => {
    status.textContent = model.get("error");
    status.style.padding = status.textContent ? "10px 14px 0" : "0";
  };

  const release = begin(el, "side", model.get("lang"));
  const unfollow = follow(model, { "change:pair": show, "change:error": complain });
  show();
  complain();
  return () => {
    unfollow();
    release();
  };
}

export default { render };
