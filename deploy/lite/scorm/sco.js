// A lesson as a learning platform's SCO (SCORM 1.2 run-time): the notebook in a frame, and what became of its exercises
// told to the platform. Only answers that are given while the lesson is open here count, on top of what the platform has
// already: another learner may have used this browser before. Nothing but score, status, time and exercise ids is told.

const { lesson, exercises, texts } = document.body.dataset;
const predictions = JSON.parse(exercises); // id → whether it is a prediction, which is done when it is made
const words = JSON.parse(texts);
const ids = Object.keys(predictions);
const folder = lesson.split("/")[0];
const file = `${folder}/smtplab-progress.json`;
const began = Date.now();
const since = `${new Date(began).toISOString().slice(0, 19)}Z`; // as answers have it: whole seconds, UTC
const done = new Set();

function say(name) {
  document.querySelector("#said").textContent = words[name].replace("{done}", done.size).replace("{all}", ids.length);
}

// The platform's interface is the window's, of one around it, or of the one that opened it (SCORM 1.2 run-time, 3.3.2).
function find(from) {
  try {
    for (let here = from; here; here = here === here.parent ? null : here.parent) if (here.API) return here.API;
  } catch {
    // a window of another origin: no platform can be asked through it
  }
  return null;
}

function tell(api) {
  const set = (name, value) => String(api.LMSSetValue(name, String(value))) === "true";
  const chosen = (names) => (Array.isArray(names) ? names : []).filter((id) => id in predictions);
  try {
    for (const id of chosen(JSON.parse(api.LMSGetValue("cmi.suspend_data") || "[]"))) done.add(id);
  } catch {
    // no note of ours: it is written anew
  }
  let finished = ["completed", "passed"].includes(String(api.LMSGetValue("cmi.core.lesson_status")));

  function report() {
    const all = done.size === ids.length;
    const told = [
      set("cmi.suspend_data", JSON.stringify(ids.filter((id) => done.has(id)))),
      set("cmi.core.score.min", 0),
      set("cmi.core.score.max", 100),
      set("cmi.core.score.raw", ids.length ? Math.round((100 * done.size) / ids.length) : 100),
      finished || set("cmi.core.lesson_status", all ? "completed" : "incomplete"), // what was completed once stays so
      String(api.LMSCommit("")) === "true",
    ];
    finished ||= all;
    if (told.includes(false)) say("refused");
    else say(all ? "all_done" : "some_done");
  }

  // Take in the file of answers (its form: smtplab/course/record.py); return whether anything was done since.
  function take(answers) {
    const before = done.size;
    for (const id of ids) {
      const counts = ({ at, right, seed }) => at >= since && !seed && (predictions[id] || right);
      if (answers[id]?.attempts?.some(counts)) done.add(id);
    }
    return done.size > before;
  }

  async function look() {
    const contents = document.querySelector("iframe").contentWindow.jupyterapp?.serviceManager?.contents;
    const listed = (await contents?.get(folder, { content: true }))?.content ?? [];
    if (!listed.some(({ path }) => path === file)) return;
    const { content } = await contents.get(file, { content: true, format: "text", type: "file" });
    if (take((typeof content === "string" ? JSON.parse(content) : content).answers ?? {})) report();
  }

  let ended = false;
  function end() {
    if (ended) return;
    ended = true;
    const seconds = Math.round((Date.now() - began) / 1000);
    const parts = [seconds / 3600, (seconds / 60) % 60, seconds % 60].map((part) => String(Math.floor(part)).padStart(2, "0"));
    set("cmi.core.session_time", parts.join(":"));
    set("cmi.core.exit", finished ? "" : "suspend");
    api.LMSCommit("");
    api.LMSFinish("");
  }

  async function follow() {
    while (!ended) {
      await look().catch(() => {}); // the page is not there yet, or the file is being written: the next look finds it
      await new Promise((resolve) => { setTimeout(resolve, 2000); });
    }
  }

  addEventListener("pagehide", end);
  report();
  follow();
}

const api = find(window) ?? find(window.opener);
if (api && String(api.LMSInitialize("")) === "true") tell(api);
else say("no_platform");
