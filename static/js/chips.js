// <button data-insert="@[Li Wei]">: puts the words where the cursor stands in the text, as if they were typed, so that
// the browser's own undo takes them back. Without this file they can be typed.
(function () {
  "use strict";

  const TEXTS = "#compose textarea[name=text], #compose textarea[name=own_text]";
  let latest = null; // where somebody wrote last

  document.addEventListener("focusin", (event) => {
    if (event.target.matches(TEXTS)) {
      latest = event.target;
    }
  });

  function field() {
    if (latest && latest.isConnected) {
      return latest;
    }
    const first = document.querySelector(TEXTS);
    if (first) {
      first.setSelectionRange(first.value.length, first.value.length);
    }
    return first;
  }

  // The field keeps the focus and its selection.
  document.addEventListener("mousedown", (event) => {
    if (event.target.closest("[data-insert]")) {
      event.preventDefault();
    }
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-insert]");
    const text = button && field();
    if (!text) {
      return;
    }
    text.focus();
    // Outdated by name, but nothing else writes into the browser's history of what can be undone.
    if (!document.execCommand("insertText", false, button.dataset.insert)) {
      text.setRangeText(button.dataset.insert, text.selectionStart, text.selectionEnd, "end");
      text.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });
})();
