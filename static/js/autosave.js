// Saves the compose page by itself: when typing stops, and when the page is left. What the server does not hold yet is
// kept in the browser (kept.js), and offered again when the page comes back. Without this file the form is saved by its
// buttons. Offers window.composePage to put_back.js and presence.js.
(function () {
  "use strict";

  const form = document.querySelector("form[data-autosave]");
  if (!form) {
    return;
  }
  const AFTER_MS = 2000;
  const KEEP_AFTER_MS = 250;
  const AGAIN_MS = [3000, 6000, 12000, 30000];
  // What stands on the page and is not of the draft, and what tells the page from others.
  const BESIDE = ["csrfmiddlewaretoken", "own_new", "shown", "test_robot", "trial_key", "width"];
  const ABOUT = ["page", "writer", "draft", "based_on"];
  const KEEPALIVE_ROOM = 60000; // what a browser still sends of a page that is gone, less something for the other request
  const TROUBLE = ["offline", "signedOut", "refused", "forbidden", "unkept"];

  const line = document.getElementById("save-line");
  const echo = document.getElementById("save-echo");
  const conflict = document.getElementById("conflict");
  const state = (name) => form.elements.namedItem(name);

  function fields() {
    const all = Array.from(new FormData(form).entries());
    return all.filter(([name]) => !BESIDE.includes(name) && !ABOUT.includes(name) && !name.startsWith("search_"));
  }
  const written = () => JSON.stringify(fields());

  let saved = "unsaved" in form.dataset ? null : written(); // as the server has it
  let sending = null; // what is on its way
  let waiting = null; // the timer of the next save
  let keeping = null;
  let tries = 0;
  let submitted = false;

  const place = () => window.keptDraft.place(state("writer").value, state("draft").value, state("page").value);

  // What is wrong is also told beside the buttons, which stay in sight.
  function say(key, words) {
    line.dataset.state = key;
    still(() => {
      line.textContent = words || line.dataset[key] || "";
    });
    echo.textContent = ["conflict", "deleted", ...TROUBLE].includes(key) ? line.textContent : "";
  }

  // What comes or goes above the form does not move the field that somebody writes in.
  function still(change) {
    const field = form.contains(document.activeElement) ? document.activeElement : null;
    const before = field?.getBoundingClientRect().top;
    change();
    if (field) {
      window.scrollBy({ top: field.getBoundingClientRect().top - before, behavior: "instant" });
    }
  }

  // Answers undefined when the server cannot be reached; "signedOut" where the sign-in page would follow.
  async function post(url, pairs, { keepalive = false } = {}) {
    const about = ABOUT.map((name) => [name, state(name).value]);
    const token = window.csrfToken() || state("csrfmiddlewaretoken").value;
    const body = new URLSearchParams([...about.filter(([name]) => !pairs.some(([other]) => other === name)), ...pairs]);
    try {
      const response = await fetch(url, {
        method: "POST",
        body,
        headers: { "X-CSRFToken": token },
        redirect: "manual",
        keepalive: keepalive && body.toString().length < KEEPALIVE_ROOM,
      });
      return response.type === "opaqueredirect" ? "signedOut" : response;
    } catch (error) {
      return undefined;
    }
  }

  function keep() {
    clearTimeout(keeping);
    keeping = null;
    return window.keptDraft.write(place(), { fields: fields(), page: state("page").value });
  }

  // Until somebody chooses between two versions nothing is saved, and a deleted draft is not brought back by itself.
  const paused = () => conflict.children.length > 0 || line.dataset.state === "deleted";

  function changed() {
    if (written() === saved) {
      clearTimeout(waiting);
      clearTimeout(keeping);
      keeping = null;
      window.keptDraft.drop(place());
      if (["conflict", ...TROUBLE].includes(line.dataset.state) && !paused()) {
        say("");
      }
      return;
    }
    keeping = keeping || setTimeout(keep, KEEP_AFTER_MS);
    if (!paused()) {
      soon(AFTER_MS);
    }
  }

  function soon(milliseconds) {
    clearTimeout(waiting);
    waiting = setTimeout(save, milliseconds);
  }

  async function save({ leaving = false, keepMine = "" } = {}) {
    clearTimeout(waiting);
    const now = written();
    if (submitted || now === sending || (now === saved && !keepMine) || (paused() && !keepMine)) {
      return;
    }
    if (sending && !leaving) {
      soon(AFTER_MS);
      return;
    }
    sending = now;
    const kept = keep();
    if (!TROUBLE.includes(line.dataset.state)) {
      say("saving");
    }
    const chosen = keepMine ? [["keep", "1"], ["based_on", keepMine]] : [];
    const answer = await post(form.dataset.autosave, [...fields(), ...chosen], { keepalive: leaving });
    sending = null;
    const outcome = await understood(answer);
    if (outcome.state === "saved") {
      tries = 0;
      settle(outcome, now);
    } else if (outcome.state === "conflict") {
      showConflict(outcome.html);
      say("conflict");
    } else if (TROUBLE.includes(outcome.state)) {
      say(kept ? outcome.state : "unkept");
      soon(AGAIN_MS[Math.min(tries, AGAIN_MS.length - 1)]);
      tries += 1;
    } else {
      say(outcome.state === "deleted" ? "deleted" : "");
    }
  }

  async function understood(answer) {
    if (!answer) {
      return { state: "offline" };
    }
    if (answer === "signedOut") {
      return { state: "signedOut" };
    }
    if (!answer.ok) {
      return { state: answer.status < 500 ? "forbidden" : "refused" };
    }
    return answer.json();
  }

  function settle(outcome, sent) {
    const before = place();
    saved = sent;
    state("draft").value = outcome.draft;
    state("based_on").value = outcome.version;
    form.dataset.autosave = outcome.autosave || form.dataset.autosave;
    form.dataset.presence = outcome.presence;
    if (outcome.address && location.pathname !== outcome.address) {
      history.replaceState(history.state, "", outcome.address);
    }
    show(document.getElementById("newest-version"), outcome.newest);
    showConflict("");
    window.fieldErrors(form, outcome.wrong);
    if (before !== place()) {
      window.keptDraft.drop(before);
    }
    say("saved", outcome.line);
    changed();
  }

  function show(where, html) {
    still(() => {
      where.innerHTML = html;
    });
    window.htmx.process(where);
  }

  function showConflict(html) {
    show(document.getElementById("newer"), "");
    show(conflict, html);
  }

  // --- when -----------------------------------------------------------------------------------------------------------
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target.id === "compose-body") {
      changed();
    }
  });
  const leave = () => {
    if (written() !== saved) {
      keep();
      save({ leaving: true });
    }
  };
  document.addEventListener("visibilitychange", () => (document.hidden ? leave() : again()));
  window.addEventListener("pagehide", leave);
  window.addEventListener("pageshow", () => { submitted = false; });
  window.addEventListener("online", again);
  window.addEventListener("focus", again);
  function again() {
    if (TROUBLE.includes(line.dataset.state) && written() !== saved) {
      soon(0);
    }
  }
  form.addEventListener("submit", () => {
    if (written() !== saved) {
      keep(); // the save may meet a lost connection or a session that has ended
    }
    clearTimeout(waiting);
    submitted = true;
  });
  window.addEventListener("beforeunload", (event) => {
    if (!submitted && written() !== saved && (paused() || TROUBLE.includes(line.dataset.state))) {
      event.preventDefault();
    }
  });

  // --- two versions ---------------------------------------------------------------------------------------------------
  document.addEventListener("click", (event) => {
    const mine = event.target.closest("[data-keep-mine]");
    if (mine) {
      event.preventDefault();
      save({ keepMine: mine.dataset.keepMine });
    }
    const newest = event.target.closest("[data-show-newest]");
    if (newest) {
      compare(newest.dataset.showNewest);
    }
  });

  async function compare(url) {
    const answer = await post(url, fields());
    if (answer?.ok) {
      showConflict(await answer.text());
      say("");
      conflict.scrollIntoView({ block: "nearest" });
    } else if (answer === "signedOut") {
      say("signedOut");
    }
  }

  if (paused()) {
    say("conflict");
  }
  if (saved === null) {
    keep();
  }

  window.composePage = {
    form,
    post,
    state,
    still,
    show,
    keep,
    // Heard while nothing was being saved: the session ended or came back, the draft was deleted.
    learn(what) {
      if (what === "there") {
        if (line.dataset.state === "signedOut") {
          changed();
          again();
        }
      } else if (line.dataset.state !== what && line.dataset.state !== "unkept") {
        say(what);
      }
    },
  };
})();
