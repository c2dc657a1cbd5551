// The live preview: an answer that came too late is not shown, and what has not changed is not said again.
(function () {
  "use strict";

  const preview = document.getElementById("preview");

  // The type was switched while this answer was on its way: it shows a message that is not there any more.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const type = document.querySelector("#compose input[name=msgtype]");
    const asked = event.detail.requestConfig.parameters.msgtype;
    if (event.detail.target.id === "preview-body" && type && asked && asked !== type.value) {
      event.detail.shouldSwap = false;
      preview.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });

  // A screen reader reads a status whenever it is written, even with the same words.
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const words = (element) => element.textContent.replace(/\s+/g, " ").trim();
    if (event.detail.target.id === "preview-status" && words(event.detail.target) === words(event.detail.fragment)) {
      event.detail.shouldSwap = false;
    }
  });
})();
