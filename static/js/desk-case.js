// The case page: keys for who reads papers all day, and the weighted total while points are typed.
// Everything is done by the page's own buttons and links, so it works without this file, too.
const panel = document.querySelector("[data-judging]");
const form = panel?.querySelector("[data-judge]");
const keys = panel?.querySelector("[data-keys]");
const onOff = keys?.querySelector("[data-keys-on]");
const STORE = "meja-pintasan";

if (onOff) {
  onOff.closest("label").hidden = false;
  try {
    onOff.checked = localStorage.getItem(STORE) !== "mati";
  } catch {
    // no storage: on for this page
  }
  onOff.addEventListener("change", () => {
    try {
      localStorage.setItem(STORE, onOff.checked ? "menyala" : "mati");
    } catch {
      // as above
    }
  });
}

function choose(verdict) {
  const radio = form?.querySelector(`input[value="${verdict}"]`);
  if (!radio) return;
  radio.checked = true;
  radio.dispatchEvent(new Event("change", { bubbles: true }));
  (verdict === "not_conforming" ? form.querySelector("select") : radio).focus();
}

const ACTS = {
  s: () => choose("conforming"),
  t: () => choose("not_conforming"),
  j: () => panel.querySelector("[data-next]")?.click(),
  k: () => panel.querySelector("[data-previous]")?.click(),
  "?": () => {
    if (!keys) return;
    keys.open = !keys.open;
    keys.querySelector("summary").focus();
  },
  enter: () => form?.querySelector("input[type=radio]:checked") && form.requestSubmit(),
};

if (panel) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
    const typing = event.target.closest("textarea, select, input:not([type=radio]), [contenteditable]");
    if (typing || (onOff && !onOff.checked)) return;
    const key = event.key.toLowerCase();
    // Enter belongs to a focused link or button, and to a radio of another form.
    if (key === "enter" && event.target.closest("a, button, summary, input")) return;
    const act = ACTS[key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}

for (const points of document.querySelectorAll("[data-points]")) {
  const foot = points.querySelector("[data-points-total]");
  const fields = [...points.querySelectorAll("[data-weight]")];
  const show = () => {
    const whole = fields.every((field) => field.value !== "" && field.checkValidity());
    const total = fields.reduce((sum, field) => sum + Number(field.value) * Number(field.dataset.weight), 0) / 100;
    foot.querySelector("output").textContent = whole ? total.toLocaleString("id-ID", { maximumFractionDigits: 2 }) : "–";
  };
  foot.hidden = false;
  points.addEventListener("input", show);
  show();
}
