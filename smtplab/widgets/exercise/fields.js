// The fields of the exercise card: how an answer of each kind is filled in, and how it is marked. Joined in front of
// widget.js, after common.js.

/**
 * @typedef {string | string[]} Answer
 * What a row of an answer got: whether it is right, and the words made for it where it is not.
 * @typedef {{right: boolean, text: string}} RowMark
 * What the fields need of the card's state.
 * @typedef {SharedState & {kind: string, options: [string, string][], items: string[], rows: number, name: string,
 *   call: string}} Asked
 * @typedef {Pick<import("@anywidget/types").AnyModel<Asked>, "get">} AskedModel
 * Where an answer is filled in. read: the answer, or "" where it is not whole yet. draft: what is there so far, and
 * write puts it back. focus: goes to what is missing. mark: shows what each row got; none takes all marks away.
 * blank: marks the rows that are empty, and returns how many. tag: says at an option what became of it.
 * @typedef {{read: () => Answer, draft: () => Answer, write: (draft: Answer) => void, focus: () => void,
 *   mark?: (rows: RowMark[]) => void, blank?: () => number, tag?: (tags: Record<string, string>) => void}} Entry
 * @typedef {{node: HTMLElement, entry: Entry}} Field
 * @typedef {HTMLSelectElement | HTMLInputElement} Control
 */

/**
 * Return a text as its lines, an element each, so that one which wraps is not taken for two. The line ends between them
 * are for those who copy it.
 * @param {string} text
 */
function eachLine(text) {
  return text.split("\n").flatMap((line, at) => {
    const node = element("span", { className: "smtplab-ex-line", textContent: line });
    return at ? ["\n", node] : [node];
  });
}

/** @type {(model: AskedModel, name: string, label: string) => Field} */
function writtenField(model, name, label) {
  const rows = model.get("rows");
  const input = rows > 1 ? element("textarea", { rows, autocomplete: "off", spellcheck: false }) : lineInput();
  Object.assign(input, { name, className: "mono smtplab-ex-command" });
  input.setAttribute("autocapitalize", "off");
  return {
    node: element("label", { className: "smtplab-ex-label" }, model.get("texts")[label], input),
    entry: {
      read: () => input.value.trim() && (rows > 1 ? input.value : input.value.trim()),
      draft: () => input.value,
      write: (draft) => { if (typeof draft === "string" && draft !== input.value) input.value = draft; },
      focus: () => input.focus(),
    },
  };
}

/** @type {(model: AskedModel, name: string) => Field} */
function chosenField(model, name) {
  const options = model.get("options");
  const long = options.some(([, words]) => words.length > 12);
  const radios = options.map(([value]) => element("input", { type: "radio", name, value }));
  const tags = options.map(() => element("span", { className: "smtplab-ex-tag" }));
  const read = () => radios.find(({ checked }) => checked)?.value ?? "";
  return {
    node: element("div", { className: `smtplab-ex-options${long ? " is-long" : ""}` }, ...options.map(([, words], at) =>
      element("label", { className: "smtplab-ex-option" }, radios[at], element("span", { textContent: words }), tags[at]))),
    entry: {
      read,
      draft: read,
      write: (draft) => { for (const radio of radios) radio.checked = radio.value === draft; },
      focus: () => (radios.find(({ checked }) => checked) ?? radios[0])?.focus(),
      tag: (words) => tags.forEach((tag, at) => {
        const text = words[options[at][0]] ?? "";
        tag.textContent = text && ` ${text}`;
      }),
    },
  };
}

/**
 * Return a field of several rows, each with what is asked, a control, its mark and its words.
 * @param {AskedModel} model
 * @param {Control[]} controls
 * @returns {Field}
 */
function rowsField(model, controls) {
  const texts = model.get("texts");
  const kind = model.get("kind");
  const values = () => controls.map((control) => control.value.trim());
  const rows = model.get("items").map((item, at) => {
    const control = controls[at];
    const mark = element("span", { className: "smtplab-ex-mark", id: `${control.id}-mark` });
    const words = element("p", { className: "smtplab-ex-words", id: `${control.id}-words`, hidden: true });
    control.setAttribute("aria-describedby", `${mark.id} ${words.id}`);
    const label = element("label", { className: kind === "series" ? "" : "mono", htmlFor: control.id }, ...eachLine(item));
    return { control, mark, words, node: element("li", {}, label, element("span", { className: "smtplab-ex-set" }, control, mark), words) };
  });
  /** @param {number} at @param {string} look @param {string} text @param {string} words */
  const show = (at, look, text, words = "") => {
    const row = rows[at];
    row.node.className = look;
    row.mark.textContent = text;
    row.words.textContent = words;
    row.words.hidden = !words;
    if (look === "is-wrong") row.control.setAttribute("aria-invalid", "true");
    else row.control.removeAttribute("aria-invalid");
  };
  rows.forEach(({ control }, at) => {
    control.addEventListener("input", () => show(at, "", "")); // its mark is of another answer
  });
  return {
    node: element("ol", { className: `smtplab-ex-items is-${kind}` }, ...rows.map(({ node }) => node)),
    entry: {
      read: () => (values().every(Boolean) ? values() : ""),
      draft: () => controls.map((control) => control.value),
      write: (draft) => controls.forEach((control, at) => {
        const value = Array.isArray(draft) ? draft[at] ?? "" : "";
        if (value !== control.value) control.value = value;
      }),
      focus: () => (controls.find((control) => !control.value.trim()) ?? controls[0]).focus(),
      mark: (marks) => rows.forEach((_, at) => {
        if (!marks[at]) show(at, "", "");
        else if (marks[at].right) show(at, "is-good", `✓ ${texts.exercise_row_right}`);
        else show(at, "is-wrong", `✗ ${texts.exercise_row_wrong}`, marks[at].text);
      }),
      blank: () => values().filter((value, at) => {
        if (!value) show(at, "is-empty", `○ ${texts.exercise_row_empty}`);
        return !value;
      }).length,
    },
  };
}

/** @type {(model: AskedModel, name: string) => Field} */
function namedField(model, name) {
  return rowsField(model, model.get("items").map((_, at) => element("select", { id: `${name}-${at}`, name: `${name}-${at}` },
    element("option", { value: "", textContent: model.get("texts").exercise_choose }),
    ...model.get("options").map(([value, words]) => element("option", { value, textContent: words })))));
}

/** @type {(model: AskedModel, name: string) => Field} */
function answeredField(model, name) {
  return rowsField(model, model.get("items").map((_, at) =>
    Object.assign(lineInput(), { id: `${name}-${at}`, name: `${name}-${at}`, size: 8 })));
}

/** @type {(model: AskedModel) => Field} */
function calledField(model) {
  const texts = model.get("texts");
  const name = element("code", { className: "mono", textContent: model.get("name") });
  const [before, after] = texts.exercise_call.split("{name}");
  const call = element("code", { className: "mono", textContent: model.get("call") });
  return {
    node: element("p", { className: "smtplab-ex-call" }, before, name, `${after} `, element("span", { className: "soft" },
      `${texts.exercise_or_call} `, call)),
    entry: { read: () => model.get("name"), draft: () => "", write: () => {}, focus: () => {} },
  };
}
