// The live preview: an answer that came too late is not shown, and what has not changed is neither drawn nor said again.
(function () {
  "use strict";

  const preview = document.getElementById("preview");

  // The type or the group was switched while this answer was on its way: it shows what is not wanted any more, and would
  // switch the group back.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { elt, parameters } = event.detail.requestConfig;
    const type = document.querySelector("#compose input[name=msgtype]");
    const group = elt === preview && document.getElementById("id_shown");
    const late = (field, asked) => field && asked && asked !== field.value;
    if (event.detail.target.id === "preview-body" && (late(type, parameters.msgtype) || late(group, parameters.shown))) {
      event.detail.shouldSwap = false;
      preview.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });

  // A long message goes at once, and not element by element with htmx's events for each: nothing in it asks for anything.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.shouldSwap && event.detail.target.id === "preview-body") {
      event.detail.target.querySelectorAll(".dt-screen").forEach((screen) => screen.remove());
    }
  });

  // What stands beside the fields mostly stays as it is at a key, and all that follows it would be styled anew. A screen
  // reader reads a status whenever it is written, even with the same words.
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const { target, fragment } = event.detail;
    const words = (element) => element.textContent.replace(/\s+/g, " ").trim();
    const said = target.id === "preview-status" && words(target) === words(fragment);
    const drawn = fragment.children.length === 1 && fragment.firstElementChild.outerHTML === target.outerHTML;
    if (said || drawn) {
      event.detail.shouldSwap = false;
    }
  });
})();
