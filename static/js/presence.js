// Says every ten seconds that this page is open, while somebody can see it, and shows who else has the draft open and
// whether they saved. Without an answer it says nothing.
(function () {
  "use strict";

  const page = window.composePage;
  if (!page) {
    return;
  }
  const EVERY_MS = 10000;
  const NOBODY = { others: "", names: [], newer: "", version: 0 };
  const others = document.getElementById("others");
  const status = document.getElementById("others-status");
  const newer = document.getElementById("newer");
  let typedAt = null;
  let timer = null;
  let named = "";
  let told = 0; // the newer version that is on the page

  page.form.addEventListener("input", () => { typedAt = Date.now(); });

  async function beat() {
    clearTimeout(timer);
    if (document.hidden) {
      return;
    }
    timer = setTimeout(beat, EVERY_MS);
    if (!page.form.dataset.presence) {
      return; // not saved yet: nobody else can know of it
    }
    const typed = typedAt === null ? "" : String(Math.round((Date.now() - typedAt) / 1000));
    const answer = await page.post(page.form.dataset.presence, [["typed", typed]]);
    if (answer === "signedOut") {
      page.learn("signedOut");
      return show(NOBODY);
    }
    const heard = answer?.ok ? await answer.json() : {};
    if (heard.state) {
      page.learn(heard.state);
    }
    return show({ ...NOBODY, ...heard });
  }

  const show = (heard) => page.still(() => draw(heard));

  function draw(heard) {
    others.innerHTML = heard.others;
    // A screen reader hears who came, not the time of every key.
    const names = heard.names.join(", ");
    if (names !== named) {
      status.textContent = names && `${status.dataset.also} ${names}`;
      named = names;
    }
    if (!heard.version || document.getElementById("conflict").children.length) {
      newer.replaceChildren();
      told = 0;
    } else if (heard.version !== told) {
      newer.innerHTML = heard.newer;
      told = heard.version;
    }
  }

  document.addEventListener("visibilitychange", beat);
  window.addEventListener("pagehide", () => {
    if (page.form.dataset.presence) {
      page.post(page.form.dataset.presence, [["gone", "1"]], { keepalive: true });
    }
  });
  window.addEventListener("pageshow", beat);
})();
