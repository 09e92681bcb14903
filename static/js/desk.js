// The admin desk: a form is sent once, and the theme's scroll boxes get names of their own.
document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("[data-simplebar]").forEach((box, number) => {
    box.setAttribute("data-simplebar-aria-label", `Bagian yang dapat digulir ${number + 1}`);
  });
  document.querySelectorAll(".desk form[method=post]").forEach((form) => {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "1";
    });
  });
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll(".desk form").forEach((form) => delete form.dataset.sent);
});
