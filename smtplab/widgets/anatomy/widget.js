// The anatomy widget. It needs nothing but its model: get, on, off.
// State: texts, lang, parts [{kind, line, start, end, octets, text, name, explained}], defects [{line, start, end, shown}].
// What came over the wire is only ever set as text.

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function octetNodes(part) {
  if (!part.octets.length) return [element("span", { className: `wire whole part-${part.kind}`, textContent: part.text })];
  return part.octets.map(({ hex, shown }) => element("span", { className: `octet${shown.length > 1 ? " named" : ""}` },
    element("span", { className: `shown part-${part.kind}`, textContent: shown }),
    element("span", { className: "hex", textContent: hex })));
}

function render({ model, el }) {
  const texts = model.get("texts");
  el.classList.add("smtplab", "smtplab-anatomy");
  el.lang = model.get("lang");
  el.dataset.lmSuppressShortcuts = "true";
  const head = element("div", { className: "head" },
    element("span", { className: "title", textContent: texts.anatomy_title }),
    element("span", { className: "soft", textContent: texts.anatomy_hint }));
  const lines = element("div");
  lines.setAttribute("role", "group");
  lines.setAttribute("aria-label", texts.anatomy_parts);
  const explained = element("div", { className: "explained" });
  explained.setAttribute("role", "status");
  const defects = element("div", { className: "defects" });
  el.append(head, element("div", { className: "body" }, lines, explained, defects));

  let buttons = [];
  let current = 0;

  const fill = (text, fields) => Object.entries(fields).reduce((all, [key, value]) => all.replace(`{${key}}`, value), text);
  const place = (part) => fill(part.end - part.start > 1 ? texts.anatomy_octets : texts.anatomy_octet,
    { start: part.start, end: part.end - 1 });
  const broken = (part) => model.get("defects").filter(({ start, end }) =>
    start === end ? part.end === start : start < part.end && part.start < end);

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
      ...broken(part).map(({ shown }) => element("div", { className: "bad", textContent: `⚠ ${shown}` })));
  };
  const move = (event) => {
    event.stopPropagation(); // the notebook has shortcuts of its own
    const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -buttons.length, End: buttons.length };
    if (!(event.key in steps) || !buttons.includes(event.target)) return;
    event.preventDefault();
    buttons[Math.max(0, Math.min(buttons.length - 1, current + steps[event.key]))].focus();
  };
  const show = () => {
    const parts = model.get("parts");
    const rows = [];
    buttons = parts.map((part, which) => {
      const faulty = broken(part).length > 0;
      const button = element("button", { type: "button", tabIndex: -1, className: `part${faulty ? " is-broken" : ""}` },
        ...octetNodes(part));
      const label = [part.name, part.text, place(part), faulty ? texts.anatomy_broken : ""].filter(Boolean).join(", ");
      button.setAttribute("aria-label", label);
      button.addEventListener("focus", () => explain(which));
      button.addEventListener("click", () => button.focus());
      if (!rows[part.line]) {
        const run = element("div", { className: "run" });
        const number = fill(texts.anatomy_line, { number: part.line + 1 });
        rows[part.line] = element("div", { className: "row" },
          element("span", { className: "soft", textContent: number }), run);
        rows[part.line].run = run;
      }
      rows[part.line].run.append(button);
      return button;
    });
    lines.classList.toggle("many", parts.length > 500); // only what is in sight is laid out
    lines.replaceChildren(...rows);
    if (buttons.length) explain(0);
    const found = model.get("defects");
    const items = found.map(({ shown }) => element("li", { textContent: shown }));
    defects.replaceChildren(...(found.length
      ? [element("strong", { className: "bad", textContent: texts.anatomy_defects }), element("ul", {}, ...items)]
      : [element("span", { className: "soft", textContent: texts.anatomy_no_defects })]));
  };

  el.addEventListener("keydown", move);
  model.on("change:parts", show);
  show();
  return () => {
    model.off("change:parts", show);
    el.removeEventListener("keydown", move);
  };
}

export default { render };
