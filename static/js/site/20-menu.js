// A menu made of <details> also closes on Escape, on a click elsewhere, and when focus leaves it.
const menus = document.querySelectorAll("details[data-menu]");
for (const menu of menus) {
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  menu.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
  });
}
document.addEventListener("click", (event) => {
  for (const menu of menus) if (!menu.contains(event.target)) menu.open = false;
});

// Filters stand open beside the list on a desk, folded on a phone.
if (matchMedia("(min-width: 56rem)").matches) {
  for (const box of document.querySelectorAll("details[data-open-wide]")) box.open = true;
}
