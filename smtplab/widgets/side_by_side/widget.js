// The side-by-side widget. It needs nothing but its model: get, on, off, send.
// State: texts, lang, codes, pair {sides, digits, lines, readings, same, differences, corrections}, error.
// It sends {type: "compare", first, second}. What came over the wire is only ever set as text.

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function card(side, digits, which, texts) {
  const code = element("div", { className: "code" });
  digits.forEach((digit, place) => {
    code.append(element("span", { className: digit[2] ? "" : "differs", textContent: side.code[place] }));
  });
  const made = element("div", { className: "card" },
    element("div", { className: "asked", textContent: side.title }), code,
    element("div", { className: "name", textContent: side.name }));
  if (side.meaning) made.append(element("div", { textContent: side.meaning }));
  if (!side.lines.length) return made;
  const lines = element("div", { className: "lines", tabIndex: 0 });
  lines.setAttribute("role", "region");
  lines.setAttribute("aria-label", `${texts.side_lines}: ${side.title} (${which})`);
  for (const parts of side.lines) {
    const line = element("div", { className: "wire" });
    for (const { kind, text } of parts) {
      if (kind !== "cr" && kind !== "lf") line.append(element("span", { className: `part-${kind}`, textContent: text }));
    }
    lines.append(line);
  }
  made.append(lines);
  for (const defect of side.defects) {
    made.append(element("div", { className: "bad", textContent: `⚠ ${defect.text} (${defect.source})` }));
  }
  return made;
}

function verdict(same, texts) {
  return element("td", {
    className: `verdict ${same ? "is-same" : "is-different"}`,
    textContent: same ? `= ${texts.side_same}` : `≠ ${texts.side_differs}`,
  });
}

function table(head, rows) {
  const header = element("tr");
  for (const text of head) header.append(text ? element("th", { scope: "col", textContent: text }) : element("td"));
  return element("div", { className: "scroll" },
    element("table", {}, element("thead", {}, header), element("tbody", {}, ...rows)));
}

function digitRows(pair, texts) {
  return pair.digits.map(([one, other, same], place) => {
    const [left, right] = pair.readings[place] ?? ["", ""];
    const cell = (digit, text) => element("td", {}, element("b", { textContent: digit }), text);
    const number = texts.side_digit.replace("{number}", place + 1);
    return element("tr", {}, element("th", { scope: "row", textContent: number }),
      cell(one, left), cell(other, right), verdict(same, texts));
  });
}

function lineRows(pair, texts) {
  return pair.lines.map(([one, other, same], place) => element("tr", {},
    element("th", { scope: "row", textContent: texts.side_line.replace("{number}", place + 1) }),
    element("td", { className: "mono", textContent: one }), element("td", { className: "mono", textContent: other }),
    verdict(same, texts)));
}

function list(title, entries) {
  if (!entries.length) return [];
  const items = entries.map((text) => element("li", { textContent: text }));
  return [element("div", { className: "heading", textContent: title }), element("ul", {}, ...items)];
}

function folded(title, ...nodes) {
  return element("details", {}, element("summary", { textContent: title }), ...nodes);
}

function corrections(pair, texts) {
  if (!pair.corrections.length) return [];
  const items = pair.corrections.map(({ claim, verdict: said, text, source }) => element("li", {},
    element("span", { className: "claim", textContent: claim }), " ",
    element("strong", { textContent: `${said}. ` }), source ? `${text} [${source}]` : text));
  return [folded(texts.side_corrections, element("ol", {}, ...items))];
}

function render({ model, el }) {
  const texts = model.get("texts");
  el.classList.add("smtplab", "smtplab-side");
  el.lang = model.get("lang");
  el.dataset.lmSuppressShortcuts = "true";

  const head = element("div", { className: "head" }, element("span", { className: "title", textContent: texts.side_title }));
  const body = element("div", { className: "body" });
  const status = element("div", { className: "bad" });
  status.setAttribute("role", "status");
  const keys = model.get("codes") ? ["side_first_code", "side_second_code"] : ["side_first", "side_second"];
  const inputs = keys.map((key) => {
    const input = element("input", { type: "text", className: "mono", autocomplete: "off", spellcheck: false });
    return { input, label: element("label", {}, texts[key], input) };
  });
  const form = element("form", {}, ...inputs.map(({ label }) => label),
    element("button", { type: "submit", className: "primary", textContent: texts.side_compare }));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const [first, second] = inputs.map(({ input }) => input.value);
    model.send({ type: "compare", first, second });
  });
  head.append(form);
  el.append(head, status, body);

  const show = () => {
    const pair = model.get("pair");
    const titles = pair.sides.map((side) => side.title);
    inputs.forEach(({ input }, which) => { input.value = titles[which]; });
    const columns = ["", ...titles, ""];
    body.replaceChildren(
      element("div", { className: "cards" }, ...pair.sides.map((side, which) => card(side, pair.digits, which + 1, texts))),
      element("div", { className: "heading", textContent: texts.side_digits }), table(columns, digitRows(pair, texts)),
      ...list(texts.side_what_same, pair.same), ...list(texts.side_what_differs, pair.differences),
      ...(pair.lines.length ? [folded(texts.side_lines, table(columns, lineRows(pair, texts)))] : []),
      ...corrections(pair, texts));
  };
  const complain = () => {
    status.textContent = model.get("error");
    status.style.padding = status.textContent ? "10px 14px 0" : "0";
  };
  const keep = (event) => event.stopPropagation(); // the notebook has shortcuts of its own

  el.addEventListener("keydown", keep);
  model.on("change:pair", show);
  model.on("change:error", complain);
  show();
  complain();
  return () => {
    model.off("change:pair", show);
    model.off("change:error", complain);
    el.removeEventListener("keydown", keep);
  };
}

export default { render };
