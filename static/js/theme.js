// Runs before the first paint: marks that scripts run, and lets "auto" follow the system.
(function () {
  "use strict";
  const root = document.documentElement;
  root.classList.add("js");
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
