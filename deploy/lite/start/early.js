// The first script of JupyterLite's pages. It starts the kernel's worker at once, and hands it over when JupyterLite makes
// one; and it says in one sentence what is wrong, and what to do, where this browser or the way here would leave the
// reader with a page that waits for ever. Old browsers read it too, so it is written as of 2015, without modules.

(function () {
  var script = document.currentScript;
  var sentences = JSON.parse(script.getAttribute("data-sentences"));
  var top = new URL("../", script.src).href;
  var path = new URLSearchParams(location.search).get("path") || "";
  var lang = sentences[path.split("/")[0]] ? path.split("/")[0] : Object.keys(sentences)[0];
  var told = {};

  // Say a sentence once, the newest in place of the one before; where nothing is kept, nothing more is said of keeping.
  function tell(name, detail) {
    if (told[name] || (told.no_storage && name === "no_service_worker")) return;
    told[name] = true;
    var show = function () {
      var box = document.getElementById("smtplab-told") || document.createElement("div");
      box.id = "smtplab-told";
      box.lang = lang;
      box.setAttribute("role", "alert");
      box.style.cssText = "background:#fff8e1;border:1px solid #8a6d00;border-radius:8px;bottom:84px;color:#1c1c1c;" +
        "font:14px/1.5 system-ui,sans-serif;max-width:32rem;padding:10px 14px;position:fixed;right:18px;z-index:10001";
      var line = document.createElement("p");
      line.style.margin = "0 0 6px";
      line.textContent = sentences[lang][name].replace("{detail}", detail || "");
      var close = document.createElement("button");
      close.type = "button";
      close.textContent = sentences[lang].close;
      close.onclick = function () { box.remove(); };
      while (box.lastChild) box.removeChild(box.lastChild);
      box.appendChild(line);
      box.appendChild(close);
      document.body.appendChild(box);
    };
    if (document.body) show();
    else document.addEventListener("DOMContentLoaded", show);
  }

  var able = "noModule" in script && typeof WebAssembly === "object" && typeof BigInt64Array === "function" &&
    typeof DecompressionStream === "function" && "at" in Array.prototype && typeof structuredClone === "function";
  if (!able) {
    tell("old_browser");
    return;
  }

  // --- the worker

  if (/\.ipynb$/.test(path)) {
    var PlainWorker = window.Worker;
    var kernel = new URL(script.getAttribute("data-worker"), script.src).href;
    var begin = function (url, options) {
      var worker = new PlainWorker(url, options);
      worker.addEventListener("message", function (event) {
        if (event.data && event.data.smtplabFailed) diagnose("no_python", event.data.smtplabFailed);
      });
      worker.addEventListener("error", function (event) { diagnose("no_python", event.message); });
      return worker;
    };
    var spare = begin(new URL("worker.mjs", script.src).href, { type: "module" });
    window.Worker = new Proxy(PlainWorker, {
      construct: function (target, given) {
        if (String(given[0]) !== kernel) return Reflect.construct(target, given);
        var taken = spare || begin(given[0], given[1]);
        spare = undefined;
        return taken;
      },
    });
  }

  // --- what the browser keeps

  // JupyterLab reads a storage without asking whether there is one: lend it one that lasts as long as the page.
  function lend(name) {
    var kept = {};
    var storage = {
      clear: function () { kept = {}; },
      getItem: function (key) { return Object.prototype.hasOwnProperty.call(kept, key) ? kept[key] : null; },
      key: function (at) { return Object.keys(kept)[at] || null; },
      removeItem: function (key) { delete kept[key]; },
      setItem: function (key, value) { kept[key] = String(value); },
    };
    Object.defineProperty(storage, "length", { get: function () { return Object.keys(kept).length; } });
    try {
      window[name].getItem("smtplab");
    } catch (_refused) {
      try {
        Object.defineProperty(window, name, { configurable: true, value: storage });
      } catch (_fixed) {
        return; // a browser that lets nobody stand in for it: the sentence says what to do
      }
    }
  }

  try {
    window.localStorage.getItem("smtplab");
    var asked = window.indexedDB.open("smtplab-asked");
    asked.onerror = function () { tell("no_storage"); };
    asked.onsuccess = function () {
      asked.result.close();
      window.indexedDB.deleteDatabase("smtplab-asked");
    };
  } catch (_refused) {
    tell("no_storage");
    lend("localStorage");
    lend("sessionStorage");
  }

  // Without the service worker the kernel sees no files: a lesson runs, but its progress cannot be written.
  if (!window.isSecureContext) tell("not_secure");
  else if (!navigator.serviceWorker) tell("no_service_worker");
  else {
    navigator.serviceWorker.register = (function (plain) {
      return function () {
        var answer = plain.apply(navigator.serviceWorker, arguments);
        answer.catch(function () { tell("no_service_worker"); });
        return answer;
      };
    })(navigator.serviceWorker.register);
  }

  // --- what came

  // Compare what was loaded with the site's list of digests, and say which file is missing or is another one.
  var looking;
  function diagnose(otherwise, detail) {
    if (looking) return;
    looking = true;
    var list = fetch(top + "smtplab-site.json", { cache: "no-store" }).then(function (answer) { return answer.json(); });
    list.then(function (site) {
      var names = performance.getEntriesByType("resource").map(function (entry) { return entry.name.split(/[?#]/)[0]; });
      var kernels = Object.keys(site.files).filter(function (name) { return /^(start|static\/pyodide)\//.test(name); });
      return failed.concat(kernels.map(function (name) { return top + name; }), names).filter(function (name, at, all) {
        return name.indexOf(top) === 0 && site.files[name.slice(top.length)] && all.indexOf(name) === at;
      }).reduce(function (before, name) {
        return before.then(function (found) { return found || compare(name, site.files[name.slice(top.length)]); });
      }, Promise.resolve(""));
    }).then(function (found) {
      if (found) tell(found.missing ? "file_missing" : "file_changed", found.name.slice(top.length));
      else if (otherwise) tell(otherwise, detail);
      looking = Boolean(found || otherwise);
    }, function () { if (otherwise) tell(otherwise, detail); });
  }

  function compare(name, digest) {
    // as it was loaded, else, where the browser will not show that to a script, once more
    return fetch(name, { cache: "force-cache" }).catch(function () { return fetch(name, { cache: "reload" }); }).then(function (answer) {
      if (!answer.ok) return { missing: true, name: name };
      return answer.arrayBuffer().then(function (octets) { return crypto.subtle.digest("SHA-256", octets); })
        .then(function (found) {
          var hex = Array.prototype.map.call(new Uint8Array(found), function (octet) {
            return ("0" + octet.toString(16)).slice(-2);
          }).join("");
          return hex === digest ? "" : { name: name };
        });
    }, function () { return { missing: true, name: name }; });
  }

  // Python that waits for a file that never came says nothing itself; where all came, it may be slow, and goes on.
  window.addEventListener("smtplab-slow", function () { diagnose(""); });

  var failed = [];
  window.addEventListener("error", function (event) {
    var node = event.target;
    if (node && node.nodeName === "SCRIPT" && node.src) {
      failed.push(node.src.split(/[?#]/)[0]);
      diagnose("not_loaded");
    } else if (!window.jupyterapp && event.filename && event.filename.indexOf(top) === 0) diagnose("not_loaded");
  }, true);
  window.addEventListener("unhandledrejection", function () { if (!window.jupyterapp) diagnose("not_loaded"); });
  setTimeout(function () { if (!window.jupyterapp) diagnose("not_loaded"); }, 60000);
})();
