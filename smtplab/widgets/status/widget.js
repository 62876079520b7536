/**
 * The status: the figures behind 211, what changes each, and what changed last. It sends nothing.
 * @typedef {{text: string, changed: boolean}} Count
 * @typedef {{name: string, parts: Count[], changed: boolean, by: string}} Figure
 * @typedef {SharedState & {figures: Figure[], remark: string}} State
 */

/** @param {import("@anywidget/types").RenderProps<State>} props */
function render({ model, el }) {
  const texts = model.get("texts");
  const head = element("tr", {}, ...["status_figure", "status_now", "status_changed_by"].map((key) =>
    element("th", { scope: "col", textContent: texts[key] })));
  const rows = element("tbody");
  const table = element("table", {}, element("thead", {}, head), rows);
  const last = statusLine("div", "last");
  const remark = element("div", { className: "remark" });
  el.append(headOf(texts.status_title, element("span", { className: "soft", textContent: texts.status_hint })), remark,
    region(element("div", { className: "scroll" }, table), texts.status_title), last);

  /** @param {Count} count */
  const countNode = ({ text, changed }) => element(changed ? "mark" : "span", { className: "count", textContent: text });
  const show = () => {
    const figures = model.get("figures");
    rows.replaceChildren(...figures.map(({ name, parts, changed, by }) =>
      element("tr", { className: changed ? "is-changed" : "" }, element("th", { scope: "row", textContent: name }),
        element("td", { className: "mono" }, ...parts.map(countNode)), element("td", { className: "soft", textContent: by }))));
    remark.textContent = model.get("remark");
    remark.hidden = !remark.textContent;
    const changes = figures.filter(({ changed }) => changed).map(({ name, parts }) => {
      const counts = parts.filter(({ changed }) => changed).map(({ text }) => text);
      return counts.length ? `${name}: ${counts.join(", ")}` : name;
    });
    const text = changes.length ? fill(texts.status_last, { changes: changes.join("; ") }) : texts.status_no_change;
    if (last.textContent !== text) last.textContent = text; // said once
  };

  const release = begin(el, "status", model.get("lang"));
  const unfollow = follow(model, { "change:figures": show, "change:remark": show });
  show();
  return () => {
    unfollow();
    release();
  };
}

export default { render };
