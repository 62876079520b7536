/**
 * The exercise card: a question, an answer, and the feedback made for that answer. It sends {type: "answer", answer};
 * with its model's set and save_changes, where there are any, what is filled in but not sent outlives a reload.
 * @typedef {string | string[]} Answer
 * @typedef {{right: boolean | null, text: string, reply: string, verdict: string, number: number}} Feedback
 * @typedef {SharedState & {question: string, kind: string, options: [string, string][], items: string[], rows: number,
 *   call: string, prediction: boolean, given: Answer, feedback: Feedback | {}}} State
 * @typedef {import("@anywidget/types").AnyModel<State>} Model
 * Where an answer is filled in. read: the answer, or "" where it is not whole yet. draft: what is there so far, and
 * write puts it back. focus: goes to what is missing. Only `node` where nothing is filled in.
 * @typedef {{read: () => Answer, draft: () => Answer, write: (draft: Answer) => void, focus: () => void}} Entry
 * @typedef {{node: HTMLElement, entry?: Entry}} Field
 */

/** @type {(model: Model, name: string, label: string) => Field} */
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

/** @type {(model: Model, name: string) => Field} */
function chosenField(model, name) {
  const options = model.get("options");
  const long = options.some(([, words]) => words.length > 12);
  const radios = options.map(([value]) => element("input", { type: "radio", name, value }));
  const read = () => radios.find(({ checked }) => checked)?.value ?? "";
  return {
    node: element("div", { className: `smtplab-ex-options${long ? " is-long" : ""}` }, ...options.map(([, words], at) =>
      element("label", { className: "smtplab-ex-option" }, radios[at], element("span", { textContent: words })))),
    entry: {
      read,
      draft: read,
      write: (draft) => { for (const radio of radios) radio.checked = radio.value === draft; },
      focus: () => radios[0]?.focus(),
    },
  };
}

/** @type {(model: Model, name: string) => Field} */
function namedField(model, name) {
  const selects = model.get("items").map((_, at) => element("select", { id: `${name}-${at}`, name: `${name}-${at}` },
    element("option", { value: "", textContent: model.get("texts").exercise_choose }),
    ...model.get("options").map(([value, words]) => element("option", { value, textContent: words }))));
  const draft = () => selects.map((select) => select.value);
  return {
    node: element("ol", { className: `smtplab-ex-items is-${model.get("kind")}` }, ...model.get("items").map((item, at) =>
      element("li", {}, element("label", { className: "mono", htmlFor: selects[at].id, textContent: item }), selects[at]))),
    entry: {
      read: () => (selects.every((select) => select.value) ? draft() : ""),
      draft,
      write: (values) => selects.forEach((select, at) => { select.value = Array.isArray(values) ? values[at] ?? "" : ""; }),
      focus: () => selects.find((select) => !select.value)?.focus(),
    },
  };
}

/** @type {(model: Model) => Field} */
function calledField(model) {
  const code = element("code", { className: "mono", textContent: model.get("call") });
  return { node: element("p", { className: "smtplab-ex-call" }, `${model.get("texts").exercise_call} `, code) };
}

/** @type {Record<string, (model: Model, name: string) => Field>} */
const FIELDS = {
  code: chosenField,
  choice: chosenField,
  command: (model, name) => writtenField(model, name, "exercise_command"),
  text: (model, name) => writtenField(model, name, "exercise_text"),
  parts: namedField,
  sort: namedField,
  function: calledField,
};

/** @param {import("@anywidget/types").RenderProps<State>} props */
function render({ model, el }) {
  const texts = model.get("texts");
  const { node, entry } = FIELDS[model.get("kind")](model, uniqueId("exercise"));
  const [kind, act] = model.get("prediction")
    ? [texts.exercise_prediction, texts.exercise_predict] : [texts.exercise_exercise, texts.exercise_check];
  const button = element("button", { type: "submit", className: "primary", textContent: act });
  const status = statusLine("div", "smtplab-ex-feedback");
  const legend = element("legend", {},
    element("span", { className: "smtplab-ex-kind", textContent: kind }),
    " ", // or the group's name would run both together
    element("span", { className: "smtplab-ex-question", textContent: model.get("question") }));
  const form = element("form", { noValidate: true }, element("fieldset", {}, legend, node, ...(entry ? [button] : [])), status);
  el.append(form);

  const show = () => {
    const feedback = model.get("feedback") ?? {};
    if (!("text" in feedback)) return;
    const { right, text, reply, verdict } = feedback;
    const look = right ? "is-right" : "is-not-yet";
    status.className = `smtplab-ex-feedback ${right === null ? "" : look}`; // what was refused is neither
    status.replaceChildren(element("p", {}, ...(right === null ? [] : [element("strong", { textContent: `${verdict} ` })]), text));
    if (reply) status.append(region(element("pre", { className: "smtplab-ex-reply", textContent: reply }), texts.exercise_reply));
  };
  const putBack = () => entry?.write(model.get("given"));
  if (entry) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const answer = entry.read();
      if (answer) {
        model.send({ type: "answer", answer });
        return;
      }
      status.className = "smtplab-ex-feedback";
      status.replaceChildren(element("p", { textContent: texts.exercise_empty }));
      entry.focus();
    });
    form.addEventListener("change", () => {
      model.set?.("given", entry.draft());
      model.save_changes?.();
    });
  }
  const release = begin(el, "ex", model.get("lang"));
  const unfollow = follow(model, { "change:feedback": show, "change:given": putBack });
  putBack();
  show();
  return () => {
    unfollow();
    release();
  };
}

export default { render };
