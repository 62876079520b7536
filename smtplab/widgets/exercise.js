// The exercise widget. It needs nothing but its model: get, on, off, send.
// State: question, kind, options, prediction, texts, lang, given, feedback.

let forms = 0;

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function answerField(model, name) {
  const texts = model.get("texts");
  if (model.get("kind") === "command") {
    const input = element("input", {
      type: "text", name, className: "mono smtplab-ex-command", value: model.get("given") || "",
      autocomplete: "off", spellcheck: false,
    });
    input.setAttribute("autocapitalize", "off");
    const label = element("label", { className: "smtplab-ex-label" }, texts.exercise_command, input);
    return { node: label, read: () => input.value.trim(), focus: () => input.focus() };
  }
  const group = element("div", { className: "smtplab-ex-options" });
  for (const option of model.get("options")) {
    const radio = element("input", { type: "radio", name, value: option, checked: option === model.get("given") });
    group.append(element("label", { className: "smtplab-ex-option" }, radio, element("span", { textContent: option })));
  }
  return {
    node: group,
    read: () => group.querySelector("input:checked")?.value ?? "",
    focus: () => group.querySelector("input")?.focus(),
  };
}

function render({ model, el }) {
  const texts = model.get("texts");
  const name = `smtplab-exercise-${++forms}`;
  el.lang = model.get("lang");
  el.classList.add("smtplab", "smtplab-ex");
  el.dataset.lmSuppressShortcuts = "true";

  const field = answerField(model, name);
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
  const form = element("form", { noValidate: true }, element("fieldset", {}, legend, field.node, button), status);

  const submit = (event) => {
    event.preventDefault();
    const answer = field.read();
    if (!answer) {
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
