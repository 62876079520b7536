// The exercise widget. It needs nothing but its model: get, on, off, send; with set and save_changes, where there are
// any, what is filled in but not yet sent outlives a reload of the page.
// State: question, kind, options [key, words], items, rows, call, prediction, texts, lang, given, feedback.

let forms = 0;

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

// Each field gives its node, read() → the answer or "" where it is not whole yet, draft() → what is there so far,
// write(draft), and focus() on what is missing.
function writtenField(model, name, label) {
  const many = model.get("rows") > 1;
  const input = element(many ? "textarea" : "input", {
    name, className: "mono smtplab-ex-command", autocomplete: "off", spellcheck: false,
    ...(many ? { rows: model.get("rows") } : { type: "text" }),
  });
  input.setAttribute("autocapitalize", "off");
  return {
    node: element("label", { className: "smtplab-ex-label" }, model.get("texts")[label], input),
    read: () => input.value.trim() && (many ? input.value : input.value.trim()),
    draft: () => input.value,
    write: (given) => { if (typeof given === "string" && given !== input.value) input.value = given; },
    focus: () => input.focus(),
  };
}

function chosenField(model, name) {
  const long = model.get("options").some(([, words]) => words.length > 12);
  const group = element("div", { className: `smtplab-ex-options${long ? " is-long" : ""}` });
  for (const [value, words] of model.get("options")) {
    const radio = element("input", { type: "radio", name, value });
    group.append(element("label", { className: "smtplab-ex-option" }, radio, element("span", { textContent: words })));
  }
  const read = () => group.querySelector("input:checked")?.value ?? "";
  return {
    node: group,
    read,
    draft: read,
    write: (given) => { for (const radio of group.querySelectorAll("input")) radio.checked = radio.value === given; },
    focus: () => group.querySelector("input")?.focus(),
  };
}

function namedField(model, name) {
  const selects = [];
  const rows = model.get("items").map((item, at) => {
    const id = `${name}-${at}`;
    const select = element("select", { id, name: id });
    select.append(element("option", { value: "", textContent: model.get("texts").exercise_choose }));
    for (const [value, words] of model.get("options")) select.append(element("option", { value, textContent: words }));
    selects.push(select);
    const label = element("label", { className: "mono", htmlFor: id, textContent: item });
    return element("li", {}, label, select);
  });
  const draft = () => selects.map((select) => select.value);
  return {
    node: element("ol", { className: `smtplab-ex-items is-${model.get("kind")}` }, ...rows),
    read: () => (selects.every((select) => select.value) ? draft() : ""),
    draft,
    write: (given) => selects.forEach((select, at) => { select.value = Array.isArray(given) ? given[at] ?? "" : ""; }),
    focus: () => selects.find((select) => !select.value)?.focus(),
  };
}

function calledField(model) {
  const code = element("code", { className: "mono", textContent: model.get("call") });
  return { node: element("p", { className: "smtplab-ex-call" }, `${model.get("texts").exercise_call} `, code) };
}

const FIELDS = {
  code: chosenField,
  choice: chosenField,
  command: (model, name) => writtenField(model, name, "exercise_command"),
  text: (model, name) => writtenField(model, name, "exercise_text"),
  parts: namedField,
  sort: namedField,
  function: calledField,
};

function render({ model, el }) {
  const texts = model.get("texts");
  const name = `smtplab-exercise-${++forms}`;
  el.lang = model.get("lang");
  el.classList.add("smtplab", "smtplab-ex");
  el.dataset.lmSuppressShortcuts = "true";

  const field = FIELDS[model.get("kind")](model, name);
  const kind = model.get("prediction") ? texts.exercise_prediction : texts.exercise_exercise;
  const button = element("button", {
    type: "submit", className: "primary",
    textContent: model.get("prediction") ? texts.exercise_predict : texts.exercise_check,
  });
  const status = element("div", { className: "smtplab-ex-feedback" });
  status.setAttribute("role", "status");

  const legend = element("legend", {},
    element("span", { className: "smtplab-ex-kind", textContent: kind }),
    " ", // or the group's name would run both together
    element("span", { className: "smtplab-ex-question", textContent: model.get("question") }));
  const form = element("form", { noValidate: true }, element("fieldset", {}, legend, field.node, ...(field.read ? [button] : [])), status);

  const submit = (event) => {
    event.preventDefault();
    const answer = field.read();
    if (!answer) {
      status.className = "smtplab-ex-feedback";
      status.replaceChildren(element("p", { textContent: texts.exercise_empty }));
      field.focus();
      return;
    }
    model.send({ type: "answer", answer });
  };
  const show = () => {
    const { right, text, reply } = model.get("feedback") ?? {};
    if (text === undefined) return;
    const [verdict, look] = { true: [texts.exercise_right, "is-right"], false: [texts.exercise_not_yet, "is-not-yet"] }[right] ?? [];
    status.className = `smtplab-ex-feedback ${look ?? ""}`; // what was refused is neither
    status.replaceChildren(element("p", {}, ...(verdict ? [element("strong", { textContent: `${verdict} ` })] : []), text));
    if (reply) {
      const wire = element("pre", { className: "smtplab-ex-reply", textContent: reply, tabIndex: 0 });
      wire.setAttribute("role", "region");
      wire.setAttribute("aria-label", texts.exercise_reply);
      status.append(wire);
    }
  };
  const keep = (event) => {
    event.stopPropagation(); // the notebook has shortcuts of its own
    if (field.read && event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  };
  const draft = () => {
    model.set?.("given", field.draft());
    model.save_changes?.();
  };
  const fill = () => field.write?.(model.get("given"));

  form.addEventListener("submit", submit);
  form.addEventListener("keydown", keep);
  if (field.read) form.addEventListener("change", draft);
  model.on("change:feedback", show);
  model.on("change:given", fill);
  el.append(form);
  fill();
  show();
  return () => {
    model.off("change:feedback", show);
    model.off("change:given", fill);
  };
}

export default { render };
