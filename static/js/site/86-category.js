// A service's form: another category brings its own questions, units and hints at once, without the button that asks
// for them. Each `data-category-part` is exchanged for the same one of the page that answers.
for (const select of document.querySelectorAll("[data-category-part] [name=category]")) {
  const form = select.closest("form");
  const partsOf = (page) => [...page.querySelectorAll("[data-category-part]")];
  const dropButton = () => form.querySelector("[data-category-button]")?.remove();
  dropButton();
  form.addEventListener("change", async (event) => {
    if (event.target.name !== "category") return;
    const typed = new FormData(form);
    typed.append("ganti_kategori", "1");
    try {
      const answer = await fetch(location.href, { method: "POST", body: typed });
      const fresh = partsOf(new DOMParser().parseFromString(await answer.text(), "text/html"));
      const parts = partsOf(form);
      if (fresh.length !== parts.length || new FormData(form).get("category") !== typed.get("category")) return;
      const focused = document.activeElement?.name;
      const now = new FormData(form);
      parts.forEach((part, index) => part.replaceChildren(...fresh[index].childNodes));
      dropButton();
      for (const [name, value] of now) {
        const field = form.elements[name]; // what was typed while the answer came
        if (value !== typed.get(name) && field?.matches?.("textarea, select, input:not([type=checkbox])")) field.value = value;
      }
      if (focused) form.querySelector(`[name="${CSS.escape(focused)}"]`)?.focus();
    } catch {
      // the line is down: saving says what is still to be answered
    }
  });
}
