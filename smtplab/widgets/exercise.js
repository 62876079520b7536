// The exercise widget. It needs nothing but its model: get, on, off, send.
// State: question, kind, options [key, words], items, rows, call, prediction, texts, lang, given, feedback.

let forms = 0;

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

// Each field gives its node, read() → the answer or "" where it is not whole yet, and focus() on what is missing.
function writtenField(model, name) {
  const texts = model.get("texts");
  const many = model.get("rows") > 1;
  const input = element(many ? "textarea" : "input", {
    name, className: "mono smtplab-ex-command", value: model.get("given") || "", autocomplete: "off", spellcheck: false,
    ...(many ? { rows: model.get("rows") } : { type: "text" }),
  });
  input.setAttribute("autocapitalize", "off");
  const words = model.get("kind") === "command" ? texts.exercise_command : texts.exercise_text;
  const label = element("label", { className: "smtplab-ex-label" }, words, input);
  return { node: label, read: () => input.value.trim() && (many ? input.value : input.value.trim()), focus: () => input.focus() };
}

function chosenField(model, name) {
  const long = model.get("options").some(([, words]) => words.length > 12);
  const group = element("div", { className: `smtplab-ex-options${long ? " is-long" : ""}` });
  for (const [value, words] of model.get("options")) {
    const radio = element("input", { type: "radio", name, value, checked: value === model.get("given") });
    group.append(element("label", { className: "smtplab-ex-option" }, radio, element("span", { textContent: words })));
  }
  return {
    node: group,
    read: () => group.querySelector("input:checked")?.value ?? "",
    focus: () => group.querySelector("input")?.focus(),
  };
}

function namedField(model, name) {
  const given = Array.isArray(model.get("given")) ? model.get("given") : [];
  const selects = [];
  const rows = model.get("items").map((item, at) => {
    const id = `${name}-${at}`;
    const select = element("select", { id, name: id });
    select.append(element("option", { value: "", textContent: model.get("texts").exercise_choose }));
    for (const [value, words] of model.get("options")) select.append(element("option", { value, textContent: words }));
    select.value = given[at] ?? "";
    selects.push(select);
    const label = element("label", { className: "mono", htmlFor: id, textContent: item });
    return element("li", {}, label, select);
  });
  return {
    node: element("ol", { className: `smtplab-ex-items is-${model.get("kind")}` }, ...rows),
    read: () => (selects.every((select) => select.value) ? selects.map((select) => select.value) : ""),
    focus: () => selects.find((select) => !select.value)?.focus(),
  };
}

function calledField(model) {
  const code = element("code", { className: "mono", textContent: model.get("call") });
  return { node: element("p", { className: "smtplab-ex-call" }, `${model.get("texts").exercise_call} `, code) };
}

const FIELDS = {
  code: chosenField, choice: chosenField, command: writtenField, text: writtenField,
  parts: namedField, sort: namedField, function: calledField,
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
    const verdict = right ? texts.exercise_right : texts.exercise_not_yet;
    status.className = `smtplab-ex-feedback ${right ? "is-right" : "is-not-yet"}`;
    status.replaceChildren(element("p", {}, element("strong", { textContent: `${verdict} ` }), text));
    if (reply) {
      const wire = element("pre", { className: "smtplab-ex-reply", textContent: reply, tabIndex: 0 });
      wire.setAttribute("role", "region");
      wire.setAttribute("aria-label", texts.exercise_reply);
      status.append(wire);
    }
  };
  const keep = (event) => event.stopPropagation(); // the notebook has shortcuts of its own

  form.addEventListener("submit", submit);
  form.addEventListener("keydown", keep);
  model.on("change:feedback", show);
  el.append(form);
  show();
  return () => model.off("change:feedback", show);
}

export default { render };
