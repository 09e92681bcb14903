// Words offered while somebody types into a search box: input[data-suggest="address"]. An ARIA combobox with a list.
// Enter without a chosen row sends the form as ever; when the address can't be reached, nothing is offered.
const SUGGEST_WAIT = 160; // ms after the last key
const known = new Map(); // typed text -> what was offered; one page's life long

for (const input of document.querySelectorAll("input[data-suggest]")) offer(input);

function offer(input) {
  const list = document.createElement("ul");
  const status = document.createElement("p");
  const box = document.createElement("span");
  list.id = `${input.id}_saran`;
  list.className = "suggest__list";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Saran pencarian");
  list.hidden = true;
  status.className = "sr";
  status.setAttribute("role", "status");
  box.className = "suggest";
  const focused = document.activeElement === input;
  input.replaceWith(box);
  box.append(input, list, status);
  if (focused) input.focus();
  for (const [name, value] of [
    ["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", list.id],
    ["autocomplete", "off"], ["autocapitalize", "off"],
  ]) input.setAttribute(name, value);

  let timer;
  let asked = 0;
  let offers = [];
  let active = -1;
  let typed = input.value;

  function close() {
    clearTimeout(timer);
    asked += 1;
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function mark(number) {
    active = number;
    [...list.children].forEach((row, at) => row.setAttribute("aria-selected", String(at === number)));
    input.value = number < 0 || offers[number].jenis !== "kata" ? typed : offers[number].teks;
    if (number < 0) input.removeAttribute("aria-activedescendant");
    else {
      input.setAttribute("aria-activedescendant", list.children[number].id);
      list.children[number].scrollIntoView({ block: "nearest" });
    }
  }

  function take(at) {
    const chosen = offers[at];
    close();
    if (chosen.jenis !== "kata") return void (location.href = chosen.url);
    input.value = typed = chosen.teks;
    input.form.requestSubmit();
  }

  function show(found) {
    offers = found;
    list.replaceChildren(
      ...found.map((each, at) => {
        const row = document.createElement("li");
        row.id = `${list.id}_${at}`;
        row.setAttribute("role", "option");
        row.setAttribute("aria-selected", "false");
        row.textContent = each.teks;
        if (each.jenis !== "kata") {
          const kind = document.createElement("span");
          kind.className = "suggest__kind";
          kind.textContent = ` ${each.jenis}`;
          row.append(kind);
        }
        row.addEventListener("mousedown", (event) => event.preventDefault()); // keep the focus in the field
        row.addEventListener("click", () => take(at));
        return row;
      }),
    );
    active = -1;
    list.hidden = !found.length;
    input.setAttribute("aria-expanded", String(found.length > 0));
    status.textContent = found.length ? `${found.length} saran. Gunakan panah atas dan bawah.` : "";
  }

  async function look() {
    const text = typed.trim().slice(0, 60);
    const mine = ++asked;
    if (text.length < 2) return close();
    if (!known.has(text)) {
      try {
        const answer = await fetch(`${input.dataset.suggest}?${new URLSearchParams({ q: text })}`);
        known.set(text, answer.ok ? (await answer.json()).saran : []);
      } catch {
        return;
      }
    }
    if (mine === asked && document.activeElement === input) show(known.get(text));
  }

  input.addEventListener("input", () => {
    typed = input.value;
    clearTimeout(timer);
    timer = setTimeout(look, SUGGEST_WAIT);
  });
  input.addEventListener("keydown", (event) => {
    const open = !list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) return void look();
      const count = offers.length + 1; // one place of the round is what was typed
      mark(((active + 1 + (event.key === "ArrowDown" ? 1 : -1) + count) % count) - 1);
    } else if (event.key === "Enter" && open && active >= 0) {
      event.preventDefault();
      take(active);
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      mark(-1);
      close();
    }
  });
  input.addEventListener("blur", close);
}
