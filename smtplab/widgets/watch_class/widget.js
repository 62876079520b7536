/**
 * A class, live. It says {type: "hello"} every second while the folder is followed, and gets the report when it is new.
 * The report is HTML made by Python, in which everything that learners gave is escaped.
 * @typedef {SharedState & {title: string, sheet: string, report: string, note: string, time: string}} State
 */

const EVERY = 1000; // milliseconds

/** @param {import("@anywidget/types").RenderProps<State>} props */
function render({ model, el }) {
  const texts = model.get("texts");
  const following = element("input", { type: "checkbox", checked: true });
  const time = statusLine("span", "soft");
  const note = statusLine("div", "note");
  const report = element("div", { className: "report" });
  el.append(headOf(model.get("title"),
    element("div", { className: "controls" }, element("label", {}, following, texts.watch_follow), time)),
    note, element("style", { textContent: model.get("sheet") }), report);

  const draw = () => {
    time.textContent = model.get("time");
    note.textContent = model.get("note");
    const open = new DOMParser().parseFromString(model.get("report"), "text/html"); // it runs nothing
    report.replaceChildren(...open.body.childNodes);
  };

  const timer = setInterval(() => {
    if (following.checked) model.send({ type: "hello" });
  }, EVERY);
  const release = begin(el, "watch_class", model.get("lang"));
  const unfollow = follow(model, { "change:report": draw, "change:note": draw });
  draw();
  return () => {
    clearInterval(timer);
    unfollow();
    release();
  };
}

export default { render };
