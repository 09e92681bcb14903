// On a slow line people press again. The second press does nothing; the server's key is the real guard.
// The button is told apart by aria-disabled, not disabled, so that its name and value are still sent.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-once]") || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  const pressed = event.submitter ?? form.querySelector("[type=submit]");
  pressed?.setAttribute("aria-disabled", "true");
  const said = document.createElement("p");
  said.className = "muted small";
  said.setAttribute("role", "status");
  said.textContent = "Sedang dikirim. Mohon tunggu, jangan tutup halaman ini.";
  (pressed?.closest(".actions") ?? form).after(said);
  setTimeout(() => restore(form), 30000);
});

function restore(form) {
  delete form.dataset.sent;
  form.querySelector("[aria-disabled]")?.removeAttribute("aria-disabled");
}

// Coming back with the browser's back button finds the form usable again.
addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of document.querySelectorAll("form[data-sent]")) restore(form);
});
