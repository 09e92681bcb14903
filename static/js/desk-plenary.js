// Tick or untick a whole list; without this file the link loads the page with all ticked.
for (const list of document.querySelectorAll("[data-choose-all]")) {
  const boxes = [...list.querySelectorAll("input[type=checkbox]")];
  if (boxes.length < 2) continue;
  let link = list.querySelector("[data-choose-all-link]");
  if (!link) {
    link = document.createElement("a");
    link.href = "#";
    list.querySelector("legend")?.append(" ", link);
  }
  link.setAttribute("role", "button");
  const say = () => { link.textContent = boxes.every((box) => box.checked) ? "Kosongkan pilihan" : "Pilih semua"; };
  const toggle = (event) => {
    event.preventDefault();
    const all = boxes.every((box) => box.checked);
    boxes.forEach((box) => { box.checked = !all; });
    say();
  };
  link.addEventListener("click", toggle);
  link.addEventListener("keydown", (event) => { if (event.key === " ") toggle(event); });
  list.addEventListener("change", say);
  say();
}
