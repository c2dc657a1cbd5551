// What an autosave finds wrong with a field stands beside it, as after a save by the button. Offers window.fieldErrors.
(function () {
  "use strict";

  const described = (field, id) => (field.getAttribute("aria-describedby") || "").replace(id, "").trim();

  function takeAway(form) {
    form.querySelectorAll("[data-autosave-error]").forEach((place) => {
      const field = form.elements.namedItem(place.dataset.autosaveError);
      field.classList.remove("is-invalid");
      field.removeAttribute("aria-invalid");
      field.setAttribute("aria-describedby", described(field, place.id));
      place.remove();
    });
  }

  function put(form, name, texts) {
    const field = form.elements.namedItem(name);
    const place = document.createElement("div");
    place.className = "field-error";
    place.id = `${field.id}_error`;
    place.dataset.autosaveError = name;
    texts.forEach((text) => place.appendChild(document.createElement("p")).append(text));
    document.getElementById(place.id)?.remove();
    field.after(place);
    field.classList.add("is-invalid");
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", `${described(field, place.id)} ${place.id}`.trim());
  }

  // `wrong`: the texts for each field's name. What was wrong before and is not any more is taken away.
  window.fieldErrors = function (form, wrong) {
    takeAway(form);
    Object.entries(wrong).forEach(([name, texts]) => put(form, name, texts));
  };
})();
