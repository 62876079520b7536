// Where the card asks one question after another: which one this is, and the way to the next. Joined in front of
// widget.js. It sends {type: "next"}.

/**
 * head: which question this is. next: what the button says, "" after the last question. over: what is said then.
 * @typedef {{head: string, next: string, over: string}} Round
 * @typedef {Pick<import("@anywidget/types").AnyModel<{round?: Round}>, "get">} RoundModel
 */

/**
 * Return what a round adds to a card: words for its head, a button, and a place for what is said in the end.
 * @param {RoundModel} model
 * @param {(content: unknown) => void} ask
 */
function rounds(model, ask) {
  const button = element("button", { type: "button", className: "smtplab-ex-next" });
  const over = attributes(element("p", { className: "smtplab-ex-over", tabIndex: -1 }), { "aria-live": "polite" });
  const show = () => {
    const { next = "", over: said = "" } = model.get("round") ?? {};
    over.textContent = said;
    over.hidden = !said;
    if (!next && document.activeElement === button) over.focus();
    button.textContent = next;
    button.hidden = !next;
  };
  button.addEventListener("click", () => ask({ type: "next" }));
  show();
  return { head: model.get("round")?.head ?? "", button, over, show };
}
