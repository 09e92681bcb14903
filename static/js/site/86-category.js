// A service's form: another category brings its own questions at once, without the button that asks for them.
for (const part of document.querySelectorAll("[data-category-part]")) {
  const form = part.closest("form");
  const dropButton = () => part.querySelector("[data-category-button]")?.remove();
  dropButton();
  part.addEventListener("change", async (event) => {
    if (event.target.name !== "category") return;
    const typed = new FormData(form);
    typed.append("ganti_kategori", "1");
    try {
      const answer = await fetch(location.href, { method: "POST", body: typed });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-category-part]");
      if (!fresh || new FormData(form).get("category") !== typed.get("category")) return;
      part.replaceChildren(...fresh.childNodes);
      dropButton();
      part.querySelector("[name=category]")?.focus();
    } catch {
      // the line is down: saving says what is still to be answered
    }
  });
}
