/**
 * The game: one round of recorded replies to be guessed. It sends {type: "guess", code}, {type: "next"} and
 * {type: "round", number}; the presenter's `round` is all that there is to show.
 * @typedef {{server: string, about: string, command: string, options: string[]}} Cell
 * @typedef {{weight: number, words: string, text: string, source: string}} Verdict
 * @typedef {{guess: string, right: boolean, code: string, reply: ReplyView, parts: PartKind[], closed: boolean,
 *   reasons: string[], verdicts: Verdict[]}} Last
 * @typedef {{number: number, at: number, all: number, hits: boolean[], cell: Cell, last: Last | null, result: string,
 *   error: string}} Round
 * @typedef {SharedState & {round: Round}} State
 */

/** @param {import("@anywidget/types").RenderProps<State>} props */
function render({ model, el }) {
  const texts = model.get("texts");
  const id = uniqueId("game");
  const place = element("span", { className: "soft" });
  const marks = element("span", { className: "marks" });
  const number = attributes(lineInput(), { inputmode: "numeric", size: "6" });
  const other = element("form", { className: "other" }, element("label", {}, texts.game_number, number),
    element("button", { type: "submit", textContent: texts.game_play }));
  const error = statusLine("span", "bad");
  const body = element("div", { className: "body" });
  const said = statusLine("div", "said soft"); // for the eyes too
  const unseen = statusLine("div", "unseen"); // for a screen reader: the eyes have it in the answer
  el.append(headOf(texts.game_title, place, marks), body, said, element("div", { className: "foot" }, other, error), unseen);
  let acted = false; // by this view: then the focus goes on with it

  /** @param {Record<string, unknown>} message */
  const act = (message) => {
    acted = true;
    model.send(message);
  };
  /** @param {string} text @param {Record<string, unknown>} message */
  const button = (text, message) => {
    const node = element("button", { type: "button", className: "primary", textContent: text });
    node.addEventListener("click", () => act(message));
    return node;
  };
  /** @param {Round} round */
  const question = ({ cell, last }) => {
    const choices = cell.options.map((code) => element("input", {
      type: "radio", name: `${id}-code`, value: code, disabled: last !== null, checked: last?.guess === code }));
    const form = element("form", {}, element("fieldset", {},
      element("legend", { textContent: fill(texts.game_ask, { server: cell.server, command: cell.command }) }),
      element("div", { className: "soft", textContent: cell.about }),
      element("div", { className: "choices" }, ...choices.map((choice) => element("label", {}, choice, choice.value)))));
    if (last === null) form.append(element("button", { type: "submit", className: "primary", textContent: texts.game_reveal }));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const choice = choices.find(({ checked }) => checked);
      if (choice) act({ type: "guess", code: choice.value });
      else choices[0].focus();
    });
    return form;
  };
  /** @param {Last} last */
  const answer = ({ guess, right, code, reply, parts, closed, reasons, verdicts }) => element("div", { className: "answer" },
    element("p", { className: `guess${right ? " is-right" : ""}` },
      element("strong", { textContent: `${right ? "✓" : "✗"} ${fill(right ? texts.game_hit : texts.game_missed, { guess, code })}` }),
      ` ${reply.name}. ${reply.meaning}`),
    region(element("div", { className: "lines" }, ...reply.lines.map((pieces) =>
      element("div", { className: "wire" }, ...pieceNodes(pieces, true)))), code),
    ...(closed ? [element("div", { textContent: texts.game_closed })] : []),
    element("div", { className: "heading", textContent: texts.game_why }),
    element("ul", {}, ...reasons.map((textContent) => element("li", { textContent })), ...verdicts.map(({ weight, words, text, source }) =>
      element("li", { className: `weight-${weight}` }, element("strong", { textContent: `${words}: ` }), `${text} (${source})`))),
    folded(texts.game_parts, partTable(parts, [texts.game_part, texts.game_octets, texts.game_what])));
  /** @param {Round} round */
  const after = ({ result, number: at }) => {
    if (!result) return [element("p", {}, button(texts.game_next, { type: "next" }))];
    const field = attributes(lineInput(), { readonly: "", "aria-label": texts.game_result });
    field.value = result;
    const copy = element("button", { type: "button", textContent: texts.game_copy });
    copy.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(result);
        said.textContent = texts.game_copied;
      } catch {
        field.select();
        said.textContent = texts.game_copy_by_hand;
      }
    });
    return [element("div", { className: "over" }, element("strong", { textContent: texts.game_over }),
      element("label", {}, texts.game_result, field), copy,
      button(fill(texts.game_another, { number: at + 1 }), { type: "round", number: at + 1 }))];
  };
  const show = () => {
    const round = model.get("round");
    place.textContent = `${fill(texts.game_round, { number: round.number })} · ${
      fill(texts.game_place, { place: round.at + 1, all: round.all })}`;
    marks.textContent = round.hits.map((hit) => (hit ? "■" : "□")).join("");
    attributes(marks, { role: "img", "aria-label": fill(texts.game_so_far, {
      marks: round.hits.map((hit) => (hit ? texts.game_right : texts.game_wrong)).join(", ") || "–" }) });
    error.textContent = round.error;
    said.textContent = "";
    if (!round.error) number.value = String(round.number);
    body.replaceChildren(question(round), ...(round.last ? [answer(round.last), ...after(round)] : []));
    if (round.last && acted) {
      const { right, guess, code } = round.last;
      unseen.textContent = fill(right ? texts.game_hit : texts.game_missed, { guess, code });
    }
    if (acted && !round.error) {
      const next = body.querySelector(round.last ? ".over .primary, p > .primary" : "input");
      /** @type {HTMLElement | null} */ (next)?.focus({ preventScroll: round.last !== null });
    }
    acted = false;
  };
  other.addEventListener("submit", (event) => {
    event.preventDefault();
    act({ type: "round", number: number.value });
  });

  const release = begin(el, "game", model.get("lang"));
  const unfollow = follow(model, { "change:round": show });
  show();
  return () => {
    unfollow();
    release();
  };
}

export default { render };
