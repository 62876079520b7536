/**
 * The gallery: recorded servers by commands, what each answered. It sends {type: "open", server, command}, and gets
 * the details of that cell.
 * @typedef {{name: string, about: string, codes: string[]}} Server
 * @typedef {{weight: number, words: string, text: string, source: string}} Verdict
 * @typedef {{type: string, server: string, command: string, about: string, reply: ReplyView, closed: boolean,
 *   verdicts: Verdict[]}} Details
 * @typedef {SharedState & {commands: string[], servers: Server[], names: Record<string, string>,
 *   predict: boolean}} State
 */

const OFFERED = 6; // how many codes one chooses from
const PAGE = 10; // how many rows PageDown goes

/**
 * Return the codes that may be predicted: the most frequent ones of a column, and the right one.
 * @param {string[]} column
 * @param {string} right
 */
function offered(column, right) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const code of column) counts.set(code, (counts.get(code) ?? 0) + 1);
  counts.delete("-");
  const codes = [...counts.keys()].sort((one, other) => (counts.get(other) ?? 0) - (counts.get(one) ?? 0)).slice(0, OFFERED);
  if (!codes.includes(right)) codes.splice(OFFERED - 1, 1, right);
  return codes.sort();
}

/** @param {Verdict} verdict */
function verdictNode({ weight, words, text, source }) {
  return element("li", { className: `weight-${weight}` }, element("strong", { textContent: `${words}: ` }),
    `${text} (${source})`);
}

/** @param {import("@anywidget/types").RenderProps<State>} props */
function render({ model, el }) {
  const texts = model.get("texts");
  const id = uniqueId("gallery");
  const servers = model.get("servers");
  const commands = model.get("commands");
  const names = model.get("names");
  const helpAt = commands.indexOf("HELP");
  const helpCodes = [...new Set(servers.map(({ codes }) => codes[helpAt]))].filter((code) => code !== "-").sort();

  const filter = element("select", {}, element("option", { value: "", textContent: texts.gallery_all }));
  for (const code of helpCodes) filter.append(element("option", { value: code, textContent: `${code} ${names[code]}` }));
  const predict = element("input", { type: "checkbox", checked: model.get("predict") });
  const score = statusLine("span", "soft");
  const head = headOf(texts.gallery_title,
    element("div", { className: "controls" }, element("label", {}, texts.gallery_filter, filter),
      element("label", {}, predict, texts.gallery_predict), score));
  const grid = attributes(element("div", { className: "grid" }), { role: "region", "aria-label": texts.gallery_title });
  const details = element("div", { className: "details" }, element("p", { className: "soft", textContent: texts.gallery_hint }));
  details.setAttribute("aria-live", "polite");
  el.append(head, grid, details);

  /** @type {Set<string>} */
  const revealed = new Set(); // cells predicted, as "server\ncommand"
  /** @type {Map<string, {right: number, all: number}>} */
  const tallies = new Map(); // by column
  let guessed = ""; // for the cell that is being opened
  let open = "";
  let stop = ""; // the cell that Tab comes to: all others are reached by arrow keys

  /** @param {string} server @param {string} command */
  const key = (server, command) => `${server}\n${command}`;
  /** @param {string} server @param {string} command */
  const hidden = (server, command) => predict.checked && !revealed.has(key(server, command));

  /** @param {Server} server @param {string} command @param {string} code */
  const cell = (server, command, code) => {
    if (code === "-") return element("td", {}, element("span", { className: "soft", textContent: texts.gallery_none }));
    const unseen = hidden(server.name, command);
    const button = element("button", { type: "button", tabIndex: -1, className: unseen ? "" : `is-${code[0]}` },
      element("span", { className: "mono", textContent: unseen ? "?" : code }),
      element("span", { className: "word", textContent: unseen ? "" : ` ${texts[`gallery_word_${code[0]}`] ?? ""}` }));
    button.dataset.cell = key(server.name, command);
    const content = unseen ? texts.gallery_hidden : `${code} ${names[code]}`;
    button.setAttribute("aria-label", `${server.name}, ${command}: ${content}`);
    button.title = unseen ? "" : names[code];
    button.addEventListener("click", () => choose(server.name, command, code));
    button.addEventListener("focus", () => settle(button));
    return element("td", {}, button);
  };
  const mark = () => {
    for (const button of grid.querySelectorAll("button")) button.classList.toggle("is-open", button.dataset.cell === open);
  };
  const buttons = () => [...grid.querySelectorAll("button")];
  /** @param {HTMLButtonElement | undefined} button */
  const settle = (button) => {
    if (!button) return;
    stop = button.dataset.cell ?? "";
    for (const each of buttons()) each.tabIndex = each === button ? 0 : -1;
  };
  /** @param {KeyboardEvent} event */
  const move = (event) => {
    const from = event.target instanceof Element ? event.target.closest("td") : null;
    const row = from?.parentElement;
    if (!(from && row instanceof HTMLTableRowElement) || event.altKey || event.metaKey) return;
    const inRow = [...row.cells].flatMap((each) => [...each.querySelectorAll("button")]);
    const inColumn = [...grid.querySelectorAll("tbody tr")].flatMap((each) =>
      [...each.children[from.cellIndex].querySelectorAll("button")]);
    const [across, down] = [inRow, inColumn].map((all) => all.indexOf(/** @type {HTMLButtonElement} */ (event.target)));
    const last = Number.POSITIVE_INFINITY;
    /** @type {Record<string, [HTMLButtonElement[], number]>} */
    const places = {
      ArrowLeft: [inRow, across - 1], ArrowRight: [inRow, across + 1],
      ArrowUp: [inColumn, down - 1], ArrowDown: [inColumn, down + 1],
      PageUp: [inColumn, down - PAGE], PageDown: [inColumn, down + PAGE],
      Home: [event.ctrlKey ? buttons() : inRow, 0], End: [event.ctrlKey ? buttons() : inRow, last],
    };
    if (!(event.key in places)) return;
    event.preventDefault();
    const [line, at] = places[event.key];
    line[Math.max(0, Math.min(line.length - 1, at))].focus();
  };
  const draw = () => {
    const header = element("tr", {}, element("th", { scope: "col", textContent: texts.gallery_server }),
      ...commands.map((command) => element("th", { scope: "col", textContent: command })));
    const rows = servers.filter(({ codes }) => !filter.value || codes[helpAt] === filter.value).map((server) =>
      element("tr", {}, element("th", { scope: "row", textContent: server.name, title: server.about }),
        ...commands.map((command, at) => cell(server, command, server.codes[at]))));
    const table = element("table", {}, element("thead", {}, header), element("tbody", {}, ...rows));
    grid.replaceChildren(attributes(table, { role: "grid", "aria-label": texts.gallery_title }));
    mark();
    settle(buttons().find(({ dataset }) => dataset.cell === stop) ?? buttons()[0]);
  };
  /** @param {string} server @param {string} command @param {string} code */
  const choose = (server, command, code) => {
    open = key(server, command);
    guessed = "";
    mark();
    if (hidden(server, command)) ask(server, command, code);
    else model.send({ type: "open", server, command });
  };
  /** @param {string} server @param {string} command @param {string} code */
  const ask = (server, command, code) => {
    const guesses = offered(servers.map(({ codes }) => codes[commands.indexOf(command)]), code).map((value) =>
      element("input", { type: "radio", name: `${id}-guess`, value }));
    const group = element("fieldset", {}, element("legend", { textContent: `${server}: ${command}. ${texts.gallery_which}` }),
      ...guesses.map((guess) => element("label", {}, guess, guess.value)));
    const form = element("form", {}, group, element("button", { type: "submit", className: "primary", textContent: texts.gallery_reveal }));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const guess = guesses.find(({ checked }) => checked);
      if (!guess) {
        guesses[0].focus();
        return;
      }
      const tally = tallies.get(command) ?? { right: 0, all: 0 };
      tally.all += 1;
      tally.right += guess.value === code ? 1 : 0;
      tallies.set(command, tally);
      guessed = guess.value;
      revealed.add(open);
      score.textContent = [...tallies].map(([column, counts]) => fill(texts.gallery_score, { ...counts, command: column })).join(" · ");
      draw();
      model.send({ type: "open", server, command });
      /** @type {HTMLButtonElement | null} */ (grid.querySelector("button.is-open"))?.focus();
    });
    details.replaceChildren(form);
    guesses[0].focus();
  };
  /** @param {Details} message */
  const receive = (message) => {
    if (message.type !== "details" || key(message.server, message.command) !== open) return;
    const notable = message.verdicts.filter(({ weight }) => weight > 0).map(verdictNode);
    const kept = message.verdicts.filter(({ weight }) => weight === 0).map(verdictNode);
    const { code, name, meaning, lines } = message.reply;
    const right = guessed === code;
    const said = fill(right ? texts.gallery_hit : texts.gallery_missed, { guess: guessed, code });
    const worst = notable.length ? [" ", ...notable[0].cloneNode(true).childNodes] : [];
    details.replaceChildren(
      ...(guessed ? [element("p", { className: `guess${right ? " is-right" : ""}` },
        element("strong", { textContent: said }), ` ${meaning}`, ...worst)] : []),
      element("div", { className: "asked", textContent: `${message.server}: ${message.command}` }),
      element("div", { className: "soft", textContent: message.about }),
      element("div", { className: "wire" }, ...lines.map((pieces) => element("div", {}, ...pieceNodes(pieces, true)))),
      element("div", {}, element("strong", { className: digitClass(code), textContent: code }), ` ${name}`),
      ...(message.closed ? [element("div", { textContent: texts.gallery_closed })] : []),
      ...(notable.length ? [element("ul", {}, ...notable)] : []),
      folded(fill(texts.gallery_kept, { number: kept.length }), element("ul", {}, ...kept)));
  };

  filter.addEventListener("change", draw);
  predict.addEventListener("change", draw);
  const release = begin(el, "gallery", model.get("lang"), move);
  const unfollow = follow(model, { "msg:custom": receive });
  draw();
  return () => {
    unfollow();
    release();
  };
}

export default { render };
