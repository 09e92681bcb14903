// data-confirm asks once more before a weighty button or link does its work.
document.addEventListener("click", (event) => {
  const asked = event.target.closest("[data-confirm]");
  if (!asked || asked.dataset.confirmed || !window.HTMLDialogElement) return;
  event.preventDefault();
  const dialog = document.createElement("dialog");
  const question = document.createElement("p");
  question.id = "tanya-lagi";
  question.textContent = asked.dataset.confirm;
  dialog.setAttribute("aria-labelledby", question.id);
  const actions = document.createElement("div");
  actions.className = "actions";
  const yes = choice(asked.textContent.trim(), asked.className || "btn");
  const no = choice("Batal", "btn btn--quiet");
  yes.addEventListener("click", () => {
    dialog.close();
    asked.dataset.confirmed = "1";
    asked.click();
    delete asked.dataset.confirmed;
  });
  no.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  actions.append(yes, no);
  dialog.append(question, actions);
  document.body.append(dialog);
  dialog.showModal();
  no.focus();
});

function choice(label, look) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = look;
  button.textContent = label;
  return button;
}
