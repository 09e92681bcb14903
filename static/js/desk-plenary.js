// Tick or untick a whole list; without this file the link loads the page with all ticked.
for (const list of document.querySelectorAll("[data-choose-all]")) {
  const boxes = [...list.querySelectorAll("input[type=checkbox]")];
  if (boxes.length < 2) continue;
  const most = boxes.slice(0, Number(list.dataset.most) || boxes.length);
  const full = () => most.every((box) => box.checked);
  let link = list.querySelector("[data-choose-all-link]");
  if (!link) {
    link = document.createElement("a");
    link.href = "#";
    list.querySelector("legend")?.append(" ", link);
  }
  link.setAttribute("role", "button");
  const name = most.length < boxes.length ? `Pilih ${most.length} teratas` : "Pilih semua";
  const say = () => { link.textContent = full() ? "Kosongkan pilihan" : name; };
  const toggle = (event) => {
    event.preventDefault();
    const wanted = !full();
    boxes.forEach((box) => { box.checked = wanted && most.includes(box); });
    say();
  };
  link.addEventListener("click", toggle);
  link.addEventListener("keydown", (event) => { if (event.key === " ") toggle(event); });
  list.addEventListener("change", say);
  say();
}
