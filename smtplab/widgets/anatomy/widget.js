/**
 * The anatomy: every octet of a reply, each part with its explanation.
 * @typedef {{kind: string, line: number, start: number, end: number, octets: {hex: string, shown: string}[],
 *   text: string, name: string, explained: string}} Part
 * @typedef {SharedState & {parts: Part[], defects: (Defect & {shown: string})[]}} State
 */

/** @param {Part} part */
function octetNodes(part) {
  if (!part.octets.length) return [pieceNode(part.kind, part.text, "wire whole")];
  const digit = part.kind === "code" ? ` ${digitClass(part.text)}` : "";
  return part.octets.map(({ hex, shown }) => element("span", { className: `octet${shown.length > 1 ? " named" : ""}` },
    element("span", { className: `shown part-${part.kind}${digit}`, textContent: shown }),
    element("span", { className: "hex", textContent: hex })));
}

/** @param {import("@anywidget/types").RenderProps<State>} props */
function render({ model, el }) {
  const texts = model.get("texts");
  const lines = attributes(element("div"), { role: "group", "aria-label": texts.anatomy_parts });
  const explained = statusLine("div", "explained");
  const defects = element("div", { className: "defects" });
  el.append(headOf(texts.anatomy_title, element("span", { className: "soft", textContent: texts.anatomy_hint })),
    element("div", { className: "body" }, lines, explained, defects));

  /** @type {HTMLButtonElement[]} */
  let buttons = [];
  let current = 0;

  /** @param {Part} part */
  const place = (part) => fill(part.end - part.start > 1 ? texts.anatomy_octets : texts.anatomy_octet,
    { start: part.start, end: part.end - 1 });
  /** @param {Part} part */
  const broken = (part) => model.get("defects").filter(({ start, end }) =>
    start === end ? part.end === start : start < part.end && part.start < end);

  /** @param {number} which */
  const explain = (which) => {
    const part = model.get("parts")[which];
    buttons[current]?.classList.remove("is-current");
    if (buttons[current]) buttons[current].tabIndex = -1;
    current = which;
    buttons[current].classList.add("is-current");
    buttons[current].tabIndex = 0;
    const line = fill(texts.anatomy_line, { number: part.line + 1 });
    explained.replaceChildren(
      element("div", {}, element("strong", { textContent: part.name }),
        element("span", { className: "soft", textContent: ` · ${line} · ${place(part)}` })),
      element("div", { textContent: part.explained }),
      ...broken(part).map(({ shown }) => warning(shown)));
  };
  /** @param {KeyboardEvent} event */
  const move = (event) => {
    /** @type {Record<string, number>} */
    const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -buttons.length, End: buttons.length };
    if (!(event.key in steps) || !buttons.some((button) => button === event.target)) return;
    event.preventDefault();
    buttons[Math.max(0, Math.min(buttons.length - 1, current + steps[event.key]))].focus();
  };
  const show = () => {
    const parts = model.get("parts");
    /** @type {HTMLElement[]} */
    const rows = [];
    /** @type {HTMLElement[]} */
    const runs = [];
    buttons = parts.map((part, which) => {
      const faulty = broken(part).length > 0;
      const button = element("button", { type: "button", tabIndex: -1, className: `part${faulty ? " is-broken" : ""}` },
        ...octetNodes(part));
      const label = [part.name, part.text, place(part), faulty ? texts.anatomy_broken : ""].filter(Boolean).join(", ");
      button.setAttribute("aria-label", label);
      button.addEventListener("focus", () => explain(which));
      button.addEventListener("click", () => button.focus());
      if (!rows[part.line]) {
        runs[part.line] = element("div", { className: "run" });
        const number = fill(texts.anatomy_line, { number: part.line + 1 });
        rows[part.line] = element("div", { className: "row" },
          element("span", { className: "soft", textContent: number }), runs[part.line]);
      }
      runs[part.line].append(button);
      return button;
    });
    lines.classList.toggle("many", parts.length > 500); // only what is in sight is laid out
    lines.replaceChildren(...rows);
    if (buttons.length) explain(0);
    const items = model.get("defects").map(({ shown }) => element("li", { textContent: shown }));
    defects.replaceChildren(...(items.length
      ? [element("strong", { className: "bad", textContent: texts.anatomy_defects }), element("ul", {}, ...items)]
      : [element("span", { className: "soft", textContent: texts.anatomy_no_defects })]));
  };

  const release = begin(el, "anatomy", model.get("lang"), move);
  const unfollow = follow(model, { "change:parts": show });
  show();
  return () => {
    unfollow();
    release();
  };
}

export default { render };
