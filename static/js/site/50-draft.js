// A long form outlives a lost line, a flat battery and an ended session: what was typed is kept in this browser
// until the form is sent. Never passwords, files, hidden fields, or a field marked data-no-draft (NIK, accounts).
const WEEK = 7 * 24 * 3600 * 1000;
const person = document.body.dataset.person ?? "";
let forgotten = false;
const keepable = (field) =>
  field.name && !field.closest("[data-no-draft]") && !["hidden", "password", "file", "submit", "button"].includes(field.type);

for (const form of document.querySelectorAll("form[data-autosave]")) {
  const key = `draf:${person}:${form.dataset.autosave}`;
  const fields = () => [...form.elements].filter(keepable);
  const start = filled(read(fields()));
  let saved = null;
  try {
    saved = JSON.parse(localStorage.getItem(key));
  } catch {
    saved = null;
  }
  if (saved && Date.now() - saved.at > WEEK) {
    localStorage.removeItem(key);
    saved = null;
  }
  if (saved && filled(saved.values) !== start && !document.querySelector(".error-summary")) offer(form, key, saved, fields);
  let timer;
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(() => keep(key, read(fields())), 600);
  };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    keep(key, read(fields())); // kept until the next page proves that it arrived
    try {
      sessionStorage.setItem("draf-terkirim", key);
    } catch {
      // storage is full or refused: the form still works
    }
  });
}

// On a shared computer the next person must find nothing: leaving throws the drafts away.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-forget]")) return;
  forgotten = true;
  for (const key of Object.keys(localStorage)) if (key.startsWith("draf:")) localStorage.removeItem(key);
});

// Arriving on a page without that form's errors means the last one was taken. A page for logging in or an error
// page ([data-not-taken]) means that it was not: the draft stays, until the form that the session's end cut off
// ([data-returned]) has been sent again.
try {
  const sent = sessionStorage.getItem("draf-terkirim");
  if (sent) {
    sessionStorage.removeItem("draf-terkirim");
    const form = document.querySelector(`form[data-autosave="${CSS.escape(sent.split(":").slice(2).join(":"))}"]`);
    if (!person || document.querySelector("[data-not-taken]")) sessionStorage.setItem("draf-terputus", sent);
    else if (!form && !document.querySelector(".error-summary")) localStorage.removeItem(sent);
  }
  document.querySelector("form[data-returned]")?.addEventListener("submit", () => {
    const cut = sessionStorage.getItem("draf-terputus");
    if (cut) sessionStorage.setItem("draf-terkirim", cut);
    sessionStorage.removeItem("draf-terputus");
  });
} catch {
  // no storage: nothing was kept
}

function read(list) {
  return list
    .filter((field) => !["checkbox", "radio"].includes(field.type) || field.checked)
    .map((field) => [field.name, field.value]);
}

// What is filled, in no order: a page that shows more rows or other choices brings back what was typed, and offers nothing.
function filled(values) {
  return values
    .filter(([, value]) => value)
    .map((pair) => JSON.stringify(pair))
    .sort()
    .join();
}

function keep(key, values) {
  if (forgotten) return;
  try {
    localStorage.setItem(key, JSON.stringify({ at: Date.now(), values }));
  } catch {
    // storage is full or refused: the form still works
  }
}

function offer(form, key, saved, fields) {
  const note = document.createElement("div");
  note.className = "draft-note";
  note.setAttribute("role", "status");
  const said = document.createElement("p");
  const when = new Date(saved.at).toLocaleString("id-ID", { dateStyle: "long", timeStyle: "short" });
  said.textContent = `Ada isian yang belum terkirim dari ${when}, tersimpan di peramban ini.`;
  const actions = document.createElement("div");
  actions.className = "actions";
  const use = button("Lanjutkan isian itu", "btn btn--secondary");
  const drop = button("Hapus", "btn btn--quiet");
  use.addEventListener("click", () => {
    const left = [...saved.values];
    for (const field of fields()) {
      if (["checkbox", "radio"].includes(field.type)) {
        field.checked = left.some(([name, value]) => name === field.name && value === field.value);
      } else {
        const at = left.findIndex(([name]) => name === field.name);
        if (at >= 0) field.value = left.splice(at, 1)[0][1];
      }
    }
    note.remove();
    form.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  });
  drop.addEventListener("click", () => {
    localStorage.removeItem(key);
    note.remove();
  });
  actions.append(use, drop);
  note.append(said, actions);
  form.prepend(note);
}

function button(label, look) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = look;
  made.textContent = label;
  return made;
}
