// <button data-copy="id-of-an-input" data-copied="Copied">: puts the input's value on the clipboard and says so.
(function () {
  "use strict";

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) {
      return;
    }
    const input = document.getElementById(button.dataset.copy);
    input.select();
    const done = () => {
      button.querySelector("span").textContent = button.dataset.copied;
    };
    if (navigator.clipboard) {
      navigator.clipboard.writeText(input.value).then(done);
    } else if (document.execCommand("copy")) { // pages over plain http have no clipboard
      done();
    }
  });
})();
