// Counts the seconds down in which a launch can be taken back. The time stands on the page without it, too.
(function () {
  "use strict";

  const TICK_MS = 200;
  const SAID_AT = [60, 30, 10, 5]; // seconds left at which a screen reader is told, not each of them

  function run(place) {
    const seconds = Number(place.dataset.countdown);
    const began = Date.now();
    const bar = place.querySelector("progress");
    const words = place.querySelector("[data-words]");
    const said = place.querySelector("[role=status]");
    let last = seconds;

    function show(left) {
      bar.value = left;
      words.textContent = left > 0 ? place.dataset.left.replace("{seconds}", String(left)) : place.dataset.over;
      if (SAID_AT.some((step) => left <= step && step < last) || left === 0) {
        said.textContent = words.textContent;
      }
      last = left;
    }

    function tick() {
      if (!place.isConnected) {
        return;
      }
      const left = Math.max(0, Math.ceil(seconds - (Date.now() - began) / 1000));
      if (left !== last) {
        show(left);
      }
      if (left > 0) {
        setTimeout(tick, TICK_MS);
      }
    }

    show(seconds);
    tick();
  }

  document.querySelectorAll("[data-countdown]").forEach(run);
})();
