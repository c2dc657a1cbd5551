// Runs before the first paint: marks that scripts run, and lets "auto" follow the system.
(function () {
  "use strict";
  const root = document.documentElement;
  root.classList.add("js");
  // Django's admin writes its own <html>; there the choice stands in a meta element, and the attribute is its own.
  const meta = document.querySelector("meta[name=theme]");
  if (meta) {
    root.dataset.theme = meta.content;
    return;
  }
  if (root.dataset.theme !== "auto") {
    return;
  }
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  function follow() {
    root.setAttribute("data-bs-theme", dark.matches ? "dark" : "light");
  }
  dark.addEventListener("change", follow);
  follow();
})();
