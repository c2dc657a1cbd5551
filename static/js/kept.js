// What was typed and not saved yet, kept in this browser: per person, draft and open page, for a month at most.
// Signing out forgets it (app.js). Offers window.keptDraft to autosave.js and put_back.js.
(function () {
  "use strict";

  const PREFIX = "dingadmin.draft.";
  const FORGOTTEN_AFTER_MS = 30 * 24 * 3600 * 1000;

  function place(writer, draft, page) {
    return `${PREFIX}${writer}.${draft || "new"}.${page}`;
  }

  // False where the browser keeps nothing: storage that is full or forbidden.
  function write(key, value) {
    try {
      localStorage.setItem(key, JSON.stringify({ ...value, at: Date.now() }));
      return true;
    } catch (error) {
      return false;
    }
  }

  function drop(key) {
    try {
      localStorage.removeItem(key);
    } catch (error) {
      // Then nothing was kept either.
    }
  }

  function read(key) {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch (error) {
      return null;
    }
  }

  function keys() {
    try {
      return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
    } catch (error) {
      return [];
    }
  }

  // What other pages of the person kept of the draft, the newest first.
  function others(writer, draft, page) {
    const beginning = place(writer, draft, "");
    return keys()
      .filter((key) => key.startsWith(beginning) && key !== place(writer, draft, page))
      .map((key) => ({ key, ...read(key) }))
      .filter((kept) => kept.fields)
      .sort((one, other) => other.at - one.at);
  }

  keys().forEach((key) => {
    const kept = read(key);
    if (!kept || Date.now() - kept.at > FORGOTTEN_AFTER_MS) {
      drop(key);
    }
  });

  window.keptDraft = { place, write, drop, others };
})();
