// The days of a year by arrow keys: one of them is reached by Tab, the others from it.
(() => {
  const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
  const days = () => Array.from(document.querySelectorAll("[data-days] [data-day]"));

  const settle = () => {
    const all = days();
    const chosen = all.find((day) => day === document.activeElement) || all.find((day) => day.closest("[aria-current]")) || all[0];
    all.forEach((day) => { day.tabIndex = day === chosen ? 0 : -1; });
  };

  document.addEventListener("keydown", (event) => {
    const day = event.target.closest?.("[data-days] [data-day]");
    if (!day || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const all = days();
    const at = all.indexOf(day);
    const to = event.key === "Home" ? 0 : event.key === "End" ? all.length - 1 : at + (STEPS[event.key] ?? NaN);
    if (!all[to]) return;
    event.preventDefault();
    day.tabIndex = -1;
    all[to].tabIndex = 0;
    all[to].focus();
  });
  document.addEventListener("focusin", (event) => { if (event.target.matches?.("[data-days] [data-day]")) settle(); });
  document.addEventListener("htmx:afterSettle", settle);
  document.addEventListener("DOMContentLoaded", settle);
})();
