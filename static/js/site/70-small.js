// Printing, copying, and filters that apply themselves.
document.addEventListener("click", async (event) => {
  if (event.target.closest("[data-print]")) print();
  const copied = event.target.closest("[data-copy]");
  if (copied) {
    await navigator.clipboard?.writeText(copied.dataset.copy);
    copied.textContent = "Tersalin";
  }
});
for (const form of document.querySelectorAll("form[data-auto-submit]")) {
  form.addEventListener("change", (event) => event.target.matches("select") && form.requestSubmit());
}
