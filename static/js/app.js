// What plain HTML cannot do. Every page works without this file; nothing here decides anything.
(function () {
  "use strict";

  const AFTER_MS = 300; // quick answers show no progress bar
  const RETRY_MS = 4000;
  const SELF = document.currentScript.src;
  const find = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => Array.from(within.querySelectorAll(selector));

  // The side menu on phones.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-toggle]");
    if (!button) {
      return;
    }
    const open = button.getAttribute("aria-expanded") !== "true";
    button.setAttribute("aria-expanded", String(open));
    document.getElementById(button.dataset.toggle).toggleAttribute("data-open", open);
  });

  // Drop-down menus are <details data-menu>: they close on Escape, on a click outside and when focus leaves them.
  function closeMenus(except) {
    all("details[data-menu][open]").filter((menu) => !except || !menu.contains(except)).forEach((menu) => {
      menu.open = false;
    });
  }
  document.addEventListener("click", (event) => closeMenus(event.target));
  document.addEventListener("focusin", (event) => closeMenus(event.target));
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && find("details[data-menu][open]");
    if (menu) {
      menu.open = false;
      find("summary", menu).focus();
    }
  });

  // "Select all": <input type="checkbox" data-select-all="robots"> switches the boxes named robots of its form.
  function boxes(name, near) {
    return all(`input[type=checkbox][name="${CSS.escape(name)}"]:not(:disabled)`, near.closest("form") || document);
  }
  function count(name, near) {
    const chosen = boxes(name, near).filter((box) => box.checked).length;
    const scope = near.closest("form") || document;
    all(`[data-selected-count="${CSS.escape(name)}"]`, scope).forEach((place) => {
      place.textContent = String(chosen);
    });
    all(`[data-select-all="${CSS.escape(name)}"]`, scope).forEach((master) => {
      const total = boxes(name, master).length;
      master.checked = total > 0 && chosen === total;
      master.indeterminate = chosen > 0 && chosen < total;
    });
  }
  document.addEventListener("change", (event) => {
    const box = event.target;
    if (box.dataset.selectAll) {
      const on = box.checked; // counting, below, sets the master box again
      boxes(box.dataset.selectAll, box).filter((other) => other.checked !== on).forEach((other) => {
        other.checked = on;
        other.dispatchEvent(new Event("change", { bubbles: true }));
      });
    } else if (box.type === "checkbox" && box.name) {
      count(box.name, box);
    }
  });
  function countAll() {
    all("[data-select-all]").forEach((master) => count(master.dataset.selectAll, master));
  }

  // <form data-guard>: the browser asks before what was typed and not yet sent is thrown away. A form that saves itself
  // asks by itself (autosave.js).
  let unsent = false;
  document.addEventListener("input", (event) => {
    unsent = unsent || event.target.closest("form[data-guard]") !== null;
  });
  document.addEventListener("submit", () => {
    unsent = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (unsent && !find("form[data-autosave]")) {
      event.preventDefault();
    }
  });

  // Whoever signs out leaves nothing of their drafts in the browser: <form data-forget="the person's number">.
  document.addEventListener("submit", (event) => {
    if (event.target.dataset.forget) {
      const kept = `dingadmin.draft.${event.target.dataset.forget}.`;
      Object.keys(localStorage).filter((key) => key.startsWith(kept)).forEach((key) => localStorage.removeItem(key));
    }
  });

  // A bar on top while htmx waits for longer than a moment.
  let waiting = 0;
  let timer = null;
  document.addEventListener("htmx:beforeRequest", () => {
    waiting += 1;
    timer = timer || setTimeout(() => find("#busy").removeAttribute("hidden"), AFTER_MS);
  });
  document.addEventListener("htmx:afterRequest", () => {
    waiting = Math.max(0, waiting - 1);
    if (waiting === 0) {
      clearTimeout(timer);
      timer = null;
      find("#busy").setAttribute("hidden", "");
    }
  });

  // A lost connection is said at once; a request that only reads is asked again as soon as the server answers.
  const lost = new Map();
  let leaving = false; // a request that the next page cuts off is not lost
  window.addEventListener("beforeunload", () => {
    leaving = true;
    setTimeout(() => { leaving = false; }, RETRY_MS); // somebody may have chosen to stay
  });
  let probing = false;
  function say(key, tone) {
    const place = find("#connection");
    place.textContent = key ? place.dataset[key] : "";
    place.dataset.tone = tone || "";
  }
  async function probe() {
    try {
      await fetch(SELF, { method: "HEAD", cache: "no-store" });
    } catch (error) {
      setTimeout(probe, RETRY_MS);
      return;
    }
    probing = false;
    say("back", "ok");
    setTimeout(() => probing || say(""), RETRY_MS);
    const again = Array.from(lost.values());
    lost.clear();
    again.filter((request) => request.elt.isConnected).forEach((request) => {
      window.htmx.ajax("get", request.path, { source: request.elt });
    });
  }
  document.addEventListener("htmx:sendError", (event) => {
    if (leaving) {
      return;
    }
    say("lost", "unsure");
    if (event.detail.requestConfig.verb === "get") {
      lost.set(event.detail.requestConfig.elt, event.detail.requestConfig);
    }
    if (!probing) {
      probing = true;
      setTimeout(probe, RETRY_MS);
    }
  });
  document.addEventListener("htmx:responseError", () => say("refused", "bad"));
  document.addEventListener("htmx:afterOnLoad", (event) => {
    if (event.detail.successful && !signInPage(event) && !probing && find("#connection").dataset.tone === "bad") {
      say("");
    }
  });

  // A session that ended answers with the sign-in page, which belongs in the whole window; typed text comes first.
  function signInPage(event) {
    return event.detail.xhr.responseURL.includes("/accounts/login/") && !location.pathname.startsWith("/accounts/");
  }
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!signInPage(event)) {
      return;
    }
    event.detail.shouldSwap = false;
    if (unsent) {
      say("signedOut", "bad");
    } else {
      location.reload();
    }
  });

  // Signing in again in another tab changes the CSRF token: forms that were open before take the new one, and so does
  // autosave.js.
  function token() {
    const cookie = document.cookie.split("; ").find((pair) => pair.startsWith("csrftoken="));
    return cookie ? cookie.slice("csrftoken=".length) : "";
  }
  window.csrfToken = token;
  document.addEventListener("submit", (event) => {
    const field = find("input[name=csrfmiddlewaretoken]", event.target);
    if (field && token()) {
      field.value = token();
    }
  }, true);
  document.addEventListener("htmx:configRequest", (event) => {
    if (token()) {
      event.detail.headers["X-CSRFToken"] = token();
    }
  });

  // Filters: fields left empty need not stand in the address.
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.elt.matches("form.filters")) {
      Array.from(event.detail.formData.entries()).filter(([, value]) => value === "").forEach(([name]) => {
        event.detail.formData.delete(name);
      });
    }
  });

  // What is typed into a filter while an answer is on its way stays: the answer does not know of it.
  document.addEventListener("input", (event) => {
    if (event.target.matches("form.filters input[list]")) {
      event.target.toggleAttribute("data-typed", true);
    }
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.elt.matches("form.filters")) {
      all("[data-typed]", event.detail.elt).forEach((field) => field.removeAttribute("data-typed"));
    }
  });
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    if (find("[data-typed]", event.detail.target)) {
      event.detail.shouldSwap = false;
    }
  });

  document.addEventListener("htmx:afterSettle", countAll);
  countAll();
})();
