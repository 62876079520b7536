/**
 * Side by side: two commands' replies, or two codes; what is the same and what differs.
 * It sends {type: "compare", first, second}.
 * @typedef {CodeView & {title: string, code: string, defects: Defect[]}} Side
 * One text, the other, and whether they are the same.
 * @typedef {[string, string, boolean]} Couple
 * @typedef {{claim: string, verdict: string, text: string, source: string}} Correction
 * A line, the one opposite to it, and whether they are the same.
 * @typedef {[Piece[], Piece[], boolean]} Opposite
 * @typedef {{sides: Side[], digits: Couple[], lines: Opposite[], readings: [string, string][], same: string[],
 *   differences: string[], corrections: Correction[]}} Pair
 * @typedef {SharedState & {codes: boolean, pair: Pair, error: string}} State
 */

const POINTS = 3; // of the differences that are shown, the others are folded away

/**
 * @param {Side} side
 * @param {Couple[]} digits
 */
function card(side, digits) {
  const code = element("div", { className: `code ${digitClass(side.code)}` }, ...digits.map(([, , same], place) =>
    element("span", { className: same ? "" : "differs", textContent: side.code[place] })));
  const node = element("div", { className: "card" },
    element("div", { className: "asked", textContent: side.title }), code,
    element("div", { className: "name", textContent: side.name }));
  if (side.meaning) node.append(element("div", { textContent: side.meaning }));
  node.append(...defectNodes(side.defects));
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
  /** @param {Opposite} line @param {number} place @param {boolean} isMarked */
  const lineRow = ([one, other, same], place, isMarked) => element("tr", {}, number(texts.side_line, place),
    ...[one, other].map((pieces) => element("td", {}, ...lineNodes(pieces.length ? [pieces] : []))),
    ...(isMarked ? [verdict(same)] : []));
  /** @param {string[]} columns @param {Opposite[]} lines */
  const lineTable = (columns, lines) => {
    if (!lines.length) return [];
    const count = lines.filter(([, , same]) => same).length;
    const isMixed = lines.length === 1 || (count > 0 && count < lines.length); // else it is said once, of all
    const whole = element("span", { className: `verdict ${count ? "is-same" : "is-different"}`,
      textContent: count ? `= ${texts.side_all_same}` : `≠ ${texts.side_all_differ}` });
    const rows = lines.map((line, place) => lineRow(line, place, isMixed));
    return [
      element("div", { className: "heading" }, texts.side_lines, ...(isMixed ? [] : [" ", whole])),
      region(element("div", { className: `lines${isMixed ? " is-mixed" : ""}` },
        table(isMixed ? columns : columns.slice(0, -1), rows)), texts.side_lines),
    ];
  };

  const show = () => {
    const pair = model.get("pair");
    const titles = pair.sides.map((side) => side.title);
    inputs.forEach((input, which) => { input.value = titles[which]; });
    const columns = ["", ...titles, ""];
    const digits = [element("div", { className: "heading", textContent: texts.side_digits }), table(columns, digitRows(pair))];
    const shown = pair.differences.slice(0, POINTS);
    const further = pair.differences.slice(POINTS);
    const points = list(texts.side_what_differs, shown);
    const more = points.length ? [...list(texts.side_what_same, pair.same), ...list(texts.side_what_differs, further)] : [];
    const title = further.length ? fill(texts.side_more_points, { number: further.length }) : texts.side_more;
    body.replaceChildren(
      element("div", { className: "cards" }, ...pair.sides.map((side) => card(side, pair.digits))),
      ...digits, ...lineTable(columns, pair.lines),
      ...(points.length ? points : list(texts.side_what_same, pair.same)),
      ...(more.length ? [folded(title, ...more)] : []),
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
