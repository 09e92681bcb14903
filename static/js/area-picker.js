// The area picker as a type-ahead: one text field (ARIA combobox with a list) instead of a row of selects.
// The selects stay in the page, switched off, and come back when the search can't be reached.

const WAIT = 180; // ms after the last key
const SHORTEST = 2;
const LEVELS = { province: "provinsi", regency: "kabupaten", district: "kecamatan", village: "desa" };
const answers = new Map(); // address -> what it said; one page's life long

for (const picker of document.querySelectorAll("[data-area-picker]")) enhance(picker);

function element(tag, attributes = {}, text = "") {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = text;
  return made;
}

function enhance(picker) {
  const { id, name, url, level, within, word } = picker.dataset;
  const steps = picker.querySelector("[data-area-steps]");
  const group = picker.closest("fieldset");
  const legend = group?.querySelector("legend");
  const listId = `${id}_list`;

  const input = element("input", {
    class: "input", type: "text", id: `${id}_0`, role: "combobox", "aria-expanded": "false", "aria-controls": listId,
    "aria-autocomplete": "list", autocomplete: "off", autocapitalize: "words", spellcheck: "false",
    placeholder: "Ketik namanya",
  });
  if (legend) {
    legend.id ||= `${id}_legend`;
    input.setAttribute("aria-labelledby", legend.id);
  } else input.setAttribute("aria-label", `Cari ${word}`);
  const described = [group?.getAttribute("aria-describedby"), `${id}_place`].filter(Boolean).join(" ");
  input.setAttribute("aria-describedby", described);
  if ("bad" in picker.dataset) input.setAttribute("aria-invalid", "true");
  const code = element("input", { type: "hidden", name });
  const list = element("ul", { class: "area__list", role: "listbox", id: listId, "aria-label": `Daftar ${word}` });
  list.hidden = true;
  const place = element("p", { class: "area__place", id: `${id}_place` });
  const status = element("p", { class: "sr", role: "status" });
  const box = element("div", { class: "area__box" });
  box.append(input, list);

  setSteps(false);
  picker.prepend(box, code, place, status);
  choose(
    picker.dataset.code
      ? { kode: picker.dataset.code, nama: picker.dataset.label, letak: picker.dataset.place }
      : null,
  );

  let timer;
  let asked = 0;
  let options = [];
  let active = -1;

  function setSteps(on) {
    steps.hidden = !on;
    for (const control of steps.querySelectorAll("select, button")) {
      control.disabled = !on;
      if (!on && control.id === `${id}_0`) control.id = `${id}_step_0`; // the label's target is the text field
    }
  }

  function choose(area) {
    code.value = area?.kode ?? "";
    place.textContent = area?.letak ?? "";
    place.hidden = !area?.letak;
    if (area) {
      input.value = area.nama;
      input.removeAttribute("aria-invalid");
    }
    code.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function close() {
    list.hidden = true;
    options = [];
    mark(-1);
    input.setAttribute("aria-expanded", "false");
  }

  function mark(number) {
    active = number;
    [...list.children].forEach((row, at) => {
      if (row.getAttribute("role") === "option") row.setAttribute("aria-selected", String(at === number));
    });
    if (number < 0) input.removeAttribute("aria-activedescendant");
    else {
      input.setAttribute("aria-activedescendant", list.children[number].id);
      list.children[number].scrollIntoView({ block: "nearest" });
    }
  }

  function refused(area) {
    return "onlyBuyers" in picker.dataset && area.desa && !area.beli;
  }

  function show(areas) {
    options = areas;
    const rows = areas.map((area, at) => {
      const row = element("li", { role: "option", id: `${listId}_${at}`, "aria-selected": "false" });
      const where = refused(area) ? `${area.letak} – kelurahan tidak berbelanja di sini` : area.letak;
      row.append(element("span", { class: "area__name" }, area.nama), element("span", { class: "area__where" }, where));
      if (refused(area)) row.setAttribute("aria-disabled", "true");
      row.addEventListener("mousedown", (event) => event.preventDefault()); // keep the focus in the field
      row.addEventListener("click", () => take(at));
      return row;
    });
    list.replaceChildren(...rows);
    list.hidden = !areas.length;
    input.setAttribute("aria-expanded", String(areas.length > 0));
    mark(-1);
  }

  function say(text, visible = false) {
    status.textContent = text;
    if (visible) {
      place.textContent = text;
      place.hidden = false;
    }
  }

  function take(at) {
    const area = options[at];
    if (!area || refused(area)) return;
    choose(area);
    close();
    say(`${area.nama}, ${area.letak} dipilih.`);
  }

  async function look() {
    const text = input.value.trim();
    const mine = ++asked;
    if (text.length < SHORTEST) return close();
    const query = new URLSearchParams({ q: text.slice(0, 80), tingkat: LEVELS[level] });
    if (within) query.set("dalam", within);
    if ("orAbove" in picker.dataset) query.set("keatas", "1");
    const address = `${url}?${query}`;
    try {
      if (!answers.has(address)) {
        const answer = await fetch(address, { headers: { Accept: "application/json" } });
        if (!answer.ok && answer.status !== 400) throw new Error(answer.status);
        answers.set(address, (await answer.json()).hasil);
      }
    } catch {
      if (mine === asked) return fallBack();
    }
    if (mine !== asked || document.activeElement !== input) return; // a later key has asked again
    const areas = answers.get(address) ?? [];
    show(areas);
    if (areas.length) say(`${areas.length} pilihan. Gunakan panah atas dan bawah.`);
    else say(`Tidak ada ${word} dengan nama itu. Periksa ejaan, atau tambahkan nama kecamatannya.`, true);
  }

  // The search is away: the selects work as long as the site itself does.
  function fallBack() {
    box.remove();
    code.remove();
    place.remove();
    const first = steps.querySelector(`[id="${id}_step_0"]`);
    if (first) first.id = `${id}_0`;
    setSteps(true);
    status.className = "muted small";
    status.textContent = "Pencarian sedang tidak dapat dihubungi. Pilih dari daftar berikut.";
    steps.querySelector("select")?.focus();
  }

  input.addEventListener("input", () => {
    if (code.value) choose(null);
    place.hidden = true;
    clearTimeout(timer);
    timer = setTimeout(look, WAIT);
  });
  input.addEventListener("keydown", (event) => {
    const open = !list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) return void look();
      const step = event.key === "ArrowDown" ? 1 : -1;
      mark((active + step + options.length + (active < 0 && step < 0 ? 1 : 0)) % options.length);
    } else if (event.key === "Enter" && open) {
      event.preventDefault(); // Enter takes from the list; it sends the form only when the list is shut
      take(active < 0 && options.length === 1 ? 0 : active);
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      close();
    } else if (event.key === "Tab" && open && active >= 0) take(active);
  });
  input.addEventListener("blur", () => {
    clearTimeout(timer);
    asked += 1;
    close();
    // Text that was not taken from the list means nothing: say so instead of losing it silently.
    if (input.value.trim() && !code.value) say(`Pilih ${word} dari daftar yang muncul saat Anda mengetik.`, true);
  });
}
