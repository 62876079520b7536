/**
 * The exercise card: a question, an answer, and the feedback made for that answer. It sends {type: "answer", answer,
 * seconds}, {type: "hint"}, {type: "solution"} and {type: "another"}, each answered by a change of its state.
 * With its model's set and save_changes, where there are any, what is filled in but not sent outlives a reload.
 * answer: what this was told of. so: what is right, and why, where a prediction in words failed. at: when it was answered,
 * "" where it was in this card.
 * @typedef {{right: boolean | null, text: string, reply: string, verdict: string, of: string, rows: RowMark[],
 *   so: {of: string, text: string} | {}, answer: Answer, at: string, number: number}} Feedback
 * What a solution is: the answer's words or code, and why it is right.
 * @typedef {{words: string, code: string, reason: string}} Solution
 * What was answered before this card was made: a prediction the first time, else the last time; right_at is "" where
 * no answer was right yet, first says whether the first one was.
 * @typedef {{at: string, right_at: string, first: boolean, answer: Answer}} Past
 * @typedef {Asked & {exercise: string, seed: number, question: string, prediction: boolean, another: boolean,
 *   given: Answer, feedback: Feedback | {}, tags: Record<string, string>, hints: string[], solution: Solution | {},
 *   wrong: number, solved: boolean, past: Past | {}, card: number, round?: Round}} State
 * @typedef {import("@anywidget/types").AnyModel<State>} Model
 */

/** @type {Record<string, (model: AskedModel, name: string) => Field>} */
const FIELDS = {
  code: chosenField,
  choice: chosenField,
  command: (model, name) => writtenField(model, name, "exercise_command"),
  text: (model, name) => writtenField(model, name, "exercise_text"),
  parts: namedField,
  sort: namedField,
  series: answeredField,
  function: calledField,
};

const OFFERED_AFTER = 2; // wrong tries

/**
 * Return what counts the seconds since an element first came into sight.
 * @param {HTMLElement} el
 */
function stopwatch(el) {
  /** @type {number | null} */
  let since = null;
  const observer = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    since = performance.now();
    observer.disconnect();
  });
  observer.observe(el);
  return {
    seconds: () => (since === null ? null : Math.round(performance.now() - since) / 1000),
    end: () => observer.disconnect(),
  };
}

/**
 * Return whether two answers are the same, blanks around them left out.
 * @param {Answer} one
 * @param {Answer} other
 */
function sameAnswer(one, other) {
  const [left, right] = [one, other].map((answer) => JSON.stringify([answer].flat().map((text) => text.trim())));
  return left === right;
}

/**
 * Return whether a prediction was made, and stands.
 * @param {Model} model
 */
function isPredicted(model) {
  return model.get("prediction") && "text" in model.get("feedback") && Object.keys(model.get("tags")).length > 0;
}

/**
 * Return a sentence on what was answered before, or "".
 * @param {Past | {}} past
 * @param {State["texts"]} texts
 * @param {string} lang
 * @param {boolean} prediction
 */
function pastWords(past, texts, lang, prediction) {
  if (!("at" in past)) return "";
  /** @param {string} at */
  const day = (at) => new Date(at).toLocaleDateString(lang === "en" ? "en-GB" : lang, { dateStyle: "long" });
  const { answer } = past;
  const short = typeof answer === "string" && answer.length <= 60 && !answer.includes("\n") ? answer : "";
  const last = short && fill(texts.exercise_past_answer, { answer: short });
  if (prediction) return fill(texts.exercise_past_predicted, { date: day(past.at) });
  if (!past.right_at) return [fill(texts.exercise_past_not_yet, { date: day(past.at) }), last].join(" ");
  const right = past.first ? texts.exercise_past_right_first : texts.exercise_past_right_later;
  return [`✓ ${fill(right, { date: day(past.right_at) })}`, last].join(" ");
}

/**
 * Return the place of hints and the solution, and what shows those that the state has.
 * @param {Model} model
 * @param {(content: unknown) => void} ask
 */
function helping(model, ask) {
  const texts = model.get("texts");
  const button = element("button", { type: "button", className: "smtplab-ex-hint" });
  const offer = element("p", { className: "smtplab-ex-offer soft", textContent: texts.exercise_offer, hidden: true });
  const shown = attributes(element("div", { className: "smtplab-ex-help", tabIndex: -1 }), { "aria-live": "polite" });
  const show = () => {
    const hints = model.get("hints");
    const solution = model.get("solution");
    const feedback = model.get("feedback");
    const right = "right" in feedback && feedback.right === true;
    const told = "reason" in solution;
    const over = told || right || model.get("solved") || isPredicted(model);
    if (over && document.activeElement === button) shown.focus();
    button.hidden = over;
    button.textContent = [texts.exercise_hint, texts.exercise_hint_2][hints.length] ?? texts.exercise_solution;
    const offered = !over && !right && model.get("wrong") >= OFFERED_AFTER;
    button.classList.toggle("is-offered", offered);
    offer.hidden = !offered || hints.length > 0;
    const blocks = hints.map((hint, at) => element("div", {},
      element("strong", { textContent: fill(texts.exercise_hint_number, { number: at + 1 }) }), ` ${hint}`));
    if (told) blocks.push(element("div", { className: "smtplab-ex-solution" },
      element("strong", { textContent: texts.exercise_solution_is }),
      `${solution.words.includes("\n") ? "\n" : " "}${solution.words}`,
      ...(solution.code ? [region(element("pre", { textContent: solution.code }), texts.exercise_solution)] : []),
      element("p", { textContent: solution.reason })));
    // what stands there already stays: only what is new is announced
    shown.append(...blocks.slice(shown.children.length));
  };
  button.addEventListener("click", () => ask({ type: model.get("hints").length < 2 ? "hint" : "solution" }));
  return { button, offer, shown, show };
}

/**
 * Draw one question into the card, and return what takes it away again.
 * @param {Model} model
 * @param {HTMLElement} el
 */
function draw(model, el) {
  const texts = model.get("texts");
  const prediction = model.get("prediction");
  const { node, entry } = FIELDS[model.get("kind")](model, uniqueId("exercise"));
  const button = element("button", { type: "submit", className: "primary" });
  const another = element("button", { type: "button", textContent: texts.exercise_another, hidden: true });
  const pick = element("span", { className: "smtplab-ex-pick soft", textContent: texts.exercise_pick, hidden: true });
  const stale = element("p", { className: "smtplab-ex-stale soft", textContent: texts.exercise_stale, hidden: true });
  const status = statusLine("div", "smtplab-ex-feedback");
  const notice = attributes(element("div", { className: "smtplab-ex-notice" }), { role: "alert" });
  const watch = stopwatch(el);
  let waiting = 0;
  const python = watchPython(/** @type {import("@anywidget/types").AnyModel} */ (/** @type {unknown} */ (model)), el, (now) => {
    const place = now === "none" && !el.closest(".jp-Notebook") ? "page" : now;
    notice.textContent = texts[`exercise_python_${place}`] ?? "";
    notice.classList.toggle("is-shown", now !== "live");
  });
  const help = helping(model, python.ask);
  const round = rounds(model, python.ask);
  const seed = model.get("seed");
  const keeper = draftKeeper(model, el, `${model.get("exercise")}/${seed}`);
  const kind = prediction ? texts.exercise_prediction : texts.exercise_exercise;
  const legend = element("legend", {},
    element("span", {
      className: "smtplab-ex-kind",
      textContent: [round.head, kind, seed && fill(texts.exercise_seed, { seed })].filter(Boolean).join(" · "),
    }),
    " ", // or the group's name would run both together
    element("span", { className: "smtplab-ex-question", textContent: model.get("question") }));
  const before = element("p", { className: "smtplab-ex-past soft" });
  const form = element("form", { noValidate: true },
    element("fieldset", {}, legend, before, node, element("div", { className: "smtplab-ex-actions" }, button, pick, another, help.button, round.button)),
    help.offer, notice, stale, status, help.shown, round.over);
  el.append(form);

  // what changes with each thing that is filled in: what the button does, and whether the feedback is of this answer
  const arrange = () => {
    const feedback = model.get("feedback");
    const judged = "text" in feedback && feedback.right !== null;
    const same = judged && sameAnswer(entry.draft(), feedback.answer);
    const predicted = isPredicted(model);
    const done = predicted && same;
    if (done && document.activeElement === button) entry.focus();
    button.hidden = done;
    pick.hidden = !done;
    if (prediction) button.textContent = predicted ? texts.exercise_look : texts.exercise_predict;
    else button.textContent = model.get("solved") ? texts.exercise_again : texts.exercise_check;
    const isStale = judged && !prediction && (feedback.at !== "" || !same);
    stale.hidden = !isStale;
    status.classList.toggle("is-stale", isStale);
  };
  const show = () => {
    clearTimeout(waiting);
    const feedback = model.get("feedback");
    const has = "text" in feedback;
    const isPast = !has || feedback.at !== "";
    before.textContent = isPast ? pastWords(model.get("past"), texts, model.get("lang"), prediction) : "";
    another.hidden = !(has && model.get("another"));
    entry.tag?.(model.get("tags"));
    help.show();
    if (!has) {
      arrange();
      return;
    }
    const { right, text, reply, verdict, of, rows, so, answer } = feedback;
    const look = right ? "is-right" : "is-not-yet";
    status.className = `smtplab-ex-feedback ${right === null ? "" : look}`; // what was refused is neither
    const said = verdict ? [element("strong", { textContent: `${verdict} ` })] : [];
    status.replaceChildren(...(of
      ? [element("p", {}, ...said), element("p", {}, element("span", { className: "smtplab-ex-of", textContent: of }), ` ${text}`)]
      : [element("p", {}, ...said, text)]));
    if ("of" in so) status.append(element("p", {}, element("span", { className: "smtplab-ex-of", textContent: so.of }), ` ${so.text}`));
    if (reply) status.append(region(element("pre", { className: "smtplab-ex-reply" }, ...eachLine(reply)), `${texts.exercise_reply} · ${model.get("exercise")}`));
    if (rows.length && sameAnswer(entry.draft(), answer)) entry.mark?.(rows);
    arrange();
  };
  const heard = () => {
    python.answered();
    show();
  };
  const judged = () => {
    const feedback = model.get("feedback");
    if ("text" in feedback && feedback.right !== null) keeper.checked();
    heard();
  };
  /** @param {string} text */
  const remark = (text) => {
    status.className = "smtplab-ex-feedback";
    stale.hidden = true;
    status.replaceChildren(element("p", { textContent: text }));
  };
  const putBack = () => {
    if (model.get("kind") !== "function") entry.write(model.get("given"));
    arrange();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const answer = entry.read();
    if (answer) {
      python.ask({ type: "answer", answer, seconds: watch.seconds() });
      if (python.isThere()) waiting = setTimeout(() => remark(texts.exercise_checking), 400);
      return;
    }
    const count = entry.blank?.() ?? 0;
    remark(count > 1 ? fill(texts.exercise_empty_rows, { count }) : count ? texts.exercise_empty_row : texts.exercise_empty);
    entry.focus();
  });
  form.addEventListener("change", () => {
    if (!python.isThere()) return;
    model.set?.("given", entry.draft());
    model.save_changes?.();
  });
  another.addEventListener("click", () => python.ask({ type: "another" }));
  const unfollow = follow(model, {
    "change:feedback": judged, "change:given": putBack, "change:hints": heard, "change:solution": heard,
    "change:tags": show, "change:wrong": show, "change:solved": show, "change:past": show,
    "change:round": round.show,
  });
  const kept = isPredicted(model) ? null : keeper.kept(); // what was predicted stands
  if (kept !== null) entry.write(kept);
  else putBack();
  form.addEventListener("input", () => {
    keeper.keep(entry.draft());
    arrange();
  });
  show();
  return () => {
    keeper.leave();
    clearTimeout(waiting);
    unfollow();
    python.end();
    watch.end();
  };
}

/** @param {import("@anywidget/types").RenderProps<State>} props */
function render({ model, el }) {
  const release = begin(el, "ex", model.get("lang"));
  let undo = draw(model, el);
  const redraw = () => { // another question has come
    undo();
    el.replaceChildren();
    undo = draw(model, el);
    /** @type {HTMLElement | null} */ (el.querySelector("input, select, textarea, button"))?.focus();
  };
  const unfollow = follow(model, { "change:card": redraw });
  return () => {
    unfollow();
    undo();
    release();
  };
}

export default { render };
