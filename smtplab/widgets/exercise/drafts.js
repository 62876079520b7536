// What was filled in and not checked yet: it outlives the card. A cell that is run again draws another; where it fails,
// as after a restart of Python, there is none until it runs well. Joined in front of widget.js, after common.js.

const KEPT = 60_000; // milliseconds for which what was checked waits for its cell to be run again

/**
 * What was last filled in for a question on this page, in which element, and until when it waits for another.
 * @typedef {{draft: string | string[], el: HTMLElement, until: number}} Draft
 */

/**
 * Return the notebook that a model is shown in, else the page.
 * @param {unknown} model
 */
function notebookOf(model) {
  try {
    const { widget_manager: manager } = /** @type {{widget_manager?: {context?: {path?: string}}}} */ (model);
    return manager?.context?.path ?? location.pathname;
  } catch {
    return location.pathname; // the manager was shut down
  }
}

/**
 * Return what keeps the draft of one question. kept: what a new card begins with, or null. keep: what stands there now.
 * checked: it was judged, so no later visit begins with it. leave: the card goes.
 * @param {unknown} model
 * @param {HTMLElement} el
 * @param {string} question
 */
function draftKeeper(model, el, question) {
  const page = /** @type {{smtplabDrafts?: Map<string, Draft>}} */ (globalThis);
  page.smtplabDrafts ??= new Map();
  const drafts = page.smtplabDrafts;
  const key = `smtplab-draft:${notebookOf(model)}:${question}`;
  /** @type {() => string | string[] | null} */
  const stored = () => {
    try {
      return JSON.parse(sessionStorage.getItem(key) ?? "null");
    } catch {
      return null; // a browser may forbid it
    }
  };
  /** @param {string | string[] | null} draft */
  const store = (draft) => {
    try {
      if (draft === null) sessionStorage.removeItem(key);
      else sessionStorage.setItem(key, JSON.stringify(draft));
    } catch { /* the page's own memory is all that there is */ }
  };
  return {
    kept: () => {
      const last = drafts.get(key);
      if (last?.el.isConnected) return null; // that card still has it
      return stored() ?? (last && last.until > Date.now() ? last.draft : null);
    },
    /** @param {string | string[]} draft */
    keep: (draft) => {
      drafts.set(key, { draft, el, until: Number.POSITIVE_INFINITY });
      store([draft].flat().some(Boolean) ? draft : null);
    },
    checked: () => store(null),
    leave: () => {
      const draft = drafts.get(key);
      if (draft?.el === el) draft.until = Date.now() + KEPT;
    },
  };
}
