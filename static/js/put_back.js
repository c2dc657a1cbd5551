// Offers what this browser kept of the draft and nobody saved (kept.js): to put it back into the form, or throw it away.
(function () {
  "use strict";

  const page = window.composePage;
  if (!page) {
    return;
  }
  const place = document.getElementById("kept");
  let offered = null;

  async function offer() {
    const [writer, draft, open] = ["writer", "draft", "page"].map((name) => page.state(name).value);
    offered = window.keptDraft.others(writer, draft, open)[0];
    if (!offered) {
      return;
    }
    const about = [["page", offered.page], ["kept_at", offered.at]];
    const answer = await page.post(page.form.dataset.keptUrl, [...offered.fields, ...about]);
    if (answer?.status === 200) {
      page.show(place, await answer.text());
    } else if (answer?.status === 204) { // it was saved after all
      window.keptDraft.drop(offered.key);
      offer();
    }
  }

  // False when the server could not draw it: then it stays offered.
  async function putBack() {
    const answer = await page.post(page.form.dataset.putBackUrl, offered.fields);
    if (!answer?.ok) {
      return false;
    }
    const drawn = new DOMParser().parseFromString(await answer.text(), "text/html");
    const body = document.importNode(drawn.getElementById("compose-body"), true);
    document.getElementById("compose-body").replaceWith(body);
    window.htmx.process(body);
    page.form.dispatchEvent(new Event("input", { bubbles: true }));
    page.keep();
    return true;
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-kept]");
    if (!button || (button.dataset.kept === "back" && !(await putBack()))) {
      return;
    }
    window.keptDraft.drop(offered.key);
    page.show(place, "");
    page.state("name").focus({ preventScroll: true });
    offer();
  });

  offer();
})();
